// Package client is the other side of the API: what a person's device and an
// institution's system do with a vault, over the generated client.
package client

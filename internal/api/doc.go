// Package api answers HTTP: it decodes, makes one domain call and encodes.
package api

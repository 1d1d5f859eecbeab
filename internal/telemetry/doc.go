// Package telemetry measures a running vault and shows it to its operator: metrics,
// traces, profiles. It is told nothing that could point to a person, an institution or a
// permission.
package telemetry

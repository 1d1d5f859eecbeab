// Package devchain is a single-node EVM chain inside the process: the ledger of
// a deployment that has no other network.
//
// Whoever runs it alone can rebuild it; it proves nothing against its operator.
package devchain

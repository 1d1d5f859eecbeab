package consent

// WithdrawAll ends every grant that the identity has given at one vault, signed by the
// current root key. A grant that is given later stands.
type WithdrawAll struct {
	Identity IdentityID
	Vault    string // the origin of the vault's log: no other vault takes it
	Time     uint64
}

// StructHash is the EIP-712 struct hash of the act.
func (w WithdrawAll) StructHash() [32]byte {
	return encodeType(withdrawAllType).hash(w.Identity).text(w.Vault).uint(w.Time).sum()
}

// Dispute says since when somebody else may have had the seed, signed by the current
// root key. What was given from then on until the statement counts no longer.
type Dispute struct {
	Identity IdentityID
	Vault    string
	Since    uint64 // 0: takes an earlier statement back
	Time     uint64
}

// StructHash is the EIP-712 struct hash of the statement.
func (d Dispute) StructHash() [32]byte {
	return encodeType(disputeType).hash(d.Identity).text(d.Vault).uint(d.Since).uint(d.Time).sum()
}

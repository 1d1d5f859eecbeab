package consent

// A representative gives for somebody else, docs/protocol/assist.md.
const (
	representType          = "Represent(bytes32 identity,bytes32 representative,string vault,uint64 until,uint64 time)"
	representedBindingType = "RepresentedBinding(bytes32 grant,bytes32 identity,bytes32 representative,bytes32 opening,uint64 time)"
)

// Represent says who may give at one vault for an identity, a child's for example, signed by
// the root key of that identity. A later statement takes the place of an earlier one.
type Represent struct {
	Identity       IdentityID
	Representative IdentityID // zero: nobody any more
	Vault          string     // the origin of the vault's log: no other vault takes it
	Until          uint64     // a whole day: nothing that is given so lasts longer
	Time           uint64
}

// StructHash is the EIP-712 struct hash of the statement.
func (r Represent) StructHash() [32]byte {
	return encodeType(representType).hash(r.Identity).hash(r.Representative).text(r.Vault).uint(r.Until).uint(r.Time).sum()
}

// RepresentedHash is the struct hash that the representative's root key signs in place of StructHash.
func (b Binding) RepresentedHash(by IdentityID) [32]byte {
	return encodeType(representedBindingType).hash(b.Grant).hash(b.Identity).hash(by).hash(b.Opening).uint(b.Time).sum()
}

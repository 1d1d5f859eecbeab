package consent

import (
	"crypto/sha256"
	"encoding/binary"
)

// What a person signs about values of their own, by the root key. Each names the vault:
// what is signed for one says nothing to another on the same ledger.
const (
	correctType = "Correct(bytes32 identity,string vault,string field,bytes32 value,uint64 time)"
	exportType  = "Export(bytes32 identity,string vault,string[] fields,uint64 time)"
	importType  = "Import(bytes32 identity,string vault,bytes32 file,bool partial,uint64 time)"
)

// Correction sets the person's own value of a field, beside the institutions', or takes
// it back.
type Correction struct {
	Identity IdentityID
	Vault    string // the origin of the vault's log
	Field    FieldName
	Value    Digest // CorrectionDigest; zero takes the correction back
	Time     uint64
}

// StructHash is the EIP-712 struct hash of the correction.
func (c Correction) StructHash() [32]byte {
	return encodeType(correctType).hash(c.Identity).text(c.Vault).text(string(c.Field)).hash(c.Value).uint(c.Time).sum()
}

// CorrectionDigest stands for a value in a correction: SHA-256 of "wrappy correction v1",
// a zero byte, the salt, the field, a zero byte and the value without insignificant
// space. By the salt the signed act can be shown without anybody guessing the value.
func CorrectionDigest(salt Salt, field FieldName, value []byte) (d Digest) {
	h := sha256.New()
	for _, part := range [][]byte{[]byte("wrappy correction v1\x00"), salt[:], []byte(field), {0}, value} {
		_, _ = h.Write(part)
	}
	h.Sum(d[:0])
	return d
}

// ExportOrder asks for the person's own values: those of some fields, or everything.
type ExportOrder struct {
	Identity IdentityID
	Vault    string
	Fields   []FieldName // sorted; none: everything that is here
	Time     uint64
}

// StructHash is the EIP-712 struct hash of the order.
func (e ExportOrder) StructHash() [32]byte {
	return encodeType(exportType).hash(e.Identity).text(e.Vault).hash(hashStrings(e.Fields)).uint(e.Time).sum()
}

// ExportMessage is what the log's key signs of an export: "wrappy export v1", a zero byte,
// the length of the log's origin (1 byte), the origin, the identity, the time (8 bytes,
// Unix milliseconds) and the SHA-256 of all that was written before.
func ExportMessage(origin string, identity IdentityID, milli uint64, digest Digest) []byte {
	m := append([]byte("wrappy export v1"), 0, byte(len(origin))) //nolint:gosec // an origin has at most 255 bytes
	m = append(append(m, origin...), identity[:]...)
	return append(binary.BigEndian.AppendUint64(m, milli), digest[:]...)
}

// ImportOrder brings what another vault exported.
type ImportOrder struct {
	Identity IdentityID
	Vault    string // that takes it
	File     Digest // SHA-256 of what the other vault wrote, its end included
	Partial  bool   // take what can be checked, and leave the rest out; else all or nothing
	Time     uint64
}

// StructHash is the EIP-712 struct hash of the order.
func (i ImportOrder) StructHash() [32]byte {
	return encodeType(importType).hash(i.Identity).text(i.Vault).hash(i.File).bool(i.Partial).uint(i.Time).sum()
}

package ledgerref

import (
	"crypto/ecdsa"
	"errors"
	"log/slog"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wrapious/wrappy/consent"
)

// Account is a key that pays for transactions: the relayer's or the operator's.
// It prints redacted.
type Account struct{ key *ecdsa.PrivateKey }

// NewAccount makes a random account.
func NewAccount() (*Account, error) {
	key, err := crypto.GenerateKey()
	if err != nil {
		return nil, err
	}
	return &Account{key}, nil
}

// AccountFromBytes reads what Bytes returned: 32 bytes.
func AccountFromBytes(secret []byte) (*Account, error) {
	key, err := crypto.ToECDSA(secret)
	if err != nil {
		return nil, errors.New("account key: want 32 bytes, a secp256k1 private key") // the cause could hold key material
	}
	return &Account{key}, nil
}

// Bytes is the private key: for a protected file and nothing else.
func (a *Account) Bytes() []byte { return crypto.FromECDSA(a.key) }

// Address is the account's address.
func (a *Account) Address() consent.Address { return consent.Address(a.address()) }

// Sign makes a Signer of the account, where the operator is an institution too.
func (a *Account) Sign(digest consent.Digest) (s consent.Signature) {
	raw, err := crypto.Sign(digest[:], a.key)
	if err != nil {
		panic(err) // only a digest that is not 32 bytes long can fail
	}
	copy(s[:], raw)
	s[64] += 27
	return s
}

// String is the address, never the key.
func (a *Account) String() string { return a.Address().String() }

// GoString keeps %#v from printing the key.
func (a *Account) GoString() string { return a.String() }

// LogValue keeps a structured logger from printing the key.
func (a *Account) LogValue() slog.Value { return slog.StringValue(a.String()) }

func (a *Account) address() common.Address { return crypto.PubkeyToAddress(a.key.PublicKey) }

package wallet

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// Headers of a request in a session, docs/protocol/identity.md.
const (
	SessionHeader = "Wrappy-Session"
	ProofHeader   = "Wrappy-Proof"
)

// OpenSession signs for a session at the vault with this log origin, which reads
// until expires, at most 15 minutes ahead. Origin is the page's, or the vault's base URL for a terminal.
func (w *Identity) OpenSession(domain consent.Domain, vault, origin string, nonce [32]byte, proofKey consent.Digest, expires time.Time) (consent.Session, consent.Signature) {
	s := consent.Session{Identity: w.ID(), Vault: vault, Origin: origin, Nonce: nonce, ProofKey: proofKey, Expires: unix(expires)}
	return s, w.Seed.Session().Sign(domain.Digest(s.StructHash()))
}

// ProofKey is the P-256 key of one session. Without it a stolen session id reads nothing.
type ProofKey struct {
	crypto.Redacted
	private *ecdsa.PrivateKey
	public  []byte
}

// NewProofKey makes the key of a session.
func NewProofKey() (*ProofKey, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		return nil, err
	}
	return &ProofKey{private: private, public: public}, nil
}

// Public is the DER SubjectPublicKeyInfo, which the vault is given to check proofs.
func (k *ProofKey) Public() []byte { return append([]byte(nil), k.public...) }

// Digest is SHA-256 of Public, as it stands in the signed session.
func (k *ProofKey) Digest() consent.Digest { return sha256.Sum256(k.public) }

// Prove gives the value of ProofHeader for one request: Unix seconds, a dot, and
// r ‖ s (64 bytes) in unpadded base64url. pathAndQuery is as sent, from the slash on.
func (k *ProofKey) Prove(method, pathAndQuery, sessionID string, now time.Time) (string, error) {
	at := strconv.FormatInt(now.Unix(), 10)
	digest := sha256.Sum256([]byte("wrappy session proof v1\n" + method + "\n" + pathAndQuery + "\n" + sessionID + "\n" + at))
	r, s, err := ecdsa.Sign(rand.Reader, k.private, digest[:])
	if err != nil {
		return "", fmt.Errorf("session proof: %w", err)
	}
	var signature [64]byte
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return at + "." + base64.RawURLEncoding.EncodeToString(signature[:]), nil
}

package policy

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/wrapious/wrappy/consent"
)

// Threshold is how many different known reviewers must have approved a bundle. One is
// enough for a pure narrowing of the bundle in force: narrow.go.
const Threshold = 2

const approvalDomain = "wrappy policy approval v1\x00"

// ErrApproval is wrapped when too few known reviewers stand behind a bundle.
var ErrApproval = errors.New("policy bundle is not approved")

// Approval is one reviewer's signature under one bundle: Ed25519 over
// "wrappy policy approval v1", a zero byte and the SHA-256 of the bundle's bytes.
type Approval struct {
	Digest    consent.Digest    `json:"digest"`
	Reviewer  ed25519.PublicKey `json:"reviewer"`
	Signature []byte            `json:"signature"`
}

func approvalMessage(digest consent.Digest) []byte {
	return append([]byte(approvalDomain), digest[:]...)
}

// Approve signs a bundle. It refuses one whose form no loader would accept.
func Approve(bundle []byte, key ed25519.PrivateKey) (Approval, error) {
	if len(key) != ed25519.PrivateKeySize {
		return Approval{}, fmt.Errorf("%w: reviewer's key: want %d bytes", ErrApproval, ed25519.PrivateKeySize)
	}
	if _, _, err := unpack(bundle); err != nil {
		return Approval{}, err
	}
	digest := consent.Digest(sha256.Sum256(bundle))
	public := bytes.Clone(key[ed25519.PrivateKeySize-ed25519.PublicKeySize:])
	return Approval{Digest: digest, Reviewer: public, Signature: ed25519.Sign(key, approvalMessage(digest))}, nil
}

// countApprovals counts each known reviewer once and says why another approval
// does not count.
func countApprovals(digest consent.Digest, approvals []Approval, reviewers []ed25519.PublicKey) (count int, others error) {
	known := map[string]bool{}
	for _, r := range reviewers {
		known[string(r)] = len(r) == ed25519.PublicKeySize
	}
	counted := map[string]bool{}
	for i, a := range approvals {
		why := ""
		switch reviewer := string(a.Reviewer); {
		case a.Digest != digest:
			why = "is for another bundle"
		case !known[reviewer]:
			why = "is by nobody known as a reviewer"
		case counted[reviewer]:
			why = "is by a reviewer who is counted already"
		case !ed25519.Verify(a.Reviewer, approvalMessage(digest), a.Signature):
			why = "has a signature that does not verify"
		default:
			counted[reviewer] = true
			continue
		}
		others = errors.Join(others, fmt.Errorf("approval %d %s", i+1, why))
	}
	return len(counted), others
}

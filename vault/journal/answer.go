package journal

import (
	"crypto/ed25519"

	"github.com/wrapious/wrappy/consent"
)

// SignAnswer states, under the log's origin and by its key, what a derived field was. It
// signs a commitment and never sees the value.
func (j *Journal) SignAnswer(answer *consent.DerivedAnswer) error {
	answer.Origin = j.config.Origin
	message, err := answer.Message()
	if err != nil {
		return err
	}
	copy(answer.Signature[:], ed25519.Sign(j.config.Signer, message))
	return nil
}

// SignShown states, by the log's key, what was shown to whoever had the code.
func (j *Journal) SignShown(text []byte) (signature [64]byte, err error) {
	copy(signature[:], ed25519.Sign(j.config.Signer, consent.ShownMessage(text)))
	return signature, nil
}

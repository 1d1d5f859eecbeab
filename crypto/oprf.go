package crypto

import (
	"bytes"
	"crypto/rand"
	"errors"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/oprf"
)

// The oblivious pseudorandom function of RFC 9497, ristretto255-SHA512, base mode: whoever
// holds the key answers without learning the input or the output, and whoever holds the
// input learns nothing without asking.

// OPRFElement is the length of a blinded and of an evaluated element, in bytes.
const OPRFElement = 32

// ErrOPRF: not an element, or not a key, in its one spelling.
var ErrOPRF = errors.New("not a ristretto255 element or scalar: want 32 bytes, canonical, not zero")

var oprfSuite = oprf.SuiteRistretto255

// NewOPRFKey makes a random key: a scalar, 32 bytes little-endian.
func NewOPRFKey() Secret {
	key, err := oprf.GenerateKey(oprfSuite, rand.Reader)
	if err != nil {
		panic(err) // the suite is a constant, and randomness never fails
	}
	scalar, err := key.MarshalBinary()
	if err != nil {
		panic(err)
	}
	return scalar
}

// CheckOPRFKey returns ErrOPRF for what is no key.
func CheckOPRFKey(key Secret) error {
	_, err := oprfServer(key)
	return err
}

func oprfServer(key Secret) (*oprf.Server, error) {
	private := new(oprf.PrivateKey)
	if len(key) != KeySize || bytes.Equal(key, make([]byte, KeySize)) || private.UnmarshalBinary(oprfSuite, key) != nil {
		return nil, ErrOPRF
	}
	if again, err := private.MarshalBinary(); err != nil || !bytes.Equal(again, key) {
		return nil, ErrOPRF
	}
	server := oprf.NewServer(oprfSuite, private)
	return &server, nil
}

func oprfPoint(encoded []byte) (group.Element, error) {
	element := oprfSuite.Group().NewElement()
	if len(encoded) != OPRFElement || element.UnmarshalBinary(encoded) != nil || element.IsIdentity() {
		return nil, ErrOPRF
	}
	if again, err := element.MarshalBinaryCompress(); err != nil || !bytes.Equal(again, encoded) {
		return nil, ErrOPRF
	}
	return element, nil
}

// CheckOPRFElement returns ErrOPRF for what is no element.
func CheckOPRFElement(encoded []byte) error {
	_, err := oprfPoint(encoded)
	return err
}

// OPRFEvaluate answers a blinded element; ErrOPRF for what is none, or no key.
func OPRFEvaluate(key Secret, blinded []byte) ([]byte, error) {
	element, err := oprfPoint(blinded)
	if err != nil {
		return nil, err
	}
	server, err := oprfServer(key)
	if err != nil {
		return nil, err
	}
	evaluation, err := server.Evaluate(&oprf.EvaluationRequest{Elements: []oprf.Blinded{element}})
	if err != nil {
		return nil, ErrOPRF
	}
	return evaluation.Elements[0].MarshalBinaryCompress()
}

// OPRFOutput is the function itself, 64 bytes, for whoever holds both key and input.
func OPRFOutput(key Secret, input []byte) (Secret, error) {
	server, err := oprfServer(key)
	if err != nil {
		return nil, err
	}
	output, err := server.FullEvaluate(input)
	if err != nil {
		return nil, ErrOPRF
	}
	return output, nil
}

// OPRFQuestion is an input with its blind, until the answer comes. It prints redacted.
type OPRFQuestion struct {
	Redacted
	data *oprf.FinalizeData
}

// OPRFBlind begins to ask: element goes to whoever holds the key.
func OPRFBlind(input []byte) (q *OPRFQuestion, element []byte, err error) {
	return oprfBlind(input, oprfSuite.Group().RandomNonZeroScalar(rand.Reader))
}

func oprfBlind(input []byte, blind oprf.Blind) (*OPRFQuestion, []byte, error) {
	data, request, err := oprf.NewClient(oprfSuite).DeterministicBlind([][]byte{input}, []oprf.Blind{blind})
	if err != nil {
		return nil, nil, ErrOPRF
	}
	element, err := request.Elements[0].MarshalBinaryCompress()
	return &OPRFQuestion{data: data}, element, err
}

// Output is what OPRFOutput gives, from the answer; ErrOPRF for an answer that is no element.
func (q *OPRFQuestion) Output(evaluated []byte) (Secret, error) {
	element, err := oprfPoint(evaluated)
	if err != nil {
		return nil, err
	}
	outputs, err := oprf.NewClient(oprfSuite).Finalize(q.data, &oprf.Evaluation{Elements: []oprf.Evaluated{element}})
	if err != nil {
		return nil, ErrOPRF
	}
	return outputs[0], nil
}

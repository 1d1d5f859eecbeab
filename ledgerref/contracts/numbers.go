package contracts

import "strconv"

// State is what ConsentLedger knows of a grant.
type State uint8

const (
	StateNone State = iota
	StateGranted
	StateWithdrawn
	StateRevoked
)

// Refusal is why a contract refused an act: the argument of the error Refused and of the event ItemRefused.
type Refusal uint8

const (
	RefusalNone Refusal = iota
	RefusalBadSignature
	RefusalDeadlinePassed
	RefusalBadExpiry
	RefusalAlreadyDone
	RefusalTerminal
	RefusalUnknown
	RefusalMalformed
	RefusalNotAllowed
	RefusalBadNonce
	RefusalFrozen
	RefusalBadTime
)

var stateNames = []string{"None", "Granted", "Withdrawn", "Revoked"}

var refusalNames = []string{
	"None", "BadSignature", "DeadlinePassed", "BadExpiry", "AlreadyDone", "Terminal", "Unknown", "Malformed",
	"NotAllowed", "BadNonce", "Frozen", "BadTime",
}

func (s State) String() string { return nameOf(stateNames, uint8(s)) }

func (r Refusal) String() string { return nameOf(refusalNames, uint8(r)) }

func nameOf(names []string, number uint8) string {
	if int(number) < len(names) {
		return names[number]
	}
	return strconv.Itoa(int(number))
}

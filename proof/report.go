package proof

import "fmt"

// Finding is one thing that a check established, or that no check here can.
type Finding struct {
	Check  string `json:"check"`
	Proven bool   `json:"proven"`
	What   string `json:"what"`
}

// Report is what came of a file, in the order of the checks.
type Report []Finding

func (r *Report) proven(check, format string, args ...any) {
	*r = append(*r, Finding{Check: check, Proven: true, What: fmt.Sprintf(format, args...)})
}

func (r *Report) open(check, what string) {
	*r = append(*r, Finding{Check: check, What: what})
}

// Failure is the first check that failed, and what its reader can do.
type Failure struct {
	Check string
	Do    string
	Err   error
}

// Error names the check, the cause and what to do.
func (f *Failure) Error() string { return fmt.Sprintf("%s: %v; %s", f.Check, f.Err, f.Do) }

// Unwrap is the cause.
func (f *Failure) Unwrap() error { return f.Err }

// The checks, by the names that reports and failures use.
const (
	CheckEntry       = "entry"
	CheckPromise     = "promise"
	CheckCheckpoint  = "checkpoint"
	CheckInclusion   = "inclusion"
	CheckAnchor      = "anchor"
	CheckConsistency = "consistency"
	CheckHistory     = "history"
	CheckReceipt     = "receipt"
	CheckErasure     = "erasure"
	CheckAnswer      = "answer"
	CheckShown       = "shown"
	CheckPage        = "page"
)

const (
	doRefetch = "do not rely on it: fetch it again, and if it fails again keep it and ask who runs the vault"
	doTrust   = "compare the log's key with a source that does not come from the vault"
	doKeep    = "keep both files and show them to whoever supervises the vault: it signed things that contradict each other"
)

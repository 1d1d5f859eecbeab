package vault

import "context"

// Step is a part of a call under a grant, by the numbers of docs/architecture.md.
type Step string

// The steps that can be told apart from outside; what lies between them is calls of a
// Store, the Ledger, the Decider and the Journal.
const (
	StepAdmit Step = "admit" // 1 to 4
	StepFind  Step = "find"  // 5
	StepLook  Step = "look"  // 7
	StepOpen  Step = "open"  // 8
)

// Watch is told that a step begins and, by end, that it is over. It learns nothing of
// what the step is about, must not block, and changes nothing of what the context
// carries for others. Safe for concurrent use.
type Watch func(ctx context.Context, step Step) (in context.Context, end func())

func unwatched(ctx context.Context, _ Step) (context.Context, func()) { return ctx, func() {} }

// CacheUse says how a cache has been used since the start.
type CacheUse struct{ Hits, Misses uint64 }

// Caches are the gate's, by name.
func (g *Gate) Caches() map[string]CacheUse {
	return map[string]CacheUse{
		"heads": g.subjects.use(), "grants": g.documents.use(), "signatures": g.verdicts.use(), "tombstones": g.stopped.use(),
	}
}

package consent

// ChangeNotice tells an institution that a grant that names it has changed. It holds ids only:
// nothing of the person, and the day instead of the moment, so that two institutions
// cannot join grants that ended at once by what they keep.
type ChangeNotice struct {
	Number uint64 // per institution, from 1, without a gap
	Kind   ChangeKind
	Grant  GrantID
	Day    uint64 // Unix seconds of the day's beginning, UTC
}

// ChangeKind says what has become of the grant. The set is closed.
type ChangeKind string

// The kinds.
const (
	ChangeWithdrawn ChangeKind = "withdrawn" // by the person, also by erasing everything: stop using the data
	ChangeRevoked   ChangeKind = "revoked"   // by anyone else: stop using the data
	ChangeExpired   ChangeKind = "expired"   // nothing more can be fetched; what there is may be kept for its time
	ChangeDisputed  ChangeKind = "disputed"  // the person doubts that they have given it: stop using the data until that is settled
)

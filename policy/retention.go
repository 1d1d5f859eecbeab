package policy

import "errors"

// Overdue says what follows where an institution has not attested a deletion that was
// due: data.retention.overdue.
type Overdue struct {
	Block     *bool   `json:"block"`      // nothing more is released to it
	GraceDays *uint32 `json:"grace_days"` // from so many days after the deletion was due
	Law       string  `json:"law"`        // citation
}

const maxGrace = 365 // days; a rule that blocks after years blocks nobody

// readRetention checks data.retention. Neither switch has a default: a bundle that leaves
// one out has not been thought about.
func readRetention(data map[string]any) (Overdue, error) {
	all, err := strictly[Overdue](data, "retention")
	if err != nil {
		return Overdue{}, err
	}
	rule, found := all["overdue"]
	switch {
	case !found || len(all) != 1:
		err = errors.New("want overdue alone")
	case rule.Block == nil || rule.GraceDays == nil:
		err = errors.New("block, grace_days: missing")
	case *rule.GraceDays > maxGrace:
		err = errors.New("grace_days: want at most 365")
	case rule.Law == "":
		err = errors.New("law: want a citation")
	}
	if err != nil {
		return Overdue{}, inData(err, "retention", "overdue")
	}
	return rule, nil
}

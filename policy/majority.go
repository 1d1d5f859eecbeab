package policy

import (
	"errors"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// Majority is the age from which a person decides alone: data.majority, by ISO 3166-1
// alpha-2 or consent.AnyJurisdiction. It bounds until when somebody may give for a child.
type Majority struct {
	Years     uint32 `json:"years"`
	Law       string `json:"law"`       // citation
	Effective string `json:"effective"` // YYYY-MM-DD, the first day in force
}

// maxMajority, in years: beyond it a typing mistake would have people represented for life.
const maxMajority = 21

// readMajority checks data.majority. A bundle without it has nobody represented.
func readMajority(data map[string]any) (map[string]uint32, error) {
	if data["majority"] == nil {
		return nil, nil
	}
	all, err := strictly[Majority](data, "majority")
	if err != nil {
		return nil, err
	}
	years := make(map[string]uint32, len(all))
	for jurisdiction, m := range all {
		if err := m.check(jurisdiction); err != nil {
			return nil, inData(err, "majority", jurisdiction)
		}
		years[jurisdiction] = m.Years
	}
	return years, nil
}

func (m Majority) check(jurisdiction string) error {
	_, errDay := time.Parse(time.DateOnly, m.Effective)
	switch {
	case jurisdiction != consent.AnyJurisdiction && consent.ValidateJurisdiction(jurisdiction) != nil:
		return errors.New(`want an ISO 3166-1 alpha-2 code, or "any"`)
	case m.Years == 0 || m.Years > maxMajority:
		return errors.New("years: want 1 to 21")
	case m.Law == "":
		return errors.New("law: want a citation")
	case errDay != nil:
		return errors.New("effective: want a day, as YYYY-MM-DD")
	}
	return nil
}

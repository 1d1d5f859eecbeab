package policy

import (
	"errors"

	"github.com/wrapious/wrappy/consent"
)

// Accreditor says for which kinds of institution, and in which countries, an
// accreditor's word counts. data.accreditors has them by id, or under AnyAccreditor.
type Accreditor struct {
	Name      string          `json:"name"`      // for reviewers: whose id it is, or why anybody's word will do
	Kinds     map[string]bool `json:"kinds"`     // of institution; each named, since a new kind is to be thought about
	Countries map[string]bool `json:"countries"` // ISO 3166-1 alpha-2, where the institution sits; or AnyCountry alone
}

const (
	// AnyAccreditor stands, in place of an id, for every accreditor that the ledger trusts.
	AnyAccreditor = "any"
	// AnyCountry stands for every country.
	AnyCountry = "any"
)

// readAccreditors checks data.accreditors. A bundle without it counts nobody, and is
// refused rather than left to deny everything.
func readAccreditors(data map[string]any) (map[string]Accreditor, error) {
	accreditors, err := strictly[Accreditor](data, "accreditors")
	if err != nil {
		return nil, err
	}
	for id, a := range accreditors {
		if err := a.check(id); err != nil {
			return nil, inData(err, "accreditors", id)
		}
	}
	return accreditors, nil
}

func (a Accreditor) check(id string) error {
	var parsed consent.InstitutionID
	if id != AnyAccreditor && parsed.UnmarshalText([]byte(id)) != nil {
		return errors.New(`want the id of an institution, 0x and 64 hex digits, or "any"`)
	}
	switch {
	case a.Name == "":
		return errors.New("name: missing")
	case len(a.Kinds) == 0 || len(a.Countries) == 0:
		return errors.New("kinds, countries: want at least one")
	case a.Countries[AnyCountry] && len(a.Countries) > 1:
		return errors.New("countries: the others mean nothing beside any")
	}
	for country, counts := range a.Countries {
		if !counts || country != AnyCountry && consent.ValidateJurisdiction(country) != nil {
			return errors.New("countries: want ISO 3166-1 alpha-2 codes, or any, each true")
		}
	}
	return checkKinds(a.Kinds)
}

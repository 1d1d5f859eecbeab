package policy

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/wrapious/wrappy/consent"
)

// Bounds of data.codes. Every code of every resource is compared with these lists.
const (
	maxMatters  = 32
	maxSystems  = 16   // lists of one matter
	maxCodes    = 2000 // of one list, and as many prefixes
	maxCodeText = 300  // bytes of a display name or a source
)

// codeList is one list as the bundle has it, below its matter. Codes stand with
// their names, for those who review them.
type codeList struct {
	System   string            `json:"system"`
	Source   string            `json:"source"`
	Codes    map[string]string `json:"codes,omitempty"`
	Prefixes map[string]string `json:"prefixes,omitempty"`
}

var (
	matterName = regexp.MustCompile(`^[a-z][a-z_]{1,40}$`)
	codeForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]{0,59}$`)
)

// flat are code systems whose codes say nothing by their beginnings: a prefix
// there would take in what nobody meant.
var flat = []string{"http://snomed.info/sct", "http://loinc.org", "http://www.nlm.nih.gov/research/umls/rxnorm", "http://hl7.org/fhir/sid/cvx"}

// readCodes reads data.codes, which is wanted as soon as a field has a matter: a
// field of a matter without codes would promise a split that does not happen, and
// codes without a field would have no place to go.
func readCodes(data map[string]any, fields map[string]field) ([]consent.CodeList, error) {
	matters, several := map[string]bool{}, false
	for _, f := range fields {
		if f.Matter == consent.MatterSeveral {
			several = true
		} else if f.Matter != "" {
			matters[f.Matter] = true
		}
	}
	if several != (len(matters) > 1) {
		return nil, inData(fmt.Errorf("matter %q: wanted with two other matters or more, and only then", consent.MatterSeveral), "fields")
	}
	if _, there := data["codes"]; !there && len(matters) == 0 {
		return nil, nil
	}
	byMatter, err := strictly[[]codeList](data, "codes")
	if err != nil {
		return nil, err
	}
	if len(byMatter) > maxMatters {
		return nil, inData(fmt.Errorf("more than %d matters", maxMatters), "codes")
	}
	for matter := range matters {
		if len(byMatter[matter]) == 0 {
			return nil, inData(fmt.Errorf("no list for matter %q of a field", matter), "codes", matter)
		}
	}
	var out []consent.CodeList
	for _, matter := range slices.Sorted(maps.Keys(byMatter)) {
		lists, err := readMatter(matter, byMatter[matter], matters[matter])
		if err != nil {
			return nil, inData(err, "codes", matter)
		}
		out = append(out, lists...)
	}
	return out, nil
}

func readMatter(matter string, lists []codeList, hasField bool) ([]consent.CodeList, error) {
	switch {
	case !matterName.MatchString(matter):
		return nil, errors.New("matter: want lower-case letters and _")
	case !hasField:
		return nil, errors.New("matter: no field has it")
	case len(lists) > maxSystems:
		return nil, fmt.Errorf("more than %d lists", maxSystems)
	}
	out := make([]consent.CodeList, 0, len(lists))
	for i, l := range lists {
		if err := l.check(); err != nil {
			return nil, fmt.Errorf("list %d: %w", i+1, err)
		}
		if slices.ContainsFunc(out, func(before consent.CodeList) bool { return before.System == l.System }) {
			return nil, fmt.Errorf("list %d: system: has a list already", i+1)
		}
		out = append(out, consent.CodeList{Matter: matter, System: l.System, Source: l.Source,
			Codes: slices.Sorted(maps.Keys(l.Codes)), Prefixes: slices.Sorted(maps.Keys(l.Prefixes))})
	}
	return out, nil
}

func (l codeList) check() error {
	system, err := url.Parse(l.System)
	switch {
	case err != nil || !system.IsAbs() || system.Fragment != "" || (system.Host == "" && system.Opaque == "") || len(l.System) > maxCodeText || strings.ContainsAny(l.System, " |"):
		return errors.New("system: want the URI of a code system")
	case strings.TrimSpace(l.Source) == "" || len(l.Source) > 2*maxCodeText:
		return errors.New("source: want a citation")
	case len(l.Codes) == 0 && len(l.Prefixes) == 0:
		return errors.New("codes, prefixes: want one at least")
	case len(l.Codes) > maxCodes || len(l.Prefixes) > maxCodes:
		return fmt.Errorf("codes, prefixes: more than %d", maxCodes)
	case len(l.Prefixes) > 0 && slices.Contains(flat, l.System):
		return errors.New("prefixes: codes of this system have no beginnings that mean something")
	}
	return errors.Join(checkCodes("codes", l.Codes, l.Prefixes, 1), checkCodes("prefixes", l.Prefixes, l.Prefixes, 2))
}

// checkCodes refuses what cannot be a code, what has no name to review, and what a
// prefix of the list takes in already.
func checkCodes(what string, codes, prefixes map[string]string, least int) error {
	for code, name := range codes {
		if len(code) < least || !codeForm.MatchString(code) {
			return fmt.Errorf("%s[%q]: want %d to 60 letters, digits, dots and hyphens", what, code, least)
		}
		if strings.TrimSpace(name) == "" || len(name) > maxCodeText {
			return fmt.Errorf("%s[%q]: want a name", what, code)
		}
		for end := 1; end <= len(code); end++ {
			if end == len(code) && what == "prefixes" {
				break
			}
			if _, covered := prefixes[code[:end]]; covered {
				return fmt.Errorf("%s[%q]: prefix %q has it already", what, code, code[:end])
			}
		}
	}
	return nil
}

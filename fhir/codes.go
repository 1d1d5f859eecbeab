package fhir

import (
	"cmp"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/wrapious/wrappy/consent"
)

// likeICD is the form of a code of a hierarchy whose system is not told. Of anything
// else a beginning says nothing: "F" has half of all words.
var likeICD = regexp.MustCompile(`^[A-Z][0-9][0-9A-Z]`)

// inside is the matters of all codes in n, wherever they stand: what is contained, a
// component, an extension, a label of meta.
func (p *places) inside(n *node) (set matterSet) {
	if len(p.matters) == 0 {
		return 0
	}
	n.objects(func(o *node) { set |= p.coded(o, "") })
	return set
}

// coded is the matters of the code that o itself is, a Coding or what looks like one. Without a
// system it is of the implied one. The value of an Identifier is a code where the system is known
// for codes.
func (p *places) coded(o *node, implied string) matterSet {
	system := cmp.Or(systemName(o.get("system").text()), implied)
	if code := o.get("code").scalar(); code != "" {
		return p.concept(system, code)
	}
	if value := o.get("value").scalar(); value != "" && p.systems[system] {
		return p.concept(system, value)
	}
	return 0
}

const (
	raceCodes = "urn:oid:2.16.840.1.113883.6.238" // of CDC, for ethnic groups too
	ownCodes  = "own"                             // nobody's: whole codes count, beginnings say nothing
)

// checkCodes refuses what holds a code of a sensitive matter and is no resource with a field of
// its own: the error names the element that is the code.
func (p *places) checkCodes(n *node, implied string) error {
	if field, _ := extensionField(n); field == "identity.race" || field == "identity.ethnicity" {
		implied = raceCodes
	}
	if n.kind == '{' && p.coded(n, implied) != 0 {
		return refuse("", "holds a code of a sensitive matter; send it as a resource of its own")
	}
	for i := range n.list {
		if err := p.checkCodes(&n.list[i].node, implied); err != nil {
			return n.within(n.list[i].key, i, err)
		}
	}
	return nil
}

// checkPlain is checkCodes for a value that is no list of resources. In fields that FHIR has no
// place for, "B20" without a system is as good as the number of a course.
func (p *places) checkPlain(f consent.FieldName, value []byte) error {
	n, err := parse(value)
	if err != nil {
		return err
	}
	implied := ""
	switch {
	case f == fieldOther:
		if err := checkOther(&n); err != nil {
			return err
		}
	case f == "identity.race" || f == "identity.ethnicity":
		implied = raceCodes
	case !Holds(f):
		implied = ownCodes
	}
	return p.checkCodes(&n, implied)
}

// concept is the matters of a code. One of a system that nobody here knows, a national
// edition or a name of the sender's own, is held against the lists of all.
func (p *places) concept(system, code string) (set matterSet) {
	hierarchy := system == "" || strings.Contains(system, "icd")
	if !p.systems[system] {
		system = ""
	}
	code = norm.NFKC.String(code)
	words := []string{code}
	if strings.ContainsFunc(code, separates) { // a SNOMED CT expression, made of several
		words = append(words, strings.FieldsFunc(code, separates)...)
	}
	for i, word := range words {
		word = codeName(word)
		set |= p.exact[conceptKey{system, word}]
		joined := i == 0 && len(words) > 1 // "O2 saturation" does not begin like O2S
		if system == "" && (!hierarchy || joined || !likeICD.MatchString(word)) {
			continue
		}
		for i := 1; i <= min(len(word), p.longest); i++ {
			set |= p.prefixes[conceptKey{system, word[:i]}]
		}
	}
	return set
}

// separates reports what no code has in it.
func separates(r rune) bool {
	return r <= unicode.MaxASCII && !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '.'
}

// codeName makes one of the ways in which one code is written: case, the dot of ICD, which
// many systems leave out, digits and dashes of other scripts, and what nobody sees.
func codeName(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z' || '0' <= r && r <= '9':
			return r
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case unicode.Is(unicode.Nd, r):
			return digit(r)
		case unicode.Is(unicode.Pd, r) || r == '\u2212': // the minus
			return '-'
		}
		return -1
	}, code)
}

// digit is the ASCII digit of a decimal digit: each script has its ten in a row.
func digit(r rune) rune {
	d := '0'
	for ; unicode.Is(unicode.Nd, r-1); r-- {
		d++
	}
	return d
}

// oids are code systems that senders also call by OID (HL7 OID registry), or by a former name.
var oids = map[string]string{
	"urn:oid:2.16.840.1.113883.6.96":   "http://snomed.info/sct",
	"urn:oid:2.16.840.1.113883.6.1":    "http://loinc.org",
	"urn:oid:2.16.840.1.113883.6.3":    "http://hl7.org/fhir/sid/icd-10",
	"urn:oid:2.16.840.1.113883.6.90":   "http://hl7.org/fhir/sid/icd-10-cm",
	"urn:oid:2.16.840.1.113883.6.4":    "http://www.cms.gov/medicare/coding/icd10", // procedures: codes of another form
	"urn:oid:2.16.840.1.113883.6.103":  "http://hl7.org/fhir/sid/icd-9-cm",
	"urn:oid:2.16.840.1.113883.6.88":   "http://www.nlm.nih.gov/research/umls/rxnorm",
	"urn:oid:2.16.840.1.113883.6.73":   "http://www.whocc.no/atc",
	"urn:oid:2.16.840.1.113883.6.12":   "http://www.ama-assn.org/go/cpt",
	"urn:oid:2.16.840.1.113883.6.69":   "http://hl7.org/fhir/sid/ndc",
	"urn:oid:2.16.840.1.113883.12.292": "http://hl7.org/fhir/sid/cvx",
	"urn:oid:2.16.840.1.113883.5.4":    "http://terminology.hl7.org/codesystem/v3-actcode",
	// Race: "White" has the code of a pregnancy test.
	raceCodes: raceCodes,
	"http://terminology.hl7.org/codesystem/cdcrec":       raceCodes,
	"http://terminology.hl7.org/codesystem/v3-race":      raceCodes,
	"http://terminology.hl7.org/codesystem/v3-ethnicity": raceCodes,
	"http://terminology.hl7.org/codesystem/v2-0005":      raceCodes,
	"http://terminology.hl7.org/codesystem/v2-0189":      raceCodes,
	"http://hl7.org/fhir/v3/race":                        raceCodes,
	"http://hl7.org/fhir/v3/ethnicity":                   raceCodes,
	"http://hl7.org/fhir/v2/0005":                        raceCodes,
	"http://hl7.org/fhir/v2/0189":                        raceCodes,
}

// systemName makes one of the ways in which one code system is called: case, https,
// version, edition, OID.
func systemName(system string) string {
	system, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(system)), "|")
	if rest, ok := strings.CutPrefix(system, "https:"); ok {
		system = "http:" + rest
	}
	if strings.HasPrefix(system, "http://snomed.info/sct/") { // of one edition
		return "http://snomed.info/sct"
	}
	system = strings.TrimSuffix(system, "/")
	if uri, ok := oids[system]; ok {
		return uri
	}
	return system
}

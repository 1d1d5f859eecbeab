package fhir

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash"
	"slices"
	"strings"

	"github.com/wrapious/wrappy/consent"
)

// KeySize is the length of a pseudonym key, in bytes.
const KeySize = 32

// pseudonymDomain is followed by the original.
const pseudonymDomain = "wrappy pseudonym v1\x00"

// Pseudonymise rewrites values in place: every id, reference and identifier that was
// not granted as a field of its own becomes a UUID made of the original and key, which is
// one grant's. Within a grant equal originals give equal pseudonyms, so references still
// find their target; two institutions cannot join what they hold by them.
// docs/fhir.md lists what is rewritten, and what is not covered.
//
// The error names field and element. Values that were not granted are an error: nothing
// of values may leave then.
func Pseudonymise(key []byte, granted []consent.FieldName, values map[consent.FieldName][]json.RawMessage) error {
	if len(key) != KeySize {
		return fmt.Errorf("pseudonym key: want %d bytes", KeySize)
	}
	p := &pseudonymiser{key: key, made: map[string]string{}, released: map[string]bool{}}
	var trees []tree
	for f, sources := range values {
		if !slices.Contains(granted, f) {
			return refuse(fieldElement(f), "not granted; take it out")
		}
		scope := scopeOf(f)
		for i, raw := range sources {
			if scope.untouched(raw) {
				continue
			}
			n, err := parse(raw)
			if err != nil {
				return within(string(f), err)
			}
			trees = append(trees, tree{f, i, n})
			p.note(&n)
		}
	}
	for i := range trees {
		p.scope = scopeOf(trees[i].field)
		p.value(&trees[i].node, p.scope.root)
	}
	if err := p.sweep(values, &trees); err != nil {
		return err
	}
	for i := range trees {
		t := &trees[i]
		values[t.field][t.source] = t.node.append(make([]byte, 0, len(values[t.field][t.source])+256))
	}
	return nil
}

type tree struct {
	field  consent.FieldName
	source int
	node   node
}

// scope says how the values of a field are read.
type scope struct {
	fhir bool   // FHIR's types: a url is an address
	text bool   // resources and extensions: any string may repeat an id
	own  bool   // identifiers that were granted as such
	root string // the element that the value stands for
}

func scopeOf(f consent.FieldName) scope {
	switch f {
	case fieldExtension:
		return scope{fhir: true, text: true, root: "extension"}
	case fieldOther:
		return scope{fhir: true, text: true}
	case "identity.race", "identity.ethnicity":
		return scope{fhir: true, root: "extension"}
	}
	if strings.HasPrefix(string(f), "identity.identifier.") {
		return scope{fhir: true, own: true}
	}
	switch f.Category() {
	case consent.CategoryHealth:
		return scope{fhir: true, text: true}
	case consent.CategoryIdentity, consent.CategoryContact:
		return scope{fhir: true}
	}
	return scope{}
}

// marks are what a value without a backslash must hold for value to change anything
// in it, UUIDs apart. A test holds them against the rules.
var marks = [][]byte{
	[]byte(`id"`), []byte(`Id"`), []byte(`dentifier"`), []byte(`eference"`), []byte(`rl"`), []byte(`ri"`),
	[]byte(`isplay"`), []byte(`"div"`), []byte(`meta"`), []byte(`horString"`), []byte(`"contained"`),
	[]byte(`ata"`), []byte(`ash"`), []byte(`inary"`), []byte(`umber"`), []byte(`arrier`),
}

// untouched reports that nothing in raw can need rewriting: most values, and the
// reason why small releases are not parsed at all.
func (s scope) untouched(raw []byte) bool {
	if bytes.IndexByte(raw, '\\') >= 0 || s.text && (uuidAt(raw) >= 0 || fraction.Match(raw)) {
		return false
	}
	if bytes.IndexByte(raw, '{') < 0 {
		return json.Valid(raw)
	}
	for _, m := range marks {
		if bytes.Contains(raw, m) {
			return false
		}
	}
	return json.Valid(raw)
}

// uuidAt is where the first UUID in s begins, -1 without one.
func uuidAt[T string | []byte](s T) int {
	for i := 8; i+28 <= len(s); i++ {
		if s[i] == '-' && s[i+5] == '-' && s[i+10] == '-' && s[i+15] == '-' && isUUID(s[i-8:i+28]) {
			return i - 8
		}
	}
	return -1
}

type pseudonymiser struct {
	key   []byte
	mac   hash.Hash         // nil until the first original
	made  map[string]string // original → pseudonym
	scope scope

	released map[string]bool // resources whose display may stay: as type/id and /id, in lower case

	sweeps bool // there are originals that may stand in prose unseen

	mask bool // make the canonical form that is signed: whatever may be rewritten becomes maskedID
}

// note takes down which resources leave, but for encounters: their display says where
// or whom.
func (p *pseudonymiser) note(n *node) {
	for i := range n.list {
		r := &n.list[i].node
		if typ, id := r.get("resourceType").text(), r.get("id").text(); kept(typ) && typ != "Encounter" && id != "" {
			p.released[strings.ToLower(typ+"/"+id)] = true
			p.released[strings.ToLower("/"+id)] = true
		}
	}
}

// of is the pseudonym of a bare id or identifier.
func (p *pseudonymiser) of(original string) string {
	if p.mask {
		return maskedID
	}
	uuid := isUUID(original)
	if uuid {
		original = strings.ToLower(original)
	}
	if made, ok := p.made[original]; ok {
		return made
	}
	if p.mac == nil {
		p.mac = hmac.New(sha256.New, p.key)
	}
	p.mac.Reset()
	p.mac.Write([]byte(pseudonymDomain))
	p.mac.Write([]byte(original))
	made := formatUUID(p.mac.Sum(nil))
	p.made[original] = made
	if !uuid && telling(original) {
		p.sweeps = true
		if !idWhole(original) { // of several words: prose may repeat one alone
			eachWord(original, func(word, id string) string { p.of(id); return word })
		}
	}
	return made
}

// reference keeps the form of a reference and the type it names. The base of a URL
// goes: a server, or a path on it, may be a person's own.
func (p *pseudonymiser) reference(ref string) string {
	if p.mask { // a FHIR Bundle of several sources may change its form too
		return maskedID
	}
	t, ok := splitReference(ref)
	switch {
	case ok && t.base == "#":
		if t.id == "" { // the resource itself
			return ref
		}
		return "#" + p.of(t.id)
	case ok && t.typ == "":
		return "urn:uuid:" + p.of(t.id)
	case ok && t.version != "":
		return t.typ + "/" + p.of(t.id) + "/_history/" + p.of(t.version)
	case ok:
		return t.typ + "/" + p.of(t.id)
	}
	if typ := typeOf(ref); typ != "" { // a search, by identifier as a rule
		return typ + "/" + p.of(ref)
	}
	return "urn:uuid:" + p.of(ref)
}

// identifierValue keeps urn:uuid: and urn:oid: so that the value stays one of its system.
func (p *pseudonymiser) identifierValue(value string) string {
	if p.mask {
		return maskedID
	}
	switch t, ok := splitReference(value); {
	case ok && t.base == "urn:uuid:":
		return p.reference(value)
	case ok && t.base == "urn:oid:":
		return p.oid(value)
	}
	return p.of(value)
}

// uid keeps the form of DICOM's: a viewer takes no other.
func (p *pseudonymiser) uid(value string) string {
	if p.mask {
		return maskedID
	}
	if isOID(value) {
		return oidOfUUID(p.of(value))
	}
	return p.of(value)
}

// uri rewrites what may be an address or a definition: the first only.
func (p *pseudonymiser) uri(uri string) string {
	if t, ok := splitReference(uri); ok && (t.base == "urn:uuid:" || t.typ != "" && t.typ != "StructureDefinition" && t.typ != "ValueSet" && t.typ != "CodeSystem") {
		return p.reference(uri)
	}
	rewritten := p.uuids(uri)
	if p.mask && p.scope.text { // one without a UUID is swept like prose
		return p.words(rewritten)
	}
	return rewritten
}

// oid makes an OID under 2.25, the arc of UUIDs (ITU-T X.667).
func (p *pseudonymiser) oid(value string) string {
	if p.mask {
		return maskedID
	}
	return "urn:oid:" + oidOfUUID(p.of(strings.TrimPrefix(value, "urn:oid:")))
}

// uuids rewrites the UUIDs in a text, whatever stands around them.
func (p *pseudonymiser) uuids(s string) string {
	i := uuidAt(s)
	if i < 0 {
		return s
	}
	var b strings.Builder
	for ; i >= 0; i = uuidAt(s) {
		b.WriteString(s[:i])
		b.WriteString(p.of(s[i : i+36]))
		s = s[i+36:]
	}
	b.WriteString(s)
	return b.String()
}

// sweep looks for the originals that are no UUIDs in the strings that no rule has
// touched: a note that says "see visit 2019-00417".
func (p *pseudonymiser) sweep(values map[consent.FieldName][]json.RawMessage, trees *[]tree) error {
	if !p.sweeps {
		return nil
	}
	for f, sources := range values {
		for i, raw := range sources {
			if !scopeOf(f).text {
				continue
			}
			at := slices.IndexFunc(*trees, func(t tree) bool { return t.field == f && t.source == i })
			if at < 0 {
				n, err := parse(raw)
				if err != nil {
					return within(string(f), err)
				}
				at = len(*trees)
				*trees = append(*trees, tree{f, i, n})
			}
			p.replace(&(*trees)[at].node, "")
		}
	}
	return nil
}

func (p *pseudonymiser) replace(n *node, key string) {
	for i := range n.list {
		p.replace(&n.list[i].node, cmp.Or(n.list[i].key, key))
	}
	if n.kind == '"' && !n.fixed && !definition(key) {
		p.set(n, p.words)
	}
}

// words replaces s, or each word of it that has the form of an id, where it is an
// original. One look into a map for each word: the number of originals is the
// writer's choice. What has no such form is never replaced, or no signature could cover it.
func (p *pseudonymiser) words(s string) string {
	if idWhole(s) {
		if p.mask {
			return maskedID
		}
		if made, ok := p.made[s]; ok {
			return made
		}
	}
	return eachWord(s, func(word, id string) string {
		made, ok := p.made[id]
		if p.mask {
			made, ok = maskedID, true
		}
		if !ok {
			return word
		}
		return strings.Replace(word, id, made, 1)
	})
}

// eachWord hands each word of s that may be an id to rule, with the id in it.
func eachWord(s string, rule func(word, id string) string) string {
	var b strings.Builder
	rest := s
	for rest != "" {
		word := rest[:len(rest)-len(strings.TrimLeft(rest, idChars))]
		rest = rest[len(word):]
		if id := strings.Trim(word, ".-"); idWord(id) {
			word = rule(word, id)
		}
		gap := strings.IndexAny(rest, idChars)
		if gap < 0 {
			gap = len(rest)
		}
		b.WriteString(word)
		b.WriteString(rest[:gap])
		rest = rest[gap:]
	}
	return b.String()
}

// telling reports an original that means nothing else where it turns up: not a word,
// not a small number.
func telling(original string) bool {
	return len(original) >= 6 && strings.ContainsAny(original, "0123456789")
}

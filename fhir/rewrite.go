package fhir

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
)

// What takes the place of something that cannot have a pseudonym.
const (
	withheld          = "withheld"
	withheldNarrative = `"<div xmlns=\"http://www.w3.org/1999/xhtml\">withheld</div>"`
	absentReason      = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
)

// masked is FHIR's own way to say that something is there but not shown.
func masked() node {
	return object(member{"extension", list([]node{
		object(member{"url", quoted(absentReason)}, member{"valueCode", quoted("masked")}),
	})})
}

// namingTypes are resources that name people, organisations and places.
var namingTypes = []string{
	"Endpoint", "Group", "HealthcareService", "Location", "Organization", "Patient",
	"Person", "Practitioner", "PractitionerRole", "RelatedPerson",
}

// conceptTypes and conceptElements are those of references whose display says what the
// resource itself is about: a medicine. The maker of a vaccine is needed with its lot for
// a recall.
var (
	conceptTypes    = []string{"Medication", "Substance"}
	conceptElements = []string{"medicationReference", "manufacturer"}
)

// codingElements hold a Coding, whose display is that of a code.
var codingElements = []string{"coding", "valueCoding", "security", "class"}

// definition reports elements whose strings name a concept or a vocabulary.
func definition(key string) bool {
	return key == "code" || key == "system" || key == "version" || key == "url" || key == "profile" || key == "unit"
}

// value rewrites n, which stands in the element key.
func (p *pseudonymiser) value(n *node, key string) {
	switch n.kind {
	case '{':
		p.object(n, key)
	case '[':
		for i := range n.list {
			p.value(&n.list[i].node, key)
		}
	case '"', '0':
		if isIdentifier(key) { // not FHIR's, but an institution's own object
			p.set(n, p.identifierValue)
		} else if n.kind == '"' && p.scope.text && !definition(key) {
			p.set(n, func(s string) string { return p.uuids(wholeSecond(s)) })
			n.fixed = false // it may repeat other originals besides
		}
	}
}

// set replaces a scalar by what rule makes of it. In an array each item.
func (p *pseudonymiser) set(n *node, rule func(string) string) {
	text := string(n.raw)
	switch n.kind {
	case '[':
		for i := range n.list {
			p.set(&n.list[i].node, rule)
		}
		return
	case '{':
		p.object(n, "")
		return
	case '"':
		text = n.text()
	case '0':
	default:
		return
	}
	if changed := rule(text); changed != text {
		*n = quoted(changed)
		n.fixed = true
	}
	n.fixed = n.fixed || p.mask
}

func (p *pseudonymiser) object(n *node, parent string) {
	switch {
	case parent == "text" && n.get("div") != nil:
		narrative(n)
		return
	case parent == "contained" && slices.Contains(namingTypes, n.get("resourceType").text()):
		n.list = slices.DeleteFunc(n.list, func(m member) bool { return m.key != "resourceType" && m.key != "id" })
	}
	hide := p.hidesDisplay(n, parent)
	n.list = slices.DeleteFunc(n.list, func(m member) bool {
		return m.key == "tag" && parent == "meta" || m.key == "meta" && onlyTags(&m.node)
	})
	if p.scope.text {
		withholdBytes(n)
	}
	for i := range n.list {
		m := &n.list[i]
		name, sibling := strings.CutPrefix(m.key, "_")
		rule := p.rule(name, parent, hide)
		switch {
		case m.key == "extension" && isIdentifier(parent): // may say the value again (rendered-value)
			m.node = masked().list[0].node
		case rule == nil:
			p.value(&m.node, m.key)
		case sibling:
			m.node = masked() // an extension of the primitive may repeat it
		default:
			p.set(&m.node, rule)
		}
		if p.scope.text {
			m.key = p.uuids(m.key)
		}
	}
}

// rule is what becomes of the primitive element key of an object that stands in the
// element parent; nil where nothing special does.
func (p *pseudonymiser) rule(key, parent string, hide bool) func(string) string {
	switch key {
	case "id", "versionId", "valueId":
		return p.of
	case "uid":
		return p.uid
	case "serialNumber", "carrierHRF", "carrierAIDC": // of an implant, in what is contained
		if p.scope.text {
			return p.of
		}
	case "reference":
		if parent == "education" { // Immunization.education: a leaflet, for everybody
			return p.uri
		}
		return p.reference
	case "fullUrl", "valueUuid":
		return p.reference
	case "valueOid":
		return p.oid
	case "valueUri", "valueUrl":
		return p.uri
	case "uri":
		if p.scope.fhir {
			return p.reference
		}
	case "url":
		if p.scope.fhir && parent != "extension" && parent != "modifierExtension" {
			return p.reference
		}
	case "display":
		if hide {
			return withhold
		}
	case "authorString":
		return withhold
	case "value":
		if isIdentifier(parent) {
			return p.identifierValue
		}
	case "system":
		if isIdentifier(parent) {
			return p.uuids
		}
	case "source": // a message's own id
		if parent == "meta" {
			return p.reference
		}
	case "lastUpdated": // to the millisecond it is as good as an id
		if parent == "meta" {
			return midnight
		}
	}
	return nil
}

func withhold(string) string { return withheld }

func isIdentifier(key string) bool {
	return key == "identifier" || strings.HasSuffix(key, "Identifier")
}

// onlyTags reports a meta that would be left empty without the sender's tags, which
// FHIR does not allow.
func onlyTags(n *node) bool {
	return n.kind == '{' && !slices.ContainsFunc(n.list, func(m member) bool { return m.key != "tag" })
}

// midnight keeps the day of an instant.
func midnight(instant string) string {
	if len(instant) < 10 || !plainDay.MatchString(instant[:10]) {
		return "1970-01-01T00:00:00Z"
	}
	return instant[:10] + "T00:00:00Z"
}

// narrative withholds a text: it repeats names, dates and ids in prose. The status
// "additional" stays, it says that there was more than the elements hold.
func narrative(n *node) {
	status := "empty"
	if n.get("status").text() == "additional" {
		status = "additional"
	}
	*n = object(member{"status", quoted(status)}, member{"div", node{kind: '"', fixed: true, raw: []byte(withheldNarrative)}})
}

// hidesDisplay reports a Reference whose display names, or may name, a person, an
// organisation or a place, or says what stands in a resource that does not leave.
func (p *pseudonymiser) hidesDisplay(n *node, parent string) bool {
	if n.get("display") == nil && n.get("_display") == nil || p.scope.own {
		return false
	}
	ref := n.get("reference")
	if ref == nil && (n.get("code") != nil || n.get("system") != nil || slices.Contains(codingElements, parent)) {
		return false
	}
	typ := n.get("type").text()
	if typ == "" {
		typ = typeOf(ref.text())
	}
	if slices.Contains(conceptElements, parent) && (typ == "" || parent == "manufacturer") || slices.Contains(conceptTypes, typ) {
		return false
	}
	t, _ := splitReference(ref.text())
	return !p.released[strings.ToLower(t.typ+"/"+t.id)]
}

// withholdBytes takes out what cannot be searched for names and ids: the bytes of an
// attachment or a signature, and the hash by which they would join. Samples of a
// measurement (SampledData) stay.
func withholdBytes(n *node) {
	samples := n.get("origin") != nil && n.get("dimensions") != nil
	n.list = slices.DeleteFunc(n.list, func(m member) bool {
		switch m.key {
		case "hash", "_hash":
			return true
		case "_data":
			return !samples && n.get("data") != nil
		case "_valueBase64Binary":
			return n.get("valueBase64Binary") != nil
		}
		return false
	})
	for i := range n.list {
		if m := &n.list[i]; m.key == "data" && !samples || m.key == "valueBase64Binary" {
			m.key, m.node = "_"+m.key, masked()
		}
	}
}

// fraction is a time with parts of a second, which say nothing of a person and are as
// good as an id.
// Behind it comes a time zone or the end of the word: a UUID may begin with digits.
var fraction = regexp.MustCompile(`(\dT\d{2}:\d{2}:\d{2})(?:\.\d+)+([Zz]|[+-]\d\d:\d\d)?(\.?(?:[^0-9A-Za-z.-]|$))`)

func wholeSecond(s string) string {
	for strings.IndexByte(s, '.') >= 0 {
		whole := fraction.ReplaceAllString(s, "$1$2$3")
		if whole == s {
			break
		}
		s = whole // the end of one may have been the beginning of another
	}
	return s
}

// oidOfUUID is the arc of a UUID under 2.25.
func oidOfUUID(uuid string) string {
	arc, _ := new(big.Int).SetString(strings.ReplaceAll(uuid, "-", ""), 16)
	return "2.25." + arc.String()
}

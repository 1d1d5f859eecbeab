package fhir

import "strings"

// target is a literal reference taken apart. FHIR R4, Resource "Reference":
// a fragment, urn:uuid, urn:oid, or [base/]Type/id[/_history/version].
type target struct {
	base    string // "#", "urn:uuid:", "urn:oid:", "" or an absolute URL with its last "/"
	typ     string // where the form names one
	id      string
	version string
}

// splitReference takes ref apart; false for any other form, a search
// ("Patient?identifier=…") among them.
func splitReference(ref string) (target, bool) {
	if id, ok := strings.CutPrefix(ref, "#"); ok {
		return target{base: "#", id: id}, true
	}
	for _, base := range []string{"urn:uuid:", "urn:oid:"} {
		if len(ref) > len(base) && strings.EqualFold(ref[:len(base)], base) {
			return target{base: base, id: ref[len(base):]}, true
		}
	}
	rest, version, _ := strings.Cut(ref, "/_history/")
	cut := strings.LastIndexByte(rest, '/')
	if cut < 0 || !isID(rest[cut+1:]) || version != "" && !isID(version) {
		return target{}, false
	}
	t := target{typ: rest[:cut], id: rest[cut+1:], version: version}
	if i := strings.LastIndexByte(t.typ, '/'); i >= 0 {
		t.base, t.typ = t.typ[:i+1], t.typ[i+1:]
	}
	if !isType(t.typ) || t.base != "" && !strings.HasPrefix(t.base, "http://") && !strings.HasPrefix(t.base, "https://") {
		return target{}, false
	}
	return t, true
}

// typeOf is the resource type that a reference names, also in a search; "" where none.
func typeOf(ref string) string {
	if t, ok := splitReference(ref); ok {
		return t.typ
	}
	typ, _, _ := strings.Cut(ref, "?")
	typ = typ[strings.LastIndexByte(typ, '/')+1:]
	if isType(typ) {
		return typ
	}
	return ""
}

// namesPatient reports a reference that can be one to a Patient, and holds an id.
func namesPatient(ref string) bool {
	t, ok := splitReference(ref)
	return ok && t.base != "#" && (t.typ == "" || t.typ == "Patient") && isID(t.id)
}

// sameForm is ref without version, urn:uuid in lower case: equal for two references
// to one resource that are written in one way.
func sameForm(ref string) string {
	t, ok := splitReference(ref)
	if !ok {
		return ref
	}
	if t.base == "urn:uuid:" {
		return t.base + strings.ToLower(t.id)
	}
	if t.typ != "" {
		return t.base + t.typ + "/" + t.id
	}
	return t.base + t.id
}

const (
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	idChars = letters + "0123456789-." // FHIR R4, datatype "id"
)

func isType(s string) bool {
	return len(s) > 1 && len(s) <= 64 && s[0] <= 'Z' && strings.TrimLeft(s, letters) == ""
}

func isID(s string) bool { return s != "" && len(s) <= 64 && strings.TrimLeft(s, idChars) == "" }

// isUUID wants 8-4-4-4-12 hexadecimal digits.
func isUUID[T string | []byte](s T) bool {
	if len(s) != 36 {
		return false
	}
	for i := range 36 {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if s[i] != '-' {
				return false
			}
		} else if !isHex(s[i]) {
			return false
		}
	}
	return true
}

// isOID wants numbers joined by dots, three at least.
func isOID(s string) bool {
	return strings.Count(s, ".") >= 2 && strings.TrimLeft(s, "0123456789.") == ""
}

// references calls visit for every reference below n: the object that holds it and
// its string.
func (n *node) references(visit func(holder, ref *node) error) error {
	for i := range n.list {
		m := &n.list[i]
		var err error
		if m.key == "reference" && m.kind == '"' {
			err = visit(n, &m.node)
		} else {
			err = m.references(visit)
		}
		if err != nil {
			return n.within(m.key, i, err)
		}
	}
	return nil
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

package consent

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestGrantValidate(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Grant)
		valid  bool
	}{
		{"as it is", func(*Grant) {}, true},
		{"no limit", func(g *Grant) { g.MaxReleases = 0 }, true},
		{"bearer, for minutes", func(g *Grant) {
			*g = *vectorBearer()
		}, true},
		{"longest period", func(g *Grant) { g.NotBefore = g.Expires - MaxPeriod }, true},
		{"version 0", func(g *Grant) { g.Version = 0 }, false},
		{"version 2", func(g *Grant) { g.Version = 2 }, false},
		{"unknown audience", func(g *Grant) { g.Audience = 2 }, false},
		{"unknown representation", func(g *Grant) { g.Representation = 2 }, false},
		{"unknown assistance", func(g *Grant) { g.Assistance = 2 }, false},
		{"no grant key", func(g *Grant) { g.GrantKey = Address{} }, false},
		{"end not a whole day", func(g *Grant) { g.Expires-- }, false},
		{"no end", func(g *Grant) { g.Expires = 0 }, false},
		{"end at the beginning", func(g *Grant) { g.NotBefore = g.Expires }, false},
		{"end before the beginning", func(g *Grant) { g.NotBefore = g.Expires + 1 }, false},
		{"longer than a year", func(g *Grant) { g.NotBefore = g.Expires - MaxPeriod - 1 }, false},
		{"end of time", func(g *Grant) { g.Expires = (1<<64 - 1) / Day * Day }, false},
		{"no purpose", func(g *Grant) { g.Purpose = "" }, false},
		{"purpose in words", func(g *Grant) { g.Purpose = "treatment" }, false},
		{"no legal basis", func(g *Grant) { g.LegalBasis = "" }, false},
		{"no jurisdiction", func(g *Grant) { g.Jurisdiction = "" }, false},
		{"no fields", func(g *Grant) { g.Fields = nil }, false},
		{"fields not sorted", func(g *Grant) { slices.Reverse(g.Fields) }, false},
		{"a pattern", func(g *Grant) { g.Fields = []FieldName{"health.*"} }, false},
		{"no action", func(g *Grant) { g.Actions = 0 }, false},
		{"unknown action", func(g *Grant) { g.Actions = 4 }, false},
		{"known and unknown action", func(g *Grant) { g.Actions = Read | 4 }, false},
		{"no language", func(g *Grant) { g.NoticeLanguage = "" }, false},
	} {
		g := vectorGrant()
		c.change(g)
		if err := g.Validate(); (err == nil) != c.valid || (err != nil && !errors.Is(err, ErrGrant)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestRequestValidate(t *testing.T) {
	notices := func(n int) (list []Notice) {
		for i := range n {
			list = append(list, Notice{Language: "en-" + string(rune('A'+i/26)) + string(rune('A'+i%26)), Text: "text"})
		}
		return list
	}
	steering := func(what string) func(*Request) {
		return func(r *Request) { r.Notices[1].Text = "text" + what + "text" }
	}
	for _, c := range []struct {
		name   string
		change func(*Request)
		valid  bool
	}{
		{"as it is", func(*Request) {}, true},
		{"one notice", func(r *Request) { r.Notices = r.Notices[:1] }, true},
		{"50 notices", func(r *Request) { r.Notices = notices(50) }, true},
		{"version 2", func(r *Request) { r.Version = 2 }, false},
		{"no notice", func(r *Request) { r.Notices = nil }, false},
		{"51 notices", func(r *Request) { r.Notices = notices(51) }, false},
		{"notice without text", func(r *Request) { r.Notices[0].Text = "" }, false},
		{"notice too long", func(r *Request) { r.Notices[1].Text = strings.Repeat("a", 4001) }, false},
		{"notice of several lines", func(r *Request) { r.Notices[0].Text = "We ask for:\n- your name\n\n\u00a0why" }, true},
		{"notice with the marks of right-to-left text", func(r *Request) { r.Notices[1].Text = "\u200f\u0627\u0633\u0645 (name\u200e)" }, true},
		{"notice of 4000 bytes", func(r *Request) { r.Notices[0].Text = strings.Repeat("\u0627", 2000) }, true},
		{"notice with an escape", steering("\x1b[8m"), false},
		{"notice with a tab", steering("\t"), false},
		{"notice with a carriage return", steering("\r"), false},
		{"notice with a backspace", steering("\b"), false},
		{"notice with a zero byte", steering("\x00"), false},
		{"notice with a delete", steering("\x7f"), false},
		{"notice with a control of the second set", steering("\u009b"), false},
		{"notice with an embedding", steering("\u202a"), false},
		{"notice with the end of an embedding", steering("\u202c"), false},
		{"notice with an override", steering("\u202e"), false},
		{"notice with an isolate", steering("\u2066"), false},
		{"notice with the end of an isolate", steering("\u2069"), false},
		{"notice that is not UTF-8", steering("\xff"), false},
		{"notice without language", func(r *Request) { r.Notices[1].Language = "" }, false},
		{"two notices in one language", func(r *Request) { r.Notices[1].Language = "en" }, false},
		{"end not a whole day", func(r *Request) { r.Expires++ }, false},
		{"no end", func(r *Request) { r.Expires = 0 }, false},
		{"longer than a year", func(r *Request) { r.Expires += 366 * Day }, false},
		{"no fields", func(r *Request) { r.Fields = nil }, false},
		{"fields twice", func(r *Request) { r.Fields = []FieldName{"identity.name", "identity.name"} }, false},
		{"no action", func(r *Request) { r.Actions = 0 }, false},
		{"no purpose", func(r *Request) { r.Purpose = "" }, false},
		{"no legal basis", func(r *Request) { r.LegalBasis = "any" }, false},
		{"no jurisdiction", func(r *Request) { r.Jurisdiction = "Kenya" }, false},
	} {
		r := vectorRequest()
		c.change(r)
		if err := r.Validate(); (err == nil) != c.valid || (err != nil && !errors.Is(err, ErrGrant)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A grant may give less than was asked, in every term; never more, or something else.
func TestCovers(t *testing.T) {
	for _, c := range []struct {
		name    string
		request func(*Request)
		grant   func(*Grant)
		covered bool
	}{
		{"as asked", nil, nil, true},
		{"fewer fields", nil, func(g *Grant) { g.Fields = g.Fields[1:] }, true},
		{"fewer actions", nil, func(g *Grant) { g.Actions = Read }, true},
		{"later and shorter", nil, func(g *Grant) { g.NotBefore++; g.Expires -= Day }, true},
		{"fewer releases", nil, func(g *Grant) { g.MaxReleases = 1 }, true},
		{"a limit where none was asked", func(r *Request) { r.MaxReleases = 0 }, nil, true},
		{"shorter retention", nil, func(g *Grant) { g.RetentionDays = 0 }, true},
		{"another notice of the request", nil, func(g *Grant) { g.NoticeLanguage, g.NoticeDigest = "en", vectorRequest().Notices[0].Digest() }, true},

		{"another request", nil, func(g *Grant) { g.Request[0]++ }, false},
		{"another institution", nil, func(g *Grant) { g.Institution[0]++ }, false},
		{"another purpose", nil, func(g *Grant) { g.Purpose = "dpv:Marketing" }, false},
		{"another legal basis", nil, func(g *Grant) { g.LegalBasis = BasisContract }, false},
		{"another jurisdiction", nil, func(g *Grant) { g.Jurisdiction = "FR" }, false},
		{"one more field", nil, func(g *Grant) { g.Fields = append(g.Fields, "work.employer") }, false},
		{"another field", nil, func(g *Grant) { g.Fields = []FieldName{"health.condition"} }, false},
		{"a field below one asked for", nil, func(g *Grant) { g.Fields = []FieldName{"identity.name.given"} }, false},
		{"a field above one asked for", nil, func(g *Grant) { g.Fields = []FieldName{"health.observation"} }, false},
		{"one more action", func(r *Request) { r.Actions = Read }, nil, false},
		{"another action", func(r *Request) { r.Actions = Read }, func(g *Grant) { g.Actions = Write }, false},
		{"no action", nil, func(g *Grant) { g.Actions = 0 }, false},
		{"earlier", nil, func(g *Grant) { g.NotBefore-- }, false},
		{"longer", nil, func(g *Grant) { g.Expires++ }, false},
		{"one more release", nil, func(g *Grant) { g.MaxReleases++ }, false},
		{"no limit where one was asked", nil, func(g *Grant) { g.MaxReleases = 0 }, false},
		{"longer retention", nil, func(g *Grant) { g.RetentionDays++ }, false},
		{"no notice", nil, func(g *Grant) { g.NoticeDigest = Digest{} }, false},
		{"another notice", nil, func(g *Grant) { g.NoticeDigest[0]++ }, false},
		{"notice under another language", nil, func(g *Grant) { g.NoticeLanguage = "en" }, false},
	} {
		r, g := vectorRequest(), vectorGrant()
		if c.request != nil {
			c.request(r)
		}
		id := r.ID()
		g.Request = id
		if c.grant != nil {
			c.grant(g)
		}
		if err := r.Covers(id, g); (err == nil) != c.covered || (err != nil && !errors.Is(err, ErrGrant)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// Every member of a document enters its id: changing any one changes it.
func TestEveryMemberCounts(t *testing.T) {
	grant, request := vectorGrant().ID(), vectorRequest().ID()
	for i := range reflect.TypeFor[Grant]().NumField() {
		g := vectorGrant()
		if changeMember(t, reflect.ValueOf(g).Elem().Field(i)) && g.ID() == grant {
			t.Errorf("grant: %s does not enter the id", reflect.TypeFor[Grant]().Field(i).Name)
		}
	}
	for i := range reflect.TypeFor[Request]().NumField() {
		r := vectorRequest()
		if changeMember(t, reflect.ValueOf(r).Elem().Field(i)) && r.ID() == request {
			t.Errorf("request: %s does not enter the id", reflect.TypeFor[Request]().Field(i).Name)
		}
	}
	r := vectorRequest()
	slices.Reverse(r.Notices)
	if r.ID() != request {
		t.Error("the order of the notices enters the request's id")
	}
	r.Notices[0].Text += "."
	if r.ID() == request {
		t.Error("the text of a notice does not enter the request's id")
	}
}

func changeMember(t *testing.T, v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Struct: // the blank member that carries the encoding's tag
		return false
	case reflect.Array:
		v.Index(v.Len() - 1).SetUint(v.Index(v.Len()-1).Uint() ^ 1)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(v.Uint() ^ 1)
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Slice:
		v.Set(v.Slice(0, v.Len()-1))
	default:
		t.Fatalf("a member of kind %s: teach this test to change it", v.Kind())
	}
	return true
}

// Lists do not run into one another, and a notice is bound to its language.
func TestListsAndNotices(t *testing.T) {
	one, two := vectorGrant(), vectorGrant()
	one.Fields, two.Fields = []FieldName{"health.a", "health.b"}, []FieldName{"health.ahealth.b"}
	if one.ID() == two.ID() {
		t.Error("two fields and their concatenation have one id")
	}
	if (Notice{Language: "en", Text: "a"}).Digest() == (Notice{Language: "sw", Text: "a"}).Digest() {
		t.Error("one text in two languages has one digest")
	}
	if (Notice{Language: "en", Text: "a\x00b"}).Digest() == (Notice{Language: "en\x00a", Text: "b"}).Digest() {
		if ValidateLanguage("en\x00a") == nil {
			t.Error("a border between language and text can be moved")
		}
	}
}

// A grant belongs to the identity whose id and opening its salt is made of, and to no other.
func TestBindingOpens(t *testing.T) {
	identity, opening := fill[IdentityID](1), fill[Salt](2)
	g := &Grant{Salt: GrantSalt(identity, opening)}
	for name, c := range map[string]struct {
		binding Binding
		opens   bool
	}{
		"as made":           {Binding{Identity: identity, Opening: opening}, true},
		"another identity":  {Binding{Identity: fill[IdentityID](3), Opening: opening}, false},
		"another opening":   {Binding{Identity: identity, Opening: fill[Salt](3)}, false},
		"members swapped":   {Binding{Identity: IdentityID(opening), Opening: Salt(identity)}, false},
		"nothing":           {Binding{}, false},
		"the salt, as both": {Binding{Identity: IdentityID(g.Salt), Opening: g.Salt}, false},
	} {
		if c.binding.Opens(g) != c.opens {
			t.Errorf("%s: opens = %t", name, !c.opens)
		}
	}
}

package vault

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// What the checks of single values and objects refuse by themselves, whatever stands before
// or behind them.

func TestNewRefuses(t *testing.T) {
	w := newWorld(t)
	for name, spoil := range map[string]func(c *Config){
		"no heads":                       func(c *Config) { c.Heads = nil },
		"no records":                     func(c *Config) { c.Records = nil },
		"no ledger":                      func(c *Config) { c.Ledger = (*fakeLedger)(nil) },
		"no journal":                     func(c *Config) { c.Journal = nil },
		"no decider":                     func(c *Config) { c.Decider = (*fakeDecider)(nil) },
		"no shape":                       func(c *Config) { c.Shape = nil },
		"no place":                       func(c *Config) { c.Place = nil },
		"no keyring":                     func(c *Config) { c.Keyring = nil },
		"no name":                        func(c *Config) { c.Name = "" },
		"no chain":                       func(c *Config) { c.ConsentLedger.ChainID = 0 },
		"no chain of keys":               func(c *Config) { c.KeyRegistry.ChainID = 0 },
		"no contract":                    func(c *Config) { c.Institutions.Contract = consent.Address{} },
		"ledger and keys in one":         func(c *Config) { c.KeyRegistry = c.ConsentLedger },
		"institutions and keys in one":   func(c *Config) { c.Institutions = c.KeyRegistry },
		"institutions and ledger in one": func(c *Config) { c.Institutions = c.ConsentLedger },
		"a view of less than no age":     func(c *Config) { c.ViewMaxAge = -time.Second },
		"backups of less than no days":   func(c *Config) { c.BackupDays = -1 },
		"a delay of less than none":      func(c *Config) { c.RestoreDelay = -time.Second },
	} {
		c := w.config()
		spoil(&c)
		if g, err := New(c); g != nil || err == nil {
			t.Errorf("%s: a gate", name)
		}
	}
}

func TestCardObjectCheck(t *testing.T) {
	id := consent.IdentityID{1}
	good := func() *cardObject {
		return &cardObject{Version: objectVersion, Identity: id, Revision: 1, Epoch: 202611}
	}
	asked := good()
	asked.Asked = askedRestore{State: restoreGiven, Pickup: consent.Digest{1}, Asked: 5, Ready: 5}
	for _, c := range []*cardObject{good(), asked} {
		if err := c.check(id); err != nil {
			t.Fatal(err)
		}
	}
	for name, spoil := range map[string]func(c *cardObject){
		"another version":           func(c *cardObject) { c.Version = 2 },
		"somebody else's":           func(c *cardObject) { c.Identity[0]++ },
		"no revision":               func(c *cardObject) { c.Revision = 0 },
		"under no month":            func(c *cardObject) { c.Epoch = 0 },
		"no such state":             func(c *cardObject) { c.Asked = askedRestore{State: restoreGiven + 1, Ready: 1} },
		"asked for, in no state":    func(c *cardObject) { c.Asked = askedRestore{Pickup: consent.Digest{1}} },
		"a time and no state":       func(c *cardObject) { c.Asked = askedRestore{Ready: 1} },
		"ready before it was asked": func(c *cardObject) { c.Asked = askedRestore{State: restorePending, Asked: 5, Ready: 4} },
		"given before it was asked": func(c *cardObject) { c.Asked = askedRestore{State: restoreGiven, Asked: 5} },
	} {
		c := good()
		spoil(c)
		if err := c.check(id); !errors.Is(err, errDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckFactsRefuses(t *testing.T) {
	countries := func(n int) (all []string) {
		for i := range n {
			all = append(all, string([]byte{byte('A' + i/26), byte('A' + i%26)}))
		}
		return all
	}
	if err := checkFacts(&consent.PolicyFacts{NeverCountries: countries(250)}); err != nil {
		t.Fatal(err)
	}
	for name, list := range map[string][]string{
		"more than there are": countries(251), "unsorted": {"SY", "ER"}, "twice": {"ER", "ER"}, "none": {""}, "small": {"er"}, "a name": {"Eritrea"},
	} {
		if err := checkFacts(&consent.PolicyFacts{NeverCountries: list}); !errors.Is(err, consent.ErrGrant) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A grant from elsewhere permits a write by who it names, of what it names, in its time.
func TestPermits(t *testing.T) {
	writer := consent.InstitutionID{1}
	good := consent.Grant{Institution: writer, Actions: consent.Read | consent.Write, Fields: []consent.FieldName{"health.allergy", "identity.name"}, NotBefore: 100 * consent.Day, Expires: 110 * consent.Day}
	for _, day := range []uint64{99, 100, 105, 110} {
		if !permits(&good, writer, "health.allergy", day) {
			t.Errorf("day %d: refused", day)
		}
	}
	for name, c := range map[string]struct {
		writer consent.InstitutionID
		field  consent.FieldName
		day    uint64
		spoil  func(g *consent.Grant)
	}{
		"another writer":                   {consent.InstitutionID{2}, "health.allergy", 105, nil},
		"the person":                       {consent.InstitutionID{}, "health.allergy", 105, nil},
		"another field":                    {writer, "health.condition", 105, nil},
		"no field":                         {writer, "", 105, nil},
		"two days before":                  {writer, "health.allergy", 98, nil},
		"the day after next":               {writer, "health.allergy", 111, nil},
		"a day that overflows to its time": {writer, "health.allergy", 1<<57 + 105, nil},
		"no day":                           {writer, "health.allergy", 1<<64 - 1, nil},
		"to be read":                       {writer, "health.allergy", 105, func(g *consent.Grant) { g.Actions = consent.Read }},
		"to nothing":                       {writer, "health.allergy", 105, func(g *consent.Grant) { g.Actions = 0 }},
	} {
		g := good
		if c.spoil != nil {
			c.spoil(&g)
		}
		if permits(&g, c.writer, c.field, c.day) {
			t.Errorf("%s: permitted", name)
		}
	}
}

func TestDecodeFieldDenies(t *testing.T) {
	wire := func(writers ...byte) (list []sourcedWire) {
		for _, w := range writers {
			list = append(list, sourcedWire{Writer: consent.InstitutionID{w}, Value: []byte(`"x"`), Signed: []byte{}})
		}
		return list
	}
	many := make([]byte, maxWriters+1)
	for i := range many {
		many[i] = byte(i)
	}
	torn := wire(1)
	torn[0].Signed = make([]byte, signatureSize-1)
	for name, c := range map[string]struct {
		list any
		ok   bool
	}{
		"two":                             {wire(1, 2), true},
		"as many writers as there may be": {wire(many[1:]...), true},
		"one more":                        {wire(many...), false},
		"nobody's":                        {[]sourcedWire{}, false},
		"unsorted":                        {wire(2, 1), false},
		"a writer twice":                  {wire(1, 1), false},
		"half a signature":                {torn, false},
		"no list":                         {7, false},
	} {
		data, err := encoding.Marshal(c.list)
		if err != nil {
			t.Fatal(err)
		}
		if values, err := decodeField(data); (err == nil) != c.ok || !c.ok && (values != nil || !errors.Is(err, errDamaged)) {
			t.Errorf("%s: %d values, %v", name, len(values), err)
		}
	}
}

func TestRecordHoldsSoManyFields(t *testing.T) {
	changed := map[[16]byte][]byte{}
	for i := range maxInRecord {
		changed[[16]byte{byte(i >> 8), byte(i)}] = []byte{1}
	}
	r, err := (&record{}).next(changed)
	if err != nil || len(r.Index) != maxInRecord {
		t.Fatal(err)
	}
	if _, err := r.next(map[[16]byte][]byte{{255}: {1}}); err == nil {
		t.Error("one more: taken, and nobody could read it again")
	}
	if n, err := r.next(map[[16]byte][]byte{{0, 1}: nil, {255}: {1}}); err != nil || len(n.Index) != maxInRecord {
		t.Errorf("one more in the place of another: %v", err)
	}
}

func TestRecordTooLongIsNotStored(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	long := &record{Format: objectVersion, Version: 1, Envelopes: make([]byte, maxEnvelopes+1)}
	if _, err := w.gate.storeRecord(t.Context(), w.person.ID(), "identity", long); !errors.Is(err, ErrFieldTooLarge) || len(w.records.names(roomRecord)) != 0 {
		t.Errorf("taken, and nobody could read it again: %v", err)
	}
	index := make([]indexRow, maxInRecord)
	for i := range index {
		index[i] = indexRow{Version: math.MaxUint64, Offset: math.MaxUint64, Length: math.MaxUint64}
	}
	some := make([]byte, 64<<10) // a length that takes as many bytes as the longest
	data, err := encoding.Marshal(&record{Format: objectVersion, Version: math.MaxUint64, Index: index, Envelopes: some})
	if err != nil {
		t.Fatal(err)
	}
	if beside := len(crypto.Pad(data, leastObject)) - len(some); beside > maxRecord-maxEnvelopes {
		t.Errorf("%d bytes beside the longest envelopes", beside)
	}
}

// Help and representation are of an institution's grants, one of the two, and said in the grant.
func TestBinderRefuses(t *testing.T) {
	w := newWorld(t)
	institutions := consent.Grant{Audience: consent.AudienceInstitution, Representation: consent.RepresentationSelf, Assistance: consent.AssistanceAssisted}
	someone := consent.IdentityID{1}
	for name, c := range map[string]struct {
		says   string
		help   *Help
		stands consent.IdentityID
		spoil  func(g *consent.Grant)
	}{
		"both":             {"not with help", &Help{}, someone, func(g *consent.Grant) { g.Representation = consent.RepresentationRepresentative }},
		"a code with help": {"by the person alone", &Help{}, consent.IdentityID{}, func(g *consent.Grant) { g.Audience = consent.AudienceBearer }},
		"a code by a representative": {"by the person alone", nil, someone, func(g *consent.Grant) {
			g.Audience, g.Representation = consent.AudienceBearer, consent.RepresentationRepresentative
		}},
		"a representative who is not named": {"want a representative's binding", nil, someone, func(*consent.Grant) {}},
		"named, and none":                   {"want a representative's binding", nil, consent.IdentityID{}, func(g *consent.Grant) { g.Representation = consent.RepresentationRepresentative }},
		"help that is not said":             {"want assisted", &Help{}, consent.IdentityID{}, func(g *consent.Grant) { g.Assistance = consent.AssistanceNone }},
	} {
		s := &SignedGrant{Grant: institutions, Help: c.help, Representative: c.stands}
		c.spoil(&s.Grant)
		if _, _, err := w.gate.binder(t.Context(), time.Now(), s); !errors.Is(err, consent.ErrGrant) || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Of a value that cannot be merged with, as after the catalog has changed, the new one stays
// alone, and with its own signatures.
func TestMergeWithWhatIsNoneOfIt(t *testing.T) {
	field := consent.CatalogField{Type: consent.TypeFHIR, Resource: "Condition"}
	value := func(kind string, ids ...string) (v Sourced) {
		var list []string
		for i, id := range ids {
			list = append(list, fmt.Sprintf(`{"resourceType":%q,"id":%q}`, kind, id))
			v.Signatures = append(v.Signatures, ItemSignature{Day: uint64(i) + 1})
		}
		v.Writer, v.Value = consent.InstitutionID{1}, json.RawMessage("["+strings.Join(list, ",")+"]")
		return v
	}
	own := value("Condition", "a", "b")
	merged, err := mergeValue(field, value("Patient", "p"), own)
	if err != nil || string(merged.Value) != string(own.Value) || len(merged.Signatures) != 2 {
		t.Errorf("with another type's: %s, %d signatures, %v", merged.Value, len(merged.Signatures), err)
	}
	unsigned := own
	unsigned.Signatures = nil
	none := value("Patient", "p")
	none.Signatures, none.Written = nil, 9
	lacking := value("Condition", "c", "d")
	lacking.Signatures = lacking.Signatures[:1]
	for name, c := range map[string][2]Sourced{"no signatures": {value("Condition", "c"), unsigned}, "none of its type": {value("Condition", "c"), none}, "the earlier lacks one": {lacking, own}} {
		if got, err := mergeValue(field, c[0], c[1]); !errors.Is(err, errValue) {
			t.Errorf("%s: %s, %v", name, got.Value, err)
		}
	}
	for name, c := range map[string]struct{ here, v Sourced }{
		"another type's here": {value("Patient", "p"), own}, "another type's comes": {own, value("Patient", "p")}, "unsigned besides": {none, own}, "comes unsigned besides": {own, none}, "signatures lack here": {lacking, own}, "signatures lack in it": {own, lacking},
	} {
		here, v := c.here, c.v
		changed, err := newerResources(field, &here, &v)
		if !changed || err != nil || string(here.Value) != string(v.Value) || here.Written != v.Written || len(here.Signatures) != len(v.Signatures) {
			t.Errorf("newer, %s: %s, %t, %v", name, here.Value, changed, err)
		}
	}
	m := &importing{attempt: &attempt{catalog: testCatalog()}}
	of := func(writer consent.InstitutionID, text string, written, day uint64) Sourced {
		v := Sourced{Writer: writer, Written: written, Value: json.RawMessage(text)}
		if writer != (consent.InstitutionID{}) {
			v.Signatures = []ItemSignature{{Day: day}}
		}
		return v
	}
	unsignedOf := func(text string, written uint64) Sourced {
		return Sourced{Writer: consent.InstitutionID{1}, Written: written, Value: json.RawMessage(text)}
	}
	here, v := value("Condition", "a"), value("Condition", "b")
	if changed, err := m.newer("health.condition", &here, &v); !changed || err != nil || strings.Count(string(here.Value), `"id"`) != 2 || len(here.Signatures) != 2 {
		t.Errorf("resource by resource: %s, %d signatures, %t, %v", here.Value, len(here.Signatures), changed, err)
	}
	for name, c := range map[string]struct {
		here, v Sourced
		changed bool
	}{
		"the person's own, said by the order": {of(consent.InstitutionID{}, `"a"`, 9, 0), of(consent.InstitutionID{}, `"b"`, 1, 0), true},
		"signed later":                        {of(consent.InstitutionID{1}, `"a"`, 1, 5), of(consent.InstitutionID{1}, `"b"`, 1, 6), true},
		"signed earlier, said to be later":    {of(consent.InstitutionID{1}, `"a"`, 1, 5), of(consent.InstitutionID{1}, `"b"`, 9, 4), false},
		"of one day, said to be later":        {of(consent.InstitutionID{1}, `"a"`, 1, 5), of(consent.InstitutionID{1}, `"b"`, 2, 5), true},
		"that cannot be told apart":           {of(consent.InstitutionID{1}, `"a"`, 1, 5), of(consent.InstitutionID{1}, `"b"`, 1, 5), false},
		"the same":                            {of(consent.InstitutionID{1}, `"a"`, 1, 5), of(consent.InstitutionID{1}, `"a"`, 1, 6), false},
		"unsigned here, said to be later":     {unsignedOf(`"a"`, 1), of(consent.InstitutionID{1}, `"b"`, 2, 5), true},
		"unsigned here, said to be earlier":   {unsignedOf(`"a"`, 2), of(consent.InstitutionID{1}, `"b"`, 1, 5), false},
		"unsigned, said to be later":          {of(consent.InstitutionID{1}, `"a"`, 1, 5), unsignedOf(`"b"`, 2), true},
		"unsigned, said to be earlier":        {of(consent.InstitutionID{1}, `"a"`, 2, 5), unsignedOf(`"b"`, 1), false},
	} {
		here, v := c.here, c.v
		changed, err := m.newer("identity.mother_maiden_name", &here, &v)
		if changed != c.changed || err != nil || slices.Equal(here.Value, v.Value) != (changed || name == "the same") {
			t.Errorf("%s: changed = %t, %v", name, changed, err)
		}
	}
}

// What comes from another vault is no longer, with what is here, than what a write may leave.
func TestNewerResourcesAreBounded(t *testing.T) {
	field := consent.CatalogField{Type: consent.TypeFHIR, Resource: "Condition"}
	some := func(prefix string, n int, more string) *Sourced {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf(`{"resourceType":"Condition","id":"%s%d"%s}`, prefix, i, more)
		}
		return &Sourced{Writer: consent.InstitutionID{1}, Value: json.RawMessage("[" + strings.Join(list, ",") + "]"), Signatures: make([]ItemSignature, n)}
	}
	if changed, err := newerResources(field, some("a", maxElements-1, ""), some("b", 1, "")); !changed || err != nil {
		t.Errorf("as many as there may be: %t, %v", changed, err)
	}
	half := `,"note":"` + strings.Repeat("x", maxValue/2) + `"`
	values := `,"count":[1` + strings.Repeat(",1", maxNodes/2) + `]`
	for name, c := range map[string][2]*Sourced{
		"resources": {some("a", maxElements, ""), some("b", 1, "")},
		"bytes":     {some("a", 1, half), some("b", 1, half)},
		"values":    {some("a", 1, values), some("b", 1, values)},
	} {
		before := string(c[0].Value)
		if changed, err := newerResources(field, c[0], c[1]); changed || !errors.Is(err, ErrFieldTooLarge) || string(c[0].Value) != before {
			t.Errorf("too many %s: %t, %v", name, changed, err)
		}
	}
}

// A statement is repeated only whole: of the same value, under the same grant, with the same
// signatures and what opens them.
func TestRepeats(t *testing.T) {
	good := func() *Sourced {
		return &Sourced{Grant: consent.GrantID{1}, Value: json.RawMessage(`"a"`), Signatures: []ItemSignature{{Salt: consent.Salt{1}, Signature: consent.WriterSignature{1}}}}
	}
	if !good().repeats(good()) {
		t.Error("the same is not")
	}
	for name, spoil := range map[string]func(v *Sourced){
		"unsigned":           func(v *Sourced) { v.Signatures = nil },
		"another grant":      func(v *Sourced) { v.Grant[0]++ },
		"another value":      func(v *Sourced) { v.Value = json.RawMessage(`"b"`) },
		"another signature":  func(v *Sourced) { v.Signatures[0].Signature[0]++ },
		"another salt":       func(v *Sourced) { v.Signatures[0].Salt[0]++ },
		"one signature more": func(v *Sourced) { v.Signatures = append(v.Signatures, ItemSignature{}) },
	} {
		other := good()
		spoil(other)
		if other.repeats(good()) || good().repeats(other) {
			t.Errorf("%s: repeated", name)
		}
	}
	unsigned := good()
	unsigned.Signatures = nil
	if unsigned.repeats(unsigned) {
		t.Error("nothing signed is repeated")
	}
}

// What is foreseen is of the actions that a request asks for, and of no other.
func TestForeseenOfWhatIsAsked(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	for _, actions := range []consent.Actions{consent.Read, consent.Write, consent.Read | consent.Write} {
		r := w.request(w.hospital, func(r *consent.Request) { r.Actions = actions })
		w.decider.asked = 0
		f, err := w.gate.Foreseen(t.Context(), r)
		if err != nil || len(f.Reasons) != 0 || len(f.Withheld) != 0 || w.decider.asked != map[bool]int{true: 2, false: 1}[actions == consent.Read|consent.Write] {
			t.Errorf("actions %d: %v, asked %d times, %v", actions, f, w.decider.asked, err)
		}
	}
	r := w.request(w.hospital)
	w.decider.decide = func(consent.Question) (consent.Decision, error) { return consent.Decision{}, errBroken }
	if f, err := w.gate.Foreseen(t.Context(), r); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("nobody decides: %v, %v", f, err)
	}
	w.decider.decide = nil
	w.ledger.age = time.Hour
	if f, err := w.gate.Foreseen(t.Context(), r); !errors.Is(err, consent.ErrStaleView) {
		t.Errorf("nobody can say what stands: %v, %v", f, err)
	}
}

// A value that no release could shape is not taken, whoever has signed it.
func TestWriteOfWhatCannotLeave(t *testing.T) {
	w := newWorld(t)
	s := w.grant()
	w.shape = func(crypto.Secret, []consent.FieldName, map[consent.FieldName][]Sourced) error { return errBroken }
	if _, err := w.gate.Write(t.Context(), w.hospital, w.call(w.hospital, s.Act.ID, w.values())); !deniedAs(err, consent.ReasonBadValue) {
		t.Errorf("have %v", err)
	}
	if n := len(w.records.names(roomRecord)); n != 0 {
		t.Errorf("%d records", n)
	}
}

// A card is not reset by an act that is older than the one in force.
func TestResetCardOfBefore(t *testing.T) {
	w := newWorld(t)
	p := w.enrolled()
	card := w.carded(p)
	old, oldSig := p.ResetCard(w.domain, testOrigin, card.ID(), w.time())
	w.pass(time.Minute)
	if err := w.reset(p, card); err != nil {
		t.Fatal(err)
	}
	if err := w.gate.ResetCard(t.Context(), old, oldSig); !errors.Is(err, consent.ErrConflict) {
		t.Errorf("an older act: %v", err)
	}
	if err := w.reset(p, card); err != nil {
		t.Errorf("the same again: %v", err)
	}
}

// A receipt of an erasure names who has received something: to have written is not that.
func TestWhoOnlyWroteHoldsNoCopy(t *testing.T) {
	w := newWorld(t)
	w.filled()
	r, err := w.eraseBy(w.gate, w.person)
	if err != nil || len(r.Receipt.Copies) != 0 || r.Receipt.Ended != 1 {
		t.Errorf("receipt %+v, %v", r, err)
	}
}

// An assist session is open under a key, by its nonce, in its time, and for no longer than one lasts.
func TestAssistSessionOpens(t *testing.T) {
	good := func() *deputies {
		return &deputies{AssistKey: consent.Address{1}, Session: assistSession{Nonce: [32]byte{2}, Begun: 1000, Ends: 1000 + consent.AssistPeriod}}
	}
	for _, now := range []uint64{1000, 999 + consent.AssistPeriod} {
		if err := good().open([32]byte{2}, now); err != nil {
			t.Errorf("at %d: %v", now, err)
		}
	}
	for name, c := range map[string]struct {
		now   uint64
		spoil func(d *deputies)
	}{
		"no key any more":       {1000, func(d *deputies) { d.AssistKey = consent.Address{} }},
		"another session":       {1000, func(d *deputies) { d.Session.Nonce[0]++ }},
		"no session":            {1000, func(d *deputies) { d.Session = assistSession{} }},
		"before it":             {999, func(*deputies) {}},
		"after it":              {1000 + consent.AssistPeriod, func(*deputies) {}},
		"ended early":           {1100, func(d *deputies) { d.Session.Ends = 1100 }},
		"longer than one lasts": {1000 + consent.AssistPeriod, func(d *deputies) { d.Session.Ends = 1 << 40 }},
	} {
		d := good()
		c.spoil(d)
		if err := d.open([32]byte{2}, c.now); !errors.Is(err, ErrAssistOver) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What was opened to be computed from, and does not leave, is overwritten; what leaves is not.
func TestForget(t *testing.T) {
	f := &found{
		fields: []consent.FieldVersion{{Field: "identity.adult"}, {Field: "identity.name"}},
		stored: []consent.FieldVersion{{Field: "identity.birth_date"}, {Field: "identity.name"}},
	}
	opened := map[consent.FieldName][]Sourced{
		"identity.birth_date": {{Value: json.RawMessage(`"1990"`)}, {Value: json.RawMessage(`"1991"`)}}, "identity.name": {{Value: json.RawMessage(`[{}]`)}},
	}
	f.forget(opened)
	for i, v := range opened["identity.birth_date"] {
		if strings.Trim(string(v.Value), "\x00") != "" || len(v.Value) != 6 {
			t.Errorf("value %d is there: %q", i, v.Value)
		}
	}
	if v := opened["identity.name"]; len(v) == 0 || string(v[0].Value) != `[{}]` {
		t.Errorf("what leaves was overwritten: %v", v)
	}
}

// Whatever an expression gives, only true, false or one of the field's codes answers.
func TestAnswersAreNarrow(t *testing.T) {
	a := &attempt{catalog: &consent.Catalog{Fields: map[consent.FieldName]consent.CatalogField{
		"identity.adult": {Type: consent.TypeBoolean}, "identity.age_class": {Type: consent.TypeCode, Codes: []string{"minor", "adult"}},
		"identity.name": {Type: consent.TypeText}, "identity.age": {Type: consent.TypeNumber},
	}}}
	for _, c := range []struct {
		field  consent.FieldName
		answer string
		leaves bool
	}{
		{"identity.adult", "true", true}, {"identity.adult", "false", true}, {"identity.age_class", `"minor"`, true},
		{"identity.adult", "", false}, {"identity.adult", "1", false}, {"identity.adult", `"true"`, false}, {"identity.adult", "null", false}, {"identity.adult", `"1990-04-02"`, false},
		{"identity.age_class", "", false}, {"identity.age_class", `"1990"`, false}, {"identity.age_class", `""`, false}, {"identity.age_class", `["minor"]`, false}, {"identity.age_class", "minor", false},
		{"identity.name", `"Grace"`, false}, {"identity.age", "36", false}, {"identity.unknown", "true", false},
	} {
		if got := a.answers(c.field, []byte(c.answer)); got != c.leaves {
			t.Errorf("%s: %s leaves = %t", c.field, c.answer, got)
		}
	}
}

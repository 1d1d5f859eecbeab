package wallet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
)

func TestSeedsAndKeysFromBytes(t *testing.T) {
	order := []byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xba\xae\xdc\xe6\xaf\x48\xa0\x3b\xbf\xd2\x5e\x8c\xd0\x36\x41\x41")
	one := append(make([]byte, 31), 1)
	for _, c := range []struct {
		name  string
		bytes []byte
		seed  bool
		key   bool
	}{
		{"one", one, true, true},
		{"zero", make([]byte, 32), true, false},
		{"the order", order, true, false},
		{"above the order", bytes.Repeat([]byte{0xff}, 32), true, false},
		{"31 bytes", one[1:], false, false},
		{"33 bytes", append([]byte{0}, one...), false, false},
		{"nothing", nil, false, false},
	} {
		if _, err := SeedFromBytes(c.bytes); (err == nil) != c.seed || (err != nil && !errors.Is(err, ErrSeed)) {
			t.Errorf("%s as a seed: %v", c.name, err)
		}
		k, err := KeyFromBytes(c.bytes)
		if (err == nil) != c.key || (err != nil && !errors.Is(err, ErrSeed)) {
			t.Errorf("%s as a key: %v", c.name, err)
		}
		if err == nil && !bytes.Equal(k.Bytes(), c.bytes) {
			t.Errorf("%s: key differs", c.name)
		}
	}
	// The account of the private key 1 is known from elsewhere.
	k, _ := KeyFromBytes(one)
	if got := k.Address().String(); got != "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf" {
		t.Errorf("address of the key 1: %s", got)
	}
}

func TestChildren(t *testing.T) {
	me := NewIdentity()
	seen := map[string]bool{}
	for _, w := range []*Identity{me, me.Child(0), me.Child(1), me.Child(1 << 24), me.Child(0).Child(0), NewIdentity().Child(0)} {
		seen[string(w.Seed.Bytes())], seen[string(w.Salt[:])] = true, true
	}
	if len(seen) != 12 {
		t.Errorf("%d seeds and salts, want 12", len(seen))
	}
	again := &Identity{Seed: me.Seed, RecoveryHash: consent.Digest{1}, Salt: consent.Salt{2}}
	if again.Child(1).ID() != me.Child(1).ID() {
		t.Error("a child follows from more than the seed")
	}
}

func TestSeedIsCopied(t *testing.T) {
	ikm := bytes.Repeat([]byte{1}, 32)
	s, _ := SeedFromBytes(ikm)
	before := s.Root().Address()
	ikm[0] = 9
	s.Bytes()[1] = 9
	if s.Root().Address() != before {
		t.Error("the seed changes with the caller's slice")
	}
}

func TestKeysAreDistinct(t *testing.T) {
	a, b := NewSeed(), NewSeed()
	seen := map[consent.Address]string{}
	for name, k := range map[string]*Key{
		"root": a.Root(), "session": a.Session(), "grant": a.Grant(consent.Salt{1}), "second grant": a.Grant(consent.Salt{2}),
		"other root": b.Root(), "other session": b.Session(), "other grant": b.Grant(consent.Salt{1}),
	} {
		if twin, ok := seen[k.Address()]; ok {
			t.Errorf("%s and %s are one key", name, twin)
		}
		seen[k.Address()] = name
	}
	if bytes.Equal(a.PageKey(), b.PageKey()) || len(a.PageKey()) != 32 {
		t.Error("page keys")
	}
	k, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := KeyFromBytes(k.Bytes()); err != nil || again.Address() != k.Address() {
		t.Errorf("random key does not come back: %v", err)
	}
}

func TestIdentityID(t *testing.T) {
	w := NewIdentity()
	other := *w
	other.Salt[0]++
	recovered := *w
	recovered.RecoveryHash[0]++
	ids := []consent.IdentityID{w.ID(), other.ID(), recovered.ID(), NewIdentity().ID()}
	for i := range ids {
		if slices.Contains(ids[i+1:], ids[i]) {
			t.Errorf("identity %d is not unique", i)
		}
	}
}

func answer(t *testing.T, w *Identity, choice Choice) *SignedGrant {
	t.Helper()
	s, err := w.Answer(ledgerDomain, vectorRequest(), choice, time.Unix(vectorTime, 0))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnswer(t *testing.T) {
	w, r := vectorIdentity(t), vectorRequest()
	s := answer(t, w, Choice{Language: "en"})
	g := &s.Grant
	if !slices.Equal(g.Fields, r.Fields) || g.Actions != r.Actions || g.Expires != r.Expires || g.MaxReleases != r.MaxReleases ||
		g.RetentionDays != r.RetentionDays || g.NotBefore != r.NotBefore || g.NoticeDigest != r.Notices[0].Digest() || g.Assistance != consent.AssistanceNone {
		t.Errorf("not as asked: %+v", g)
	}
	if err := errors.Join(g.Validate(), r.Covers(r.ID(), g)); err != nil {
		t.Error(err)
	}
	if s.Act.ID != g.ID() || s.Act.Expiry != g.Expires || s.Act.Deadline <= vectorTime || s.Act.Deadline%consent.Day != 0 || s.Act.Deadline > vectorTime+8*consent.Day {
		t.Errorf("act: %+v", s.Act)
	}
	if s.Binding.Grant != g.ID() || s.Binding.Identity != w.ID() || s.Binding.Time != vectorTime {
		t.Error("binding does not tie this grant to this identity")
	}
	for name, err := range map[string]error{
		"act":        consent.Verify(ledgerDomain.Digest(s.Act.StructHash()), s.ActSignature, g.GrantKey),
		"binding":    consent.Verify(ledgerDomain.Digest(s.Binding.StructHash()), s.BindingSignature, w.Seed.Root().Address()),
		"withdrawal": consent.Verify(ledgerDomain.Digest(consent.WithdrawHash(g.ID())), s.Withdrawal, g.GrantKey),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	again := answer(t, w, Choice{Language: "en"})
	if again.Grant.Salt == g.Salt || again.Grant.GrantKey == g.GrantKey || again.Act.ID == s.Act.ID {
		t.Error("two answers can be linked")
	}
	sent, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	withdrawal, _ := s.Withdrawal.MarshalText()
	if bytes.Contains(sent, withdrawal) {
		t.Error("the pre-signed withdrawal would be sent along")
	}
}

func TestAnswerGivesLess(t *testing.T) {
	w := vectorIdentity(t)
	s := answer(t, w, Choice{Language: "sw", Fields: []consent.FieldName{"identity.name", "contact.phone"}, Actions: consent.Read,
		MaxReleases: 1, RetentionDays: 7, Representation: consent.RepresentationRepresentative, Assistance: consent.AssistanceAssisted})
	g := s.Grant
	if !slices.Equal(g.Fields, []consent.FieldName{"contact.phone", "identity.name"}) || g.Actions != consent.Read || g.MaxReleases != 1 ||
		g.RetentionDays != 7 || g.Representation != consent.RepresentationRepresentative || g.Assistance != consent.AssistanceAssisted {
		t.Errorf("not as chosen: %+v", g)
	}
	request := vectorRequest()
	for _, c := range []struct{ chosen, want uint64 }{
		{0, request.Expires},
		{vectorTime + 1, (vectorTime/consent.Day + 1) * consent.Day},
		{20_380*consent.Day - 1, 20_380 * consent.Day},
		{20_380 * consent.Day, 20_380 * consent.Day},
		{20_380*consent.Day + 1, 20_381 * consent.Day},
		{request.Expires - 1, request.Expires},
		{request.Expires, request.Expires},
	} {
		if got := answer(t, w, Choice{Language: "en", Expires: c.chosen}).Grant.Expires; got != c.want {
			t.Errorf("end %d became %d, want %d", c.chosen, got, c.want)
		}
	}
}

func TestAnswerRefuses(t *testing.T) {
	w, at := vectorIdentity(t), uint64(vectorTime)
	for _, c := range []struct {
		name    string
		request func(*consent.Request)
		choice  Choice
		now     uint64
		want    error
	}{
		{"field not asked for", nil, Choice{Language: "en", Fields: []consent.FieldName{"health.condition"}}, at, consent.ErrGrant},
		{"field twice", nil, Choice{Language: "en", Fields: []consent.FieldName{"identity.name", "identity.name"}}, at, consent.ErrGrant},
		{"no field name", nil, Choice{Language: "en", Fields: []consent.FieldName{""}}, at, consent.ErrGrant},
		{"pattern", nil, Choice{Language: "en", Fields: []consent.FieldName{"health.*"}}, at, consent.ErrGrant},
		{"action not asked for", func(r *consent.Request) { r.Actions = consent.Read }, Choice{Language: "en", Actions: consent.Write}, at, consent.ErrGrant},
		{"unknown action", nil, Choice{Language: "en", Actions: 4}, at, consent.ErrGrant},
		{"later end", nil, Choice{Language: "en", Expires: vectorRequest().Expires + 1}, at, consent.ErrGrant},
		{"end of time", nil, Choice{Language: "en", Expires: 1<<64 - 1}, at, consent.ErrGrant},
		{"end before the beginning", nil, Choice{Language: "en", Expires: 1}, at, consent.ErrGrant},
		{"end in the past", func(r *consent.Request) { r.AnswerBy = r.Expires }, Choice{Language: "en", Expires: at}, at + 2*consent.Day, ErrLate},
		{"more releases", nil, Choice{Language: "en", MaxReleases: 13}, at, consent.ErrGrant},
		{"longer retention", nil, Choice{Language: "en", RetentionDays: 91}, at, consent.ErrGrant},
		{"no language", nil, Choice{}, at, consent.ErrGrant},
		{"language of no notice", nil, Choice{Language: "fr"}, at, consent.ErrGrant},
		{"unknown representation", nil, Choice{Language: "en", Representation: 2}, at, consent.ErrGrant},
		{"unknown assistance", nil, Choice{Language: "en", Assistance: 2}, at, consent.ErrGrant},
		{"answered too late", nil, Choice{Language: "en"}, vectorRequest().AnswerBy + 1, ErrLate},
		{"request of another version", func(r *consent.Request) { r.Version = 2 }, Choice{Language: "en"}, at, consent.ErrGrant},
		{"request without notices", func(r *consent.Request) { r.Notices = nil }, Choice{Language: "en"}, at, consent.ErrGrant},
		{"request for more than a year", func(r *consent.Request) { r.Expires += 366 * consent.Day }, Choice{Language: "en"}, at, consent.ErrGrant},
	} {
		r := vectorRequest()
		if c.request != nil {
			c.request(r)
		}
		s, err := w.Answer(ledgerDomain, r, c.choice, time.Unix(int64(c.now), 0))
		if s != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: %v; want %v", c.name, err, c.want)
		}
	}
}

// Every signature of a wallet, taken as every other and by every key of the seed:
// only each as itself, by its own key and in its own domain, verifies.
func TestSignaturesDoNotReplay(t *testing.T) {
	v := makeVectors(t)
	for _, made := range v.Documents {
		for _, tried := range v.Documents {
			for signer, key := range v.Keys {
				for where, domain := range map[string]consent.Domain{"ConsentLedger": ledgerDomain, "KeyRegistry": registryDomain} {
					allowed := made.Name == tried.Name && signer == made.Signer && where == made.Domain
					if err := consent.Verify(domain.Digest(tried.StructHash), made.Signature, key.Address); (err == nil) != allowed {
						t.Errorf("%s as %s by %s for %s: verifies = %t", made.Name, tried.Name, signer, where, err == nil)
					}
				}
			}
		}
	}
}

func TestStateFactsRefuses(t *testing.T) {
	w := vectorIdentity(t)
	for _, country := range []string{"", "ke", "KEN", "K"} {
		if _, sig, err := w.StateFacts(ledgerDomain, vectorVault, consent.PolicyFacts{NeverCountries: []string{"ER", country}}, time.Unix(vectorTime, 0)); err == nil || sig != (consent.Signature{}) {
			t.Errorf("country %q taken", country)
		}
	}
	given := []string{"SD", "ER"}
	s, _, err := w.StateFacts(ledgerDomain, vectorVault, consent.PolicyFacts{NeverCountries: given}, time.Unix(vectorTime, 0))
	if err != nil || !slices.Equal(s.Facts.NeverCountries, []string{"ER", "SD"}) || given[0] != "SD" {
		t.Errorf("countries = %v, %v; the caller's = %v", s.Facts.NeverCountries, err, given)
	}
}

func TestProofKey(t *testing.T) {
	k, err := NewProofKey()
	if err != nil {
		t.Fatal(err)
	}
	other, _ := NewProofKey()
	at := time.Unix(vectorTime, 999)
	header, err := k.Prove("GET", "/v1/me/grants?limit=2", "session", at)
	if err != nil {
		t.Fatal(err)
	}
	signed := "wrappy session proof v1\nGET\n/v1/me/grants?limit=2\nsession\n1760000000"
	for _, c := range []struct {
		name   string
		spki   []byte
		header string
		signed string
		holds  bool
	}{
		{"as made", k.Public(), header, signed, true},
		{"another key", other.Public(), header, signed, false},
		{"another method", k.Public(), header, strings.Replace(signed, "GET", "POST", 1), false},
		{"another path", k.Public(), header, strings.Replace(signed, "grants", "history", 1), false},
		{"another query", k.Public(), header, strings.Replace(signed, "limit=2", "limit=3", 1), false},
		{"another session", k.Public(), header, strings.Replace(signed, "\nsession\n", "\nsessiom\n", 1), false},
		{"another time", k.Public(), strings.Replace(header, "1760000000.", "1760000001.", 1), strings.Replace(signed, "1760000000", "1760000001", 1), false},
		{"signature cut", k.Public(), header[:len(header)-2], signed, false},
		{"signature changed", k.Public(), header[:20] + swapLetter(header[20]) + header[21:], signed, false},
	} {
		if got := proofHolds(t, c.spki, c.header, c.signed); got != c.holds {
			t.Errorf("%s: holds = %t", c.name, got)
		}
	}
}

func swapLetter(c byte) string {
	if c == 'A' {
		return "B"
	}
	return "A"
}

func TestRedaction(t *testing.T) {
	w := vectorIdentity(t)
	proof, _ := NewProofKey()
	private, _ := proof.private.Bytes()
	root := w.Seed.Root()
	var leaks []string
	for _, b := range [][]byte{w.Seed.Bytes(), root.Bytes(), private} {
		leaks = append(leaks, fmt.Sprintf("%x", b), fmt.Sprintf("%X", b), fmt.Sprintf("%d", b), string(b))
	}
	for name, v := range map[string]any{
		"seed": w.Seed, "pointer": &w.Seed, "identity": w, "identity value": *w, "file": &File{Identity: *w}, "file value": File{Identity: *w},
		"key": root, "key value": *root, "proof key": proof, "bytes": w.Seed.Bytes(), "page key": w.Seed.PageKey(),
		"unexported": struct{ s Seed }{w.Seed}, "unexported key": struct{ k *Key }{root},
	} {
		var printed strings.Builder
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
			if verb != "%v" && verb != "%+v" && verb != "%#v" && strings.HasPrefix(name, "unexported") {
				continue // fmt calls no methods of unexported members
			}
			fmt.Fprintf(&printed, verb+"\n", v)
		}
		asJSON, _ := json.Marshal(v)
		printed.Write(asJSON)
		slog.New(slog.NewTextHandler(&printed, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&printed, nil)).Info("x", "v", v)
		for _, leak := range leaks {
			if strings.Contains(printed.String(), leak) {
				t.Errorf("%s shows key material:\n%s", name, printed.String())
				break
			}
		}
	}
}

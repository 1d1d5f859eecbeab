package consent

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func vectorBearer() *Grant {
	g := vectorGrant()
	g.Audience, g.Institution, g.Request = AudienceBearer, InstitutionID{}, fill[ShowSecret](0x77).Request()
	g.Purpose, g.Fields, g.Actions = "dpv:IdentityVerification", []FieldName{"identity.name", "identity.over_18", "identity.photo"}, Read
	g.Expires, g.MaxReleases, g.RetentionDays = g.NotBefore+ShowPeriod, 1, 0
	g.Representation, g.Assistance = RepresentationSelf, AssistanceNone
	return g
}

type shownVector struct {
	Secret     string         `json:"secret"`
	Hex        Digest         `json:"secretHex"`
	Fragment   string         `json:"fragment"`
	Request    RequestID      `json:"request"`
	Grant      map[string]any `json:"grant"`
	GrantID    GrantID        `json:"grantId"`
	ActExpiry  string         `json:"actExpiry"`
	Refused    []string       `json:"refusedSecrets"`
	LogSeed    string         `json:"logSeed"`
	LogKey     string         `json:"logKey"`
	Statement  string         `json:"statement"`
	Message    string         `json:"message"`
	Signature  string         `json:"signature"`
	Derivation string         `json:"requestOf"`
}

func makeShownVector(t *testing.T) shownVector {
	secret, g := fill[ShowSecret](0x77), vectorBearer()
	seed := []byte(strings.Repeat("s", ed25519.SeedSize))
	key := ed25519.NewKeyFromSeed(seed)
	text, err := json.Marshal(ShownStatement{
		Format: FormatShown, Vault: "vault.example/log", Entry: fill[Digest](0x11), At: vectorTime + 60, Salt: fill[Salt](0x66),
		Shown: map[FieldName][]ShownValue{
			"identity.name": {{Value: json.RawMessage(`[{"family":"Ünal <ﷺ>","given":["A\"b"]}]`), Writer: fill[InstitutionID](0x33), WrittenAt: vectorTime / Day * Day,
				Signatures: []ShownSignature{{Day: vectorTime / Day, GrantCommitment: fill[Digest](0x12), Key: make([]byte, 64), Signature: make([]byte, 64)}}}},
			"identity.over_18": {{Value: json.RawMessage("true"), WrittenAt: vectorTime / Day * Day, AsOf: vectorTime / Day * Day, Signatures: []ShownSignature{}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	message := ShownMessage(text)
	return shownVector{
		Secret: secret.Text(), Hex: Digest(secret), Fragment: "#" + secret.Text(), Request: secret.Request(),
		Derivation: hex.EncodeToString(append([]byte("wrappy shown request v1\x00"), secret[:]...)),
		Grant:      grantMessage(g), GrantID: g.ID(), ActExpiry: decimal(g.ActExpiry()),
		Refused: []string{"", secret.Text() + "=", secret.Text()[:42], secret.Text()[:42] + "d", " " + secret.Text()[:42], secret.Text() + "\n", strings.Replace(secret.Text(), "d", "+", 1)},
		LogSeed: hex.EncodeToString(seed), LogKey: hex.EncodeToString(key.Public().(ed25519.PublicKey)),
		Statement: string(text), Message: hex.EncodeToString(message), Signature: hex.EncodeToString(ed25519.Sign(key, message)),
	}
}

// Phones make codes and pages check answers by this file.
func TestShownVector(t *testing.T) {
	got, err := json.MarshalIndent(makeShownVector(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile("testdata/show.json", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/show.json")
	if err != nil || string(want) != string(got) {
		t.Errorf("not as in testdata/show.json: %v", err)
	}
}

func TestShowSecret(t *testing.T) {
	v := makeShownVector(t)
	var secret ShowSecret
	if err := secret.UnmarshalText([]byte(v.Secret)); err != nil || secret != fill[ShowSecret](0x77) {
		t.Errorf("%v", err)
	}
	for _, text := range v.Refused {
		if err := secret.UnmarshalText([]byte(text)); !errors.Is(err, ErrShowSecret) {
			t.Errorf("%q is taken", text)
		}
	}
	if err := secret.UnmarshalText([]byte(strings.Repeat("A", 42) + "\n")); !errors.Is(err, ErrShowSecret) {
		t.Errorf("31 bytes and a line's end: %v", err)
	}
	for _, printed := range []string{fmt.Sprint(secret), fmt.Sprintf("%x %v %+v %s", secret, secret, secret, secret), secret.LogValue().String()} {
		if strings.Contains(printed, "77") || strings.Contains(printed, v.Secret) {
			t.Errorf("printed: %s", printed)
		}
	}
	if other := fill[ShowSecret](0x78).Request(); other == secret.Request() || RequestID(secret) == secret.Request() {
		t.Error("two secrets, one request")
	}
}

func TestBearerGrantValidate(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Grant)
		valid  bool
	}{
		{"as it is", func(*Grant) {}, true},
		{"a representative's", func(g *Grant) { g.Representation = RepresentationRepresentative }, true},
		{"for a minute", func(g *Grant) { g.Expires = g.NotBefore + 60 }, true},
		{"six minutes", func(g *Grant) { g.Expires = g.NotBefore + 360 }, false},
		{"a second too long", func(g *Grant) { g.Expires++ }, false},
		{"until the day's end", func(g *Grant) { g.Expires = g.ActExpiry() }, false},
		{"no time", func(g *Grant) { g.Expires = g.NotBefore }, false},
		{"backwards", func(g *Grant) { g.Expires = g.NotBefore - 1 }, false},
		{"twice", func(g *Grant) { g.MaxReleases = 2 }, false},
		{"no limit", func(g *Grant) { g.MaxReleases = 0 }, false},
		{"to write", func(g *Grant) { g.Actions = Write }, false},
		{"to read and write", func(g *Grant) { g.Actions = Read | Write }, false},
		{"an institution's", func(g *Grant) { g.Institution[0] = 1 }, false},
		{"to be kept", func(g *Grant) { g.RetentionDays = 1 }, false},
		{"a helper's", func(g *Grant) { g.Assistance = AssistanceAssisted }, false},
		{"health", func(g *Grant) { g.Fields = []FieldName{"health.allergy"} }, false},
		{"health too", func(g *Grant) { g.Fields = append([]FieldName{"health.allergy"}, g.Fields...) }, false},
		{"contact too", func(g *Grant) { g.Fields = append([]FieldName{"contact.phone"}, g.Fields...) }, false},
		{"civil status too", func(g *Grant) { g.Fields = append([]FieldName{"civil.nationality"}, g.Fields...) }, false},
		{"no field", func(g *Grant) { g.Fields = nil }, false},
	} {
		g := vectorBearer()
		c.change(g)
		if err := g.Validate(); (err == nil) != c.valid || (err != nil && !errors.Is(err, ErrGrant)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestActExpiry(t *testing.T) {
	for _, c := range [][2]uint64{{0, 0}, {1, Day}, {Day - 1, Day}, {Day, Day}, {Day + 1, 2 * Day}, {^uint64(0), ^uint64(0)}} {
		if got := (&Grant{Expires: c[0]}).ActExpiry(); got != c[1] {
			t.Errorf("%d: %d, want %d", c[0], got, c[1])
		}
	}
	if g := vectorGrant(); g.ActExpiry() != g.Expires {
		t.Error("an institution's grant has another end on the chain")
	}
}

// No key of the journal's signs anything that could be taken for a shown statement.
func TestShownMessageLabel(t *testing.T) {
	answer, err := sampleAnswer().Message()
	if err != nil {
		t.Fatal(err)
	}
	message := ShownMessage([]byte("{}"))
	for _, other := range []string{string(answer[:20]), "wrappy promise v1\x00", "wrappy history v1\x00", "wrappy policy approval v1\x00", "wrappy erasure v1\x00"} {
		if strings.HasPrefix(string(message), other) || strings.HasPrefix(other, string(message[:15])) {
			t.Errorf("can be taken for %q", other)
		}
	}
	if !slices.Equal(message, []byte("wrappy shown v1\x00{}")) {
		t.Errorf("%q", message)
	}
}

// FuzzShowSecret: one text for one secret, which nothing that prints it and no error repeats.
func FuzzShowSecret(f *testing.F) {
	good := fill[ShowSecret](0x77).Text()
	for _, seed := range []string{good, good + "=", good[:42], good[:42] + "d", good + "\n", "#" + good, strings.ReplaceAll(good, "d", "_"), strings.Repeat("+", 43), ""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s := fill[ShowSecret](0x11)
		if err := s.UnmarshalText(text); err != nil {
			if !errors.Is(err, ErrShowSecret) || len(text) > 8 && strings.Contains(err.Error(), string(text)) {
				t.Errorf("%q: %v", text, err)
			}
			if s != fill[ShowSecret](0x11) {
				t.Error("refused, and taken in part")
			}
			return
		}
		if s.Text() != string(text) {
			t.Errorf("%q is another spelling of %q", text, s.Text())
		}
		if printed := fmt.Sprintf("%v %+v %#v %s %x %q", s, s, s, s, s, s); strings.Contains(printed, string(text)) || strings.Contains(printed, fmt.Sprintf("%x", s[:])) {
			t.Error("it is printed")
		}
		encoded, err := json.Marshal(string(text))
		if err != nil {
			t.Fatal(err)
		}
		var again ShowSecret
		if err := json.Unmarshal(encoded, &again); err != nil || again != s || again.Request() != s.Request() {
			t.Errorf("through JSON: %v", err)
		}
	})
}

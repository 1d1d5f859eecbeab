package policy_test

import (
	"archive/tar"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/policy"
)

// bad is a bundle that must not come into force, in the order of what is wrong.
type bad struct {
	name    string
	bundle  []byte
	signers []ed25519.PrivateKey
	min     uint64
	at      time.Time
	want    error
	spoil   func([]policy.Approval)
}

// badBundles are of revision 4 where nothing else is said; 3 is in force.
func badBundles(t *testing.T) []bad {
	both := []ed25519.PrivateKey{anna, bela}
	changed := func(changes map[string][]byte) []byte { return build(t, sources(t, changes), 4) }
	rule := func(text string) []byte {
		return changed(map[string][]byte{"more.rego": []byte("package wrappy.more\n" + text + "\n")})
	}
	sound := changed(map[string][]byte{"more/data.json": []byte("{}")})
	manifest := entry{tar.Header{Name: "manifest.json"}, `{"format": 1, "revision": 4, "expires": 1890000000, "files": {}}`}
	list := []bad{
		{name: "older", bundle: build(t, sources(t, nil), 2), want: policy.ErrRevision},
		{name: "another of the same revision", bundle: build(t, sources(t, map[string][]byte{"more/data.json": []byte("{}")}), 3), want: policy.ErrRevision},
		{name: "older than the caller knows", bundle: sound, min: 5, want: policy.ErrRevision},
		{name: "nobody signed", bundle: sound, signers: []ed25519.PrivateKey{}, want: policy.ErrApproval},
		{name: "one signer", bundle: sound, signers: []ed25519.PrivateKey{anna}, want: policy.ErrApproval},
		{name: "one signer twice", bundle: sound, signers: []ed25519.PrivateKey{anna, anna}, want: policy.ErrApproval},
		{name: "a stranger", bundle: sound, signers: []ed25519.PrivateKey{anna, stranger}, want: policy.ErrApproval},
		{name: "a bad signature", bundle: sound, want: policy.ErrApproval, spoil: func(a []policy.Approval) { a[1].Signature[9] ^= 1 }},
		{name: "approvals of another bundle", bundle: sound, want: policy.ErrApproval, spoil: func(a []policy.Approval) { a[1].Digest[0] ^= 1 }},
		{name: "expired", bundle: sound, at: clock.Add(48 * time.Hour), want: policy.ErrExpired},
		{name: "empty", bundle: []byte{}},
		{name: "oversized", bundle: make([]byte, policy.MaxBundle+1)},
		{name: "cut short", bundle: sound[:len(sound)/2]},
		{name: "traversal", bundle: archive(t, manifest, entry{tar.Header{Name: "../../etc/data.json"}, "{}"})},
		{name: "absolute path", bundle: archive(t, manifest, entry{tar.Header{Name: "/etc/data.json"}, "{}"})},
		{name: "symbolic link", bundle: archive(t, manifest, entry{tar.Header{Name: "a/data.json", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}, ""})},
		{name: "http.send", bundle: rule(`x := http.send({"method": "get", "url": "http://localhost"})`)},
		{name: "net.lookup_ip_addr", bundle: rule(`x := net.lookup_ip_addr("localhost")`)},
		{name: "time.now_ns", bundle: rule(`x := time.now_ns()`)},
		{name: "rand.intn", bundle: rule(`x := rand.intn("a", 2)`)},
		{name: "opa.runtime", bundle: rule(`x := opa.runtime()`)},
		{name: "uuid.rfc4122", bundle: rule(`x := uuid.rfc4122("a")`)},
		{name: "syntax error", bundle: rule(`x := {`)},
		{name: "no rules", bundle: changed(map[string][]byte{"release.rego": nil, "release_test.rego": nil})},
		{name: "rules of another package", bundle: changed(map[string][]byte{"release.rego": []byte("package x")})},
		{name: "no fields", bundle: changed(map[string][]byte{fields: nil})},
		{name: "no purposes", bundle: changed(map[string][]byte{purposes: nil})},
		{name: "data that is no JSON", bundle: changed(map[string][]byte{fields: []byte("{")})},
		{name: "a broken code list", bundle: changed(map[string][]byte{codes: bytes.Replace(sources(t, nil)[codes].Data, []byte(`"source": "`), []byte(`"sauce": "`), 1)})},
		{name: "a code list without a source", bundle: changed(map[string][]byte{codes: []byte(`{"hiv": [{"system": "http://snomed.info/sct", "source": "", "codes": {"86406008": "x"}}]}`)})},
		{name: "a rule without an end", bundle: changed(rules(endless, ":= input.time + 60", ":= {}", ":= set()"))},
		{name: "a rule that fails", bundle: changed(rules(":= {f | some f in input.fields; max(f)}", ":= input.time + 60", ":= {}", ":= set()"))},
		{name: "a rule that permits what was not asked", bundle: changed(rules(`:= {"identity.race", "x"}`, ":= input.time + 60", ":= {}", ":= set()"))},
	}
	for i := range list {
		b := &list[i]
		if b.want == nil {
			b.want = policy.ErrBundle
		}
		if b.signers == nil {
			b.signers = both
		}
		if b.at.IsZero() {
			b.at = clock
		}
	}
	return list
}

// Whatever is wrong with the next bundle, the engine goes on by the last good one,
// and says so.
func TestEngineKeepsTheLastGoodBundle(t *testing.T) {
	e := new(policy.Engine)
	if h := e.Health(); h != (policy.Health{}) {
		t.Errorf("without a bundle: %+v", h)
	}
	if err := e.Use(nil); !errors.Is(err, policy.ErrBundle) {
		t.Errorf("nil: %v", err)
	}
	if err := e.Use(new(policy.Loaded)); !errors.Is(err, policy.ErrBundle) {
		t.Errorf("empty: %v", err)
	}
	three := build(t, sources(t, nil), 3)
	if err := e.Load(three, approve(t, three, anna, bela), reviewers, 0, clock); err != nil || e.Revision() != 3 {
		t.Fatal(err)
	}
	good := e.Health()
	if good.Refused != 0 || good.Last != nil || good.Digest != e.Digest() || good.Revision != 3 || good.Expires != now+86400 {
		t.Errorf("%+v", good)
	}
	for i, b := range badBundles(t) {
		t.Run(b.name, func(t *testing.T) {
			approvals := sign(b.bundle, b.signers...)
			if b.spoil != nil {
				b.spoil(approvals)
			}
			if err := e.Load(b.bundle, approvals, reviewers, b.min, b.at); !errors.Is(err, b.want) {
				t.Errorf("%v, want %v", err, b.want)
			}
			if h := e.Health(); h.Refused != uint64(i+1) || !errors.Is(h.Last, b.want) || h.Offered != sha256.Sum256(b.bundle) || h.Digest != good.Digest || h.Revision != 3 || h.Expires != good.Expires {
				t.Errorf("%+v", h)
			}
			q := question()
			q.Fields = append(q.Fields, "identity.race") // denied by the last good one
			q.Time += uint64(i % 30)                     // not from the cache alone
			d, err := e.Decide(t.Context(), q)
			if err != nil || len(d.Permitted) != len(q.Fields)-1 || d.PolicyDigest != good.Digest || d.Revision != 3 {
				t.Errorf("the last good bundle is gone: %v, %v", d, err)
			}
		})
	}
	if err := e.Load(three, approve(t, three, anna, bela), reviewers, 0, clock); err != nil || e.Health().Last != nil {
		t.Errorf("the same again: %v", err)
	}
	four := build(t, sources(t, rules(":= set()", ":= 1", ":= {}", ":= set()")), 4)
	if err := e.Load(four, approve(t, four, anna, bela), reviewers, 0, clock); err != nil {
		t.Fatal(err)
	}
	if d, err := e.Decide(t.Context(), question()); err != nil || len(d.Permitted) > 0 || d.Revision != 4 {
		t.Errorf("a decision of the former bundle outlived it: %v, %v", d, err)
	}
	if h := e.Health(); h.Last != nil || h.Offered != (consent.Digest{}) || h.Revision != 4 || h.Digest == good.Digest {
		t.Errorf("%+v", h)
	}
	if _, ok := e.Catalog().Fields["contact.phone"]; !ok || e.Catalog().Revision != 4 {
		t.Error("the catalog is not the bundle's")
	}
}

// The last good bundle has its time too: over, it permits nothing, whatever
// is offered instead; a newer one heals that.
func TestLastGoodBundleExpires(t *testing.T) {
	e := engine(t, nil)
	late := question()
	late.Time = now + 86400
	decide := func(want bool) {
		t.Helper()
		if d, err := e.Decide(t.Context(), late); want != (err == nil && len(d.Permitted) > 0) || (!want && (!errors.Is(err, consent.ErrUnavailable) || !errors.Is(err, policy.ErrExpired))) {
			t.Errorf("%d permitted, %v", len(d.Permitted), err)
		}
	}
	late.Time--
	late.Institution.AttestedTo, late.Grant.Expires = now+200_000, now+200_000
	decide(true)
	late.Time++
	decide(false)
	broken := build(t, sources(t, map[string][]byte{"more.rego": []byte("package wrappy.more\nx := {")}), 2)
	if err := e.Load(broken, approve(t, broken, anna, bela), reviewers, 0, clock); err == nil || !strings.Contains(err.Error(), "more.rego:2") {
		t.Errorf("%v", err)
	}
	decide(false)
	next, _, err := policy.Build(sources(t, nil), policy.Manifest{Revision: 2, Expires: now + 172_800})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Load(next, approve(t, next, anna, bela), reviewers, 0, clock.Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	decide(true)
}

package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/ledgerref/anviltest"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
)

// estate is one ledger with two vaults on it, each in a process of its own, of two operators
// who have nothing of each other.
type estate struct {
	t    *testing.T
	dir  string
	node *anviltest.Node
	ids  map[string]string // of institutions
}

// vaultHouse is one of them.
type vaultHouse struct {
	addresses
	dir string
	log *buffer
}

func (e *estate) file(name string) string { return filepath.Join(e.dir, name) }

// try runs the program as a user does, and returns its status and what it said.
func (e *estate) try(args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	ctx, cancel := context.WithTimeout(e.t.Context(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "wrappy", args...) //nolint:gosec // the program under test
	c.Dir, c.Stdout, c.Stderr = e.dir, &stdout, &stderr
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		e.t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

func (e *estate) run(args ...string) string {
	e.t.Helper()
	code, out, errs := e.try(args...)
	if code != exitOK {
		e.t.Fatalf("wrappy %s: status %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return strings.TrimSpace(out)
}

func (e *estate) denied(want int, says string, args ...string) {
	e.t.Helper()
	code, out, errs := e.try(args...)
	if code != want || !strings.Contains(errs, says) {
		e.t.Errorf("wrappy %s: status %d, want %d and %q\n%s%s", strings.Join(args, " "), code, want, says, out, errs)
	}
}

// newEstate makes the ledger, two vaults by two operators, and the institutions.
func newEstate(t *testing.T) (e *estate, a, b *vaultHouse) {
	t.Helper()
	e = &estate{t: t, dir: scratch(t), node: anviltest.Start(t, "--block-time", "1"), ids: map[string]string{}}
	must(t, os.WriteFile(e.file("passphrase"), []byte("correct horse battery staple\n"), 0o600))
	must(t, os.WriteFile(e.file("rpc"), []byte(e.node.URL("http")+"\n"), 0o600))
	for _, name := range []string{"a-operator", "a-relayer", "b-operator", "b-relayer"} {
		address := e.run("ledger", "account", "--out", name)
		e.node.Call(t, nil, "anvil_setBalance", address, "0x56bc75e2d63100000")
	}
	e.run("ledger", "deploy", "--rpc-file", "rpc", "--account-file", "a-operator", "--out", "contracts.json")
	a, b = e.house("a", "KE"), e.house("b", "UG")
	e.institution(a, "accreditor")
	e.run("institution", "appoint", e.ids["accreditor"], "--operator", a.dir)
	for _, kind := range []string{"hospital", "clinic"} {
		e.institution(a, kind)
		e.run(append([]string{"accreditor", "attest", e.ids[kind], "--dir", "accreditor", "--passphrase-file", "passphrase"}, a.at()...)...)
	}
	return e, a, b
}

func (e *estate) institution(at *vaultHouse, kind string) {
	e.ids[kind] = e.run("institution", "new", "--dir", kind, "--name", "The "+kind, "--kind", kind, "--jurisdiction", "KE", "--passphrase-file", "passphrase")
	e.run(append([]string{"institution", "register", "--dir", kind, "--passphrase-file", "passphrase"}, at.at()...)...)
}

func (e *estate) house(name, jurisdiction string) *vaultHouse {
	e.t.Helper()
	h := &vaultHouse{dir: e.file(name), log: &buffer{}}
	e.run("init", "--data", h.dir, "--jurisdiction", jurisdiction, "--listen-public", "127.0.0.1:0", "--listen-institutions", "127.0.0.1:0",
		"--contracts", "contracts.json", "--rpc-file", "rpc", "--confirm", "head", "--operator-file", name+"-operator", "--relayer-file", name+"-relayer")
	c := exec.Command("wrappy", "serve", "--config", filepath.Join(h.dir, "config.yaml"))
	c.Env = append(os.Environ(), "WRAPPY_LIMITS_PER_SECOND=1000", "WRAPPY_LIMITS_BURST=1000", "WRAPPY_LEDGER_POLL=200ms", "WRAPPY_JOURNAL_ANCHOR_EVERY=2s")
	c.Stdout, c.Stderr = h.log, h.log
	must(e.t, c.Start())
	e.t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	eventually(e.t, "vault "+name+" to serve", func() bool {
		data, err := os.ReadFile(filepath.Join(h.dir, "addresses.json"))
		if processEnded(c.Process.Pid) {
			e.t.Fatalf("vault %s has ended: %s", name, tail(h.log.String()))
		}
		return err == nil && json.Unmarshal(data, &h.addresses) == nil
	})
	return h
}

// at names the vault for whoever uses its public listener.
func (h *vaultHouse) at() []string { return []string{"--vault", h.Public, "--cacert", h.Certificate} }

// desk names the vault for an institution.
func (h *vaultHouse) desk() []string {
	return []string{"--vault", h.Institutions, "--cacert", h.Certificate}
}

// person is a command of a person at a vault.
func (e *estate) person(at *vaultHouse, who string, args ...string) []string {
	return append(append([]string{"person"}, args...), append(at.at(), "--wallet", who, "--passphrase-file", "passphrase")...)
}

// agreed is a permission from the asking to its place on the ledger.
func (e *estate) agreed(at *vaultHouse, kind, who, fields string, more ...string) string {
	e.t.Helper()
	request := e.run(slices.Concat([]string{"institution", "request", "--dir", kind, "--purpose", "sector-health:ServiceProvision", "--jurisdiction", "KE", "--fields", fields, "--notice", "To treat you."}, more, at.desk())...)
	request, _, _ = strings.Cut(request, "\n")
	e.run(e.person(at, who, "grant", request)...)
	status := e.run(append([]string{"institution", "status", request, "--dir", kind, "--wait", "1m"}, at.desk()...)...)
	_, grant, found := strings.Cut(status, "given, grant ")
	if !found {
		e.t.Fatal(status)
	}
	return strings.Fields(grant)[0]
}

const (
	heldFields = "health.allergy,health.medication"
	heldValues = `{"health.allergy": [{"resourceType": "AllergyIntolerance", "id": "a1", "patient": {"reference": "Patient/p1"}, "code": {"text": "Peanut"}}],
"health.medication": [{"resourceType": "MedicationRequest", "id": "m1", "status": "active", "intent": "order", "subject": {"reference": "Patient/p1"}, "medicationCodeableConcept": {"text": "Salbutamol"}}]}`
)

// TestMoving: written at one vault, moved, released and verified at another: of another
// operator, in another process, in another country, on one ledger.
func TestMoving(t *testing.T) {
	t.Parallel()
	e, a, b := newEstate(t)
	must(t, os.WriteFile(e.file("values.json"), []byte(heldValues), 0o600))
	must(t, os.WriteFile(e.file("mine.json"), []byte(`[{"resourceType":"AllergyIntolerance","id":"mine","patient":{"reference":"Patient/p1"},"code":{"text":"Sesame"}}]`), 0o600))
	for _, who := range []string{"grace", "mallory"} {
		e.run(e.person(a, who, "new", "--jurisdiction", "KE")...)
		grant := e.agreed(a, "hospital", who, heldFields, "--write")
		e.run(append([]string{"institution", "write", grant, "--dir", "hospital", "--file", "values.json"}, a.desk()...)...)
	}
	e.run(e.person(a, "grace", "correct", "health.allergy", "--file", "mine.json")...)
	e.run(e.person(a, "grace", "facts", "--never", "ER")...)
	e.run(e.person(a, "grace", "export", "--out", "grace.sealed")...)
	for _, who := range []string{"grace", "mallory"} {
		e.run(e.person(a, who, "export", "--out", who+".jsonl", "--plain")...)
	}

	e.denied(exitRefused, "", e.person(b, "grace", "import", "grace.sealed")...) // not enrolled yet
	e.run(e.person(b, "grace", "enrol", "--jurisdiction", "UG")...)
	e.run(e.person(b, "mallory", "enrol", "--jurisdiction", "UG")...)
	t.Run("what is not taken", func(t *testing.T) { e.in(t).tampered(a, b) })

	e.t = t
	moved := e.run(e.person(b, "grace", "import", "grace.sealed")...)
	if !strings.Contains(moved, "2 fields are new here") || strings.Count(moved, "taken") != 3 {
		t.Error(moved)
	}
	if again := e.run(e.person(b, "grace", "import", "grace.sealed")...); !strings.Contains(again, "0 fields are new here") || strings.Contains(again, "taken") {
		t.Error(again)
	}
	if facts := e.run(e.person(b, "grace", "facts")...); !strings.Contains(facts, "ER") {
		t.Error(facts)
	}
	if grants := e.run(e.person(b, "grace", "grants")...); strings.Contains(grants, "0x") {
		t.Errorf("permissions have come along: %s", grants)
	}

	grant := e.agreed(b, "clinic", "grace", heldFields)
	answer := e.run(append([]string{"institution", "release", grant, "--dir", "clinic", "-o", "json"}, b.desk()...)...)
	e.whoWroteIt(answer, b)
	// the recipient's own look at it, by what the second vault has of the ledger
	must(t, os.WriteFile(e.file("answer.json"), []byte(answer), 0o600))
	e.run("institution", "key", "export", "--of", e.ids["hospital"], "--vault", b.Public, "--cacert", b.Certificate, "--export", "keys.json")
	if said := e.run("verify", "value", "answer.json", "--keys-file", "keys.json"); !strings.Contains(said, `health.medication: by "The hospital"`) || !strings.Contains(said, `health.allergy: by "The hospital"`) {
		t.Error(said)
	}
	must(t, os.WriteFile(e.file("forged.json"), bytes.Replace([]byte(answer), []byte("Salbutamol"), []byte("Morphine"), 1), 0o600))
	e.denied(exitFailed, "", "verify", "value", "forged.json", "--keys-file", "keys.json")
	e.denied(exitRefused, "", append([]string{"institution", "release", grant, "--dir", "clinic"}, a.desk()...)...) // A knows no such permission

	history := e.run(e.person(b, "grace", "history")...)
	if !strings.Contains(history, "imported") || !strings.Contains(history, "complete: ") {
		t.Error(history)
	}
	if here := e.run(e.person(a, "grace", "history")...); !strings.Contains(here, "exported") {
		t.Error(here)
	}
	// and on: a third vault would get the same from B, evidence included
	e.run(e.person(b, "grace", "export", "--out", "onward.jsonl", "--plain")...)
	if lines := grep(t, e.file("onward.jsonl"), `"elsewhere":true`); lines != 1 {
		t.Errorf("%d grants of the first vault go on", lines)
	}
	t.Run("with help", func(t *testing.T) { e.in(t).movedWithHelp(a, b) })
	t.Run("two operators", func(t *testing.T) { e.in(t).apart(a, b) })
}

func (e *estate) in(t *testing.T) *estate { e.t = t; return e }

func grep(t *testing.T, file, what string) (n int) {
	t.Helper()
	data, err := os.ReadFile(file) //nolint:gosec // the test's own
	must(t, err)
	return bytes.Count(data, []byte(what))
}

// tampered: a vault, a person or a thief who makes something up brings nothing in.
func (e *estate) tampered(a, b *vaultHouse) {
	mine, theirs, contracts := e.read("grace.jsonl"), e.read("mallory.jsonl"), e.contracts()
	for _, c := range []struct {
		name   string
		change func(lines *lie)
		says   string
	}{
		{"another value", func(l *lie) {
			v := l.value("health.medication")
			v.Value = bytes.Replace(v.Value, []byte("Salbutamol"), []byte("Morphine"), 1)
		}, "bad_signature"},
		{"another writer", func(l *lie) { must(e.t, l.value("health.medication").Writer.UnmarshalText([]byte(e.ids["clinic"]))) }, "not_in_grant"},
		{"an unsigned value", func(l *lie) { l.value("health.medication").Signatures = nil }, "bad_signature"},
		{"a signature of another field", func(l *lie) { l.value("health.medication").Signatures = l.value("health.allergy").Signatures }, "bad_signature"},
		{"a key that nobody registered", func(l *lie) { l.forge(e.t, contracts.Institutions, "health.medication") }, "unknown_key"},
		{"another day", func(l *lie) { l.value("health.medication").Signatures[0].Day-- }, "bad_signature"},
		{"the permission of somebody else", func(l *lie) { l.grants = theirs.grants; l.values = theirs.values }, "another_person"},
		{"no permissions", func(l *lie) { l.grants = nil }, "unknown_grant"},
		{"a permission with other terms", func(l *lie) { l.grants[0].Document.RetentionDays++ }, "unknown_grant"},
		{"bound anew", func(l *lie) {
			l.grants = slices.Clone(theirs.grants)
			l.values = theirs.values
			l.grants[0].BindingOpening[0]++
		}, "another_person"},
	} {
		l := mine.clone()
		c.change(l)
		name := strings.ReplaceAll(c.name, " ", "-") + ".jsonl"
		l.write(e.t, e.file(name))
		e.denied(exitRefused, c.says, e.person(b, "grace", "import", name)...)
	}
	// the other person's whole file, and their own under this wallet
	e.denied(exitRefused, "somebody else", e.person(b, "grace", "import", "mallory.jsonl")...)
	e.denied(exitFailed, "not an export", e.person(b, "grace", "import", "values.json")...)
	data, err := os.ReadFile(e.file("grace.sealed"))
	must(e.t, err)
	for name, broken := range map[string][]byte{
		"cut.sealed": data[:len(data)-100], "changed.sealed": append(bytes.Clone(data[:len(data)-5]), 1, 2, 3, 4, 5),
	} {
		must(e.t, os.WriteFile(e.file(name), broken, 0o600))
		e.denied(exitFailed, "", e.person(b, "grace", "import", name)...)
	}
	if records := e.run(e.person(b, "grace", "records")...); strings.Contains(records, "health") {
		e.t.Errorf("something came in: %s", records)
	}
	// in part: what is proven comes in, what is not stays out
	l := mine.clone()
	l.value("health.medication").Signatures = nil
	l.write(e.t, e.file("part.jsonl"))
	e.run(e.person(b, "mallory", "import", "mallory.jsonl")...)
	e.denied(exitRefused, "bad_signature", e.person(b, "grace", "import", "part.jsonl")...)
}

// lie is an export that is written anew.
type lie struct {
	head   proof.Exported
	facts  *proof.ExportedFacts
	grants []proof.ExportedGrant
	values []proof.ExportedValue
}

func (e *estate) read(name string) *lie {
	e.t.Helper()
	f, err := os.Open(e.file(name))
	must(e.t, err)
	defer func() { _ = f.Close() }()
	r, err := proof.NewExportReader(f)
	must(e.t, err)
	l := &lie{head: r.Head}
	for {
		item, err := r.Next()
		if errors.Is(err, io.EOF) {
			return l
		}
		must(e.t, err)
		switch {
		case item.Facts != nil:
			l.facts = item.Facts
		case item.Grant != nil:
			l.grants = append(l.grants, *item.Grant)
		case item.Value != nil:
			l.values = append(l.values, *item.Value)
		}
	}
}

func (l *lie) clone() *lie {
	c := *l
	c.grants, c.values = slices.Clone(l.grants), slices.Clone(l.values)
	for i := range c.values {
		c.values[i].Signatures = slices.Clone(c.values[i].Signatures)
	}
	return &c
}

// value is the institution's of a field.
func (l *lie) value(field consent.FieldName) *proof.ExportedValue {
	for i := range l.values {
		if l.values[i].Field == field && l.values[i].Writer != (consent.InstitutionID{}) {
			return &l.values[i]
		}
	}
	panic("no such value")
}

// forge signs a value with a key of the forger's own, in the hospital's name.
func (l *lie) forge(t *testing.T, registry consent.Address, field consent.FieldName) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	public, err := consent.WriterKeyOf(key.Public())
	must(t, err)
	v := l.value(field)
	items, err := fhir.Signable(field, v.Value)
	must(t, err)
	s := &v.Signatures[0]
	made, err := consent.SignValue(key, &consent.ValueStatement{
		Registry: consent.Domain{ChainID: l.head.ChainID, Contract: registry}, Writer: v.Writer,
		Grant: consent.CommitGrant(s.Salt, s.Grant), Field: field, Item: items[0], Day: s.Day,
	})
	must(t, err)
	s.Key, s.Signature = public[:], made[:]
}

func (l *lie) write(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path) //nolint:gosec // the test's own
	must(t, err)
	defer func() { must(t, f.Close()) }()
	w, err := proof.NewExportWriter(f, l.head)
	must(t, err)
	if l.facts != nil {
		must(t, w.Facts(*l.facts))
	}
	for _, g := range l.grants {
		must(t, w.Grant(g))
	}
	for _, v := range l.values {
		must(t, w.Value(v))
	}
	must(t, w.End(0, func(consent.Digest) []byte { return make([]byte, 64) }))
}

func (e *estate) contracts() ledgerref.Addresses {
	e.t.Helper()
	addresses, err := readAddresses(e.file("contracts.json"))
	must(e.t, err)
	return addresses
}

// whoWroteIt checks what a recipient holds against the ledger: the writer's signature of
// each value, and that the key was the writer's.
func (e *estate) whoWroteIt(answer string, b *vaultHouse) {
	e.t.Helper()
	var released openapi.Released
	must(e.t, json.Unmarshal([]byte(answer), &released))
	contracts := e.contracts()
	held := e.keysOf(b, "hospital")
	checked := 0
	for name, values := range released.Released {
		field := consent.FieldName(name)
		for i, v := range values {
			if v.Writer == (consent.InstitutionID{}).String() {
				if field != "health.allergy" || i != 0 || len(v.Signatures) != 0 || !bytes.Contains(v.Value, []byte("Sesame")) {
					e.t.Errorf("the person's own: %s", v.Value)
				}
				continue
			}
			items, err := fhir.Signable(field, v.Value)
			must(e.t, err)
			if v.Writer != e.ids["hospital"] || len(items) != 1 || len(v.Signatures) != 1 {
				e.t.Fatalf("%s by %s with %d signatures", name, v.Writer, len(v.Signatures))
			}
			s := v.Signatures[0]
			statement := consent.ValueStatement{Registry: contracts.InstitutionsDomain(), Field: field, Item: items[0], Day: s.Day}
			must(e.t, statement.Writer.UnmarshalText([]byte(v.Writer)))
			must(e.t, statement.Grant.UnmarshalText([]byte(s.GrantCommitment)))
			key := consent.WriterKey(s.Key)
			must(e.t, statement.Verify(key, consent.WriterSignature(s.Signature)))
			hash, err := key.Hash()
			must(e.t, err)
			if !slices.Contains(held, hash.String()) {
				e.t.Errorf("%s: the key is not the hospital's", name)
			}
			checked++
		}
	}
	if checked != 2 {
		e.t.Errorf("%d values checked: %s", checked, answer)
	}
}

// apart: neither operator has anything over the other's log, nor the second over people's permissions.
func (e *estate) apart(a, b *vaultHouse) {
	ctx, t := e.t.Context(), e.t
	client, err := ledgerref.Dial(ctx, e.node.URL("http"))
	must(t, err)
	defer client.Close()
	chain, err := ledgerref.Open(ctx, client, e.contracts())
	must(t, err)
	by := func(name string) *ledgerref.Transactor {
		account, err := readAccountFile(e.file(name))
		must(t, err)
		return ledgerref.NewTransactor(chain, account)
	}
	origin := func(h *vaultHouse) string {
		var d deployment
		data, err := os.ReadFile(filepath.Join(h.dir, "deployment.json"))
		must(t, err)
		must(t, json.Unmarshal(data, &d))
		return d.LogOrigin
	}
	for _, h := range []*vaultHouse{a, b} {
		eventually(t, "the log to be anchored", func() bool { _, size, _, err := chain.LogAnchor(ctx, origin(h)); return err == nil && size > 0 })
	}
	key, id := consent.Address{1}, consent.GrantID{2}
	for name, do := range map[string]func() (uint64, error){
		"B anchors A's log":      func() (uint64, error) { return by("b-operator").Anchor(ctx, origin(a), 1<<60, [32]byte{1}) },
		"A anchors B's log":      func() (uint64, error) { return by("a-operator").Anchor(ctx, origin(b), 1<<60, [32]byte{1}) },
		"B revokes a permission": func() (uint64, error) { return by("b-operator").Revoke(ctx, key, id) },
		"B appoints accreditors": func() (uint64, error) {
			return by("b-operator").AppointAccreditor(ctx, consent.InstitutionID{3}, unixIn(time.Hour))
		},
	} {
		_, err := do()
		var refused *ledgerref.Refused
		if !errors.As(err, &refused) || refused.Reason != "NotAllowed" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// keysOf lists the hashes of an institution's keys, as a vault has them from the ledger.
func (e *estate) keysOf(h *vaultHouse, kind string) (hashes []string) {
	e.t.Helper()
	api, err := client.Connect(h.Public, h.Certificate, nil)
	must(e.t, err)
	answer, err := api.ListKeysWithResponse(e.t.Context(), e.ids[kind], nil)
	must(e.t, err)
	if answer.JSON200 == nil {
		e.t.Fatalf("%d %s", answer.StatusCode(), answer.Body)
	}
	for _, key := range answer.JSON200.Keys {
		hashes = append(hashes, key.KeyHash)
	}
	return hashes
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
)

// phone runs the page's wallet in node, without a screen: web/me/test/phone.ts.
type phone struct {
	t   *testing.T
	in  io.Writer
	out *bufio.Scanner
}

func (v *running) phone(t *testing.T) *phone {
	t.Helper()
	page, err := filepath.Abs("../../web/me")
	must(t, err)
	if _, err := os.Stat(filepath.Join(page, "node_modules", "esbuild")); err != nil {
		t.Fatal("the page's build is not installed; type: cd web/me && npm ci (make page-test does)")
	}
	script := filepath.Join(t.TempDir(), "phone.mjs")
	bundle := exec.CommandContext(t.Context(), filepath.Join(page, "node_modules", ".bin", "esbuild"), "test/phone.ts", "--bundle", "--platform=node", "--format=esm", "--log-level=error", "--outfile="+script) //nolint:gosec // of the repository
	bundle.Dir = page
	if out, err := bundle.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	node := exec.CommandContext(context.WithoutCancel(t.Context()), "node", script) //nolint:gosec // just made
	node.Env = append(os.Environ(), "VAULT="+v.publicURL, "NODE_EXTRA_CA_CERTS="+v.config.path(v.config.TLS.Certificate))
	node.Stderr = os.Stderr
	in, err := node.StdinPipe()
	must(t, err)
	out, err := node.StdoutPipe()
	must(t, err)
	must(t, node.Start())
	t.Cleanup(func() {
		_ = in.Close()
		if err := node.Wait(); err != nil {
			t.Errorf("phone: %v", err)
		}
	})
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	return &phone{t, in, lines}
}

// with lets the phone fail the subtest that uses it.
func (p *phone) with(t *testing.T) *phone { return &phone{t, p.in, p.out} }

// try does something; refused is the problem's code, or the wallet's own error.
func (p *phone) try(name string, args object, into any) (refused string) {
	p.t.Helper()
	command := object{"do": name}
	for k, v := range args {
		command[k] = v
	}
	_, err := io.WriteString(p.in, encode(command)+"\n")
	must(p.t, err)
	if !p.out.Scan() {
		p.t.Fatalf("%s: the phone said nothing: %v", name, p.out.Err())
	}
	var got struct {
		OK    json.RawMessage
		Error string
	}
	must(p.t, json.Unmarshal(p.out.Bytes(), &got))
	if got.Error == "" && into != nil {
		must(p.t, json.Unmarshal(got.OK, into))
	}
	return got.Error
}

func (p *phone) do(name string, args object, into any) {
	p.t.Helper()
	if refused := p.try(name, args, into); refused != "" {
		p.t.Fatalf("%s: %s", name, refused)
	}
}

type phoneHistory struct {
	Faults   []object
	Reached  bool
	Promised int // promises kept before this look
	Open     int // and after it
	Sequence int // proven
	Entries  []struct {
		Kind, Mark, Institution string
		Fields, Reasons         []string
	}
}

// history looks until the log's tree has everything.
func (p *phone) history() (h phoneHistory) {
	p.t.Helper()
	eventually(p.t, "the history to be proven", func() bool {
		h = phoneHistory{}
		p.do("history", nil, &h)
		if len(h.Faults) > 0 || !h.Reached {
			p.t.Fatalf("history: %+v", h)
		}
		return h.Sequence == len(h.Entries) && h.Open == 0
	})
	return h
}

func (h phoneHistory) kinds() (kinds []string) {
	for _, e := range h.Entries {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// TestPhoneWallet: a person whose only tool is the page's wallet, against the program's own
// assembly and an institution that shares no code with the phone.
func TestPhoneWallet(t *testing.T) {
	v := launch(t)
	v.reopen(t, "WRAPPY_LIMITS_PER_SECOND=1000", "WRAPPY_LIMITS_BURST=1000") // what is sent comes from one address
	p := v.phone(t)
	p.do("enrol", nil, nil)

	request := v.hospital.ask()
	id := request.ID().String()
	var asked openapi.Asked
	p.do("asked", object{"id": id}, &asked)
	if asked.Institution.Name != "hospital" || !asked.Institution.Attested {
		t.Errorf("who asks: %+v", asked.Institution)
	}
	if refused := p.try("asked", object{"id": consent.RequestID{1}.String()}, nil); refused != "not-found" {
		t.Errorf("a request that is not there: %s", refused)
	}
	if refused := p.try("give", object{"id": id, "fields": []string{"health.allergy"}}, nil); refused != "TermError: fields: not as the request has it" {
		t.Errorf("more than was asked: %s", refused)
	}
	all := tenFields[:len(tenFields)-1] // of ten fields nine
	var given struct{ Grant string }
	p.do("give", object{"id": id, "fields": all}, &given)
	grant := "/v1/grants/" + given.Grant
	eventually(t, "the grant to be given", func() bool {
		var held openapi.HeldGrant
		v.hospital.call("GET", grant, "").into(t, http.StatusOK, &held)
		return held.Status == openapi.StatusGiven
	})
	values := object{}
	for _, name := range all {
		values[string(name)] = json.RawMessage(record[name])
	}
	var written openapi.Written
	v.hospital.call("POST", grant+"/fields", encode(object{"values": values})).into(t, http.StatusOK, &written)
	if len(written.Stored) != len(all) {
		t.Fatalf("stored %v, withheld %v", written.Stored, written.Withheld)
	}
	holds(t, v.hospital.call("POST", grant+"/release", "{}"))
	if got := v.hospital.call("POST", grant+"/release", `{"fields":["identity.race"]}`); got.reason() != string(consent.ReasonNotInGrant) {
		t.Errorf("the field that was switched off: %d %s", got.status, got.body)
	}
	if got := v.school.call("POST", grant+"/release", "{}"); got.status != http.StatusNotFound {
		t.Errorf("a stranger: %d %s", got.status, got.body)
	}

	t.Run("proves its history", func(t *testing.T) {
		v, p := v.in(t), p.with(t)
		h := p.history()
		kinds := h.kinds()
		for _, kind := range []consent.EntryKind{consent.EntryEnrolled, consent.EntryGranted, consent.EntryWritten, consent.EntryAuthorised, consent.EntryDenied} {
			if !slices.Contains(kinds, string(kind)) {
				t.Errorf("no entry %s among %v", kind, kinds)
			}
		}
		for _, e := range h.Entries {
			if e.Mark != "proven" {
				t.Errorf("%+v", e)
			}
			if e.Kind == string(consent.EntryAuthorised) && (len(e.Fields) != len(all) || e.Institution != v.hospital.keys.ID.String()) {
				t.Errorf("who saw what: %+v", e)
			}
		}
	})

	t.Run("reads, corrects and takes what is its own", func(t *testing.T) {
		v, p := v.in(t), p.with(t)
		p.do("correct", object{"field": "identity.name", "value": []object{{"family": "Otieno", "given": []string{"Grace"}}}}, nil)
		p.do("facts", object{"minor": false, "representative": false, "never_countries": []string{"SD", "ER"}}, nil)
		var taken struct {
			Values []struct {
				Field string
				Own   bool
			}
			Grants []struct{ ID, Status string }
			File   string
		}
		p.do("export", nil, &taken)
		own := 0
		for _, one := range taken.Values {
			if one.Own {
				own++
			}
		}
		if len(taken.Values) != len(all)+1 || own != 1 || len(taken.Grants) != 1 || taken.Grants[0].Status != "given" {
			t.Errorf("%d values, %d own, grants %v", len(taken.Values), own, taken.Grants)
		}
		readTaken(t, v, []byte(taken.File), given.Grant)
	})

	var card struct{ Link string }
	t.Run("has a card that its PIN alone opens", func(t *testing.T) {
		p := p.with(t)
		p.do("card", object{"pin": "271828"}, &card)
		p.do("tryPin", object{"link": card.Link, "pin": "271829"}, nil)
		if refused := p.try("restore", nil, nil); refused != "signature" {
			t.Errorf("a wrong PIN: %q", refused)
		}
		var tried struct{ Left int }
		p.do("tryPin", object{"link": card.Link, "pin": "٢٧١٨٢٨"}, &tried)
		if tried.Left != 8 {
			t.Errorf("%d tries left, want 8", tried.Left)
		}
		var pending struct {
			Card struct{ Restore struct{ State string } }
		}
		p.do("restore", nil, &pending)
		if pending.Card.Restore.State != "pending" {
			t.Errorf("what every session sees: %+v", pending)
		}
		if refused := p.try("pickUp", nil, nil); refused != "restore-waits" {
			t.Errorf("before it is ready: %q", refused)
		}
		var stopped struct {
			Left    int `json:"restore_left"`
			Restore struct{ State string }
		}
		p.do("cancel", nil, &stopped)
		if stopped.Restore.State != "cancelled" || stopped.Left != 10 {
			t.Errorf("%+v", stopped)
		}
		if refused := p.try("pickUp", nil, nil); refused != "not-found" {
			t.Errorf("after it was stopped: %q", refused)
		}
	})

	t.Run("is helped, by a device that never has the seed", func(t *testing.T) {
		v, p := v.in(t), p.with(t)
		helper, request := v.phone(t), v.hospital.ask().ID()
		var opened struct{ Left int }
		helper.do("help", object{"link": card.Link, "pin": "271828", "request": request.String()}, &opened)
		var made struct{ Grant string }
		helper.do("answerAssisted", object{"id": request.String()}, &made)
		if refused := helper.try("giveAssisted", object{"help": v.helping(v.hospital, v.school, made.Grant, request)}, nil); refused == "" {
			t.Error("with a help that the hospital did not sign")
		}
		helper.do("giveAssisted", object{"help": v.helping(v.hospital, v.hospital, made.Grant, request)}, nil)
		release := "/v1/grants/" + made.Grant + "/release"
		eventually(t, "the grant to be released under", func() bool { return v.hospital.call("POST", release, "{}").status == http.StatusOK })
		var standing []struct{ ID string }
		helper.do("standing", nil, &standing)
		if len(standing) < 2 {
			t.Errorf("what stands: %v", standing)
		}
		helper.do("assistWithdraw", object{"grant": made.Grant}, nil)
		if got := v.hospital.call("POST", release, "{}"); got.reason() != string(consent.ReasonWithdrawn) {
			t.Errorf("after the stop: %d %s", got.status, got.body)
		}
		if kinds := p.history().kinds(); !slices.Contains(kinds, "assisted") || !slices.Contains(kinds, "assist_opened") {
			t.Errorf("%v", kinds)
		}
	})

	t.Run("stops with what it kept", func(t *testing.T) {
		v, p := v.in(t), p.with(t)
		p.do("refuse", object{"id": v.hospital.ask().ID().String()}, nil)
		p.do("withdraw", object{"grant": given.Grant}, nil)
		if got := v.hospital.call("POST", grant+"/release", "{}"); got.reason() != string(consent.ReasonWithdrawn) {
			t.Errorf("after the stop: %d %s", got.status, got.body)
		}
		h := p.history()
		if kinds := h.kinds(); !slices.Contains(kinds, string(consent.EntryWithdrawn)) || !slices.Contains(kinds, string(consent.EntryRefused)) {
			t.Errorf("%v", kinds)
		}
		var grants []struct{ ID, Status string }
		p.do("grants", nil, &grants)
		if len(grants) != 2 || !slices.ContainsFunc(grants, func(g struct{ ID, Status string }) bool { return g.ID == given.Grant && g.Status == "withdrawn" }) {
			t.Errorf("%+v", grants)
		}
	})

	t.Run("erases, and has it in writing", func(t *testing.T) {
		p := p.with(t)
		var erased struct {
			Receipt struct{ Remains []string }
			Same    bool
		}
		p.do("erase", nil, &erased)
		if !erased.Same || !slices.Contains(erased.Receipt.Remains, string(consent.RemainsCopies)) {
			t.Errorf("%+v", erased)
		}
	})

	var leaked struct{ Leaked, Sent, URLs int }
	p.do("leaked", nil, &leaked)
	if leaked.Leaked != 0 || leaked.URLs != 0 || leaked.Sent < 10_000 {
		t.Errorf("of what left the phone: %+v", leaked)
	}
}

// helping is an institution's word for one grant, signed by a signer's TLS key.
func (v *running) helping(by, signer *asker, grant string, request consent.RequestID) object {
	v.t.Helper()
	from := max(unixIn(-time.Minute), unixIn(0)/consent.Day*consent.Day) // who registered today had no key yesterday
	h := consent.Help{Registry: v.deployment.Ledger.InstitutionsDomain(), Institution: by.keys.ID, Request: request, NotBefore: from, Until: unixIn(5 * time.Minute), Vault: v.journal.Origin()}
	must(v.t, h.Grant.UnmarshalText([]byte(grant)))
	private, ok := signer.keys.Certificate.PrivateKey.(crypto.Signer)
	if !ok {
		v.t.Fatal("no key that signs")
	}
	signature, err := h.Sign(private)
	must(v.t, err)
	key, err := consent.WriterKeyOf(private.Public())
	must(v.t, err)
	return object{"institution": by.keys.ID, "key": key[:], "not_before": h.NotBefore, "until": h.Until, "signature": signature[:]}
}

// readTaken reads the phone's file as another vault, and the person's own terminal, would.
func readTaken(t *testing.T, v *running, file []byte, grants ...string) {
	t.Helper()
	r, err := proof.NewExportReader(bytes.NewReader(file))
	must(t, err)
	for err == nil {
		_, err = r.Next()
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	more, err := r.More()
	must(t, err)
	if len(more.Receipts) != len(grants) {
		t.Fatalf("%d receipts", len(more.Receipts))
	}
	for i, grant := range grants {
		id, _, err := more.Receipts[i].Verify(proof.Log{}, v.domain())
		if err != nil || id.String() != grant {
			t.Errorf("the receipt ends %s: %v", id, err)
		}
	}
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/wallet"
)

const codesWaiting = 3 // not looked at yet: those of earlier lives among them

// heldCode is a code on the screen of somebody whose vault is killed.
type heldCode struct {
	*wallet.ShownCode
	life int    // in which it was given
	key  string // of whoever received what it shows; "" for nobody, as where that answer was cut off
	cut  string // of whoever got no answer
}

// show gives codes and scans them, in a later life than their own where the ledger is slow.
func (k *killed) show(ctx context.Context, t *testing.T) error {
	k.mu.Lock()
	waiting, now := k.codes, k.life
	k.mu.Unlock()
	if len(waiting) < codesWaiting {
		return k.giveCode(ctx, t, now)
	}
	if err := k.scan(ctx, t, waiting[0], now); err != nil {
		return err
	}
	return pause(ctx)
}

func (k *killed) giveCode(ctx context.Context, t *testing.T, life int) error {
	code, err := k.people[1].identity.Show(k.domain(), wallet.ShowChoice{
		Fields: []consent.FieldName{"identity.name"}, Jurisdiction: country, Notice: consent.Notice{Language: "en", Text: showNotice},
	}, time.Now())
	must(t, err)
	device := k.dial(nil, 1)
	defer device.CloseIdleConnections()
	got, err := k.ask(ctx, device, "code", k.publicURL+"/v1/person/grants", encode(wire(code.SignedGrant)), "-")
	if err != nil {
		return err
	}
	if got.status != http.StatusCreated {
		t.Errorf("a code is not taken: %d %s", got.status, got.body)
		return errors.New("not taken")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.codes = append(k.codes, &heldCode{ShownCode: code, life: life})
	return nil
}

// look is one call by a code, under a key.
func (k *killed) look(ctx context.Context, c *heldCode, key string) (answer, error) {
	device := k.dial(nil, 1)
	defer device.CloseIdleConnections()
	return k.ask(ctx, device, "shown code", k.publicURL+"/v1/shown", `{"secret":"`+c.Secret.Text()+`"}`, key)
}

// scan looks at the code that waits the longest. Where the answer before was cut off, the same device or
// another one tries: whichever receives it, the other never does.
func (k *killed) scan(ctx context.Context, t *testing.T, c *heldCode, life int) error {
	key := client.NewIdempotencyKey()
	if c.cut != "" && life%2 == 0 {
		key = c.cut
	}
	got, err := k.look(ctx, c, key)
	switch {
	case err != nil:
		c.cut = key
		return err
	case got.status == http.StatusOK:
		c.key = key
		k.keepShown(t, c, got)
	case refusedAs(got, "unconfirmed"):
		return nil
	case c.cut != "" && refusedAs(got, "limit_reached"): // counted, and the answer lost; to the same device too, where the end came before it was noted whose it is
	case life > c.life && refusedAs(got, "expired"):
	default:
		t.Errorf("a code that nobody has received is not shown: %d %s", got.status, got.body)
		return errors.New("not shown")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.codes, k.shown = k.codes[1:], append(k.shown, c)
	return nil
}

// keepShown keeps the promise that came with what was shown.
func (k *killed) keepShown(t *testing.T, c *heldCode, got answer) {
	var shown openapi.Shown
	one := promised{grant: c.Grant.ID()}
	if err := json.Unmarshal(got.body, &shown); err != nil || !strings.Contains(shown.Statement, canary) {
		t.Errorf("torn: %v", err)
		return
	}
	if err := one.leaf.UnmarshalText([]byte(shown.Proof.Promise.LeafHash)); err != nil {
		t.Errorf("promise: %v", err)
	}
	one.index = shown.Proof.Promise.Index
	k.mu.Lock()
	defer k.mu.Unlock()
	k.promises = append(k.promises, one)
}

// onlyOnce: what a code has shown it shows to nobody else, and again to whoever received it, while its minutes last.
func (k *killed) onlyOnce(t *testing.T, codes []*heldCode) {
	t.Helper()
	device := k.dial(nil, 1)
	defer device.CloseIdleConnections()
	look := func(c *heldCode, key string) answer {
		got, err := send(device, "POST", k.publicURL+"/v1/shown", strings.NewReader(`{"secret":"`+c.Secret.Text()+`"}`), "Idempotency-Key: "+key)
		must(t, err)
		return got
	}
	for _, c := range codes {
		if got := look(c, client.NewIdempotencyKey()); !refusedAs(got, "limit_reached", "expired") {
			t.Errorf("a code that was used is shown again: %d %s", got.status, got.body)
		}
		if c.key == "" {
			continue
		}
		if got := look(c, c.key); got.status != http.StatusOK && !refusedAs(got, "expired") || got.status == http.StatusOK && !strings.Contains(string(got.body), `"redelivered":true`) {
			t.Errorf("the same device once more: %d %s", got.status, got.body)
		}
	}
}

func refusedAs(got answer, reasons ...string) bool {
	return got.status == http.StatusForbidden && slices.ContainsFunc(reasons, func(r string) bool { return strings.Contains(string(got.body), `"`+r+`"`) })
}

// codesKept: the person's history has each code that was received, and none was opened for the first time twice. Where
// the end came between the note of whose the answer is and the entry, the answer that was received is the second.
func (k *killed) codesKept(t *testing.T) {
	t.Helper()
	device, err := client.NewPerson(t.Context(), k.publicURL, k.config.path(k.config.TLS.Certificate), k.people[1].identity)
	must(t, err)
	entries, _, err := device.History(t.Context(), proof.HistoryState{})
	must(t, err)
	first, again := map[string]int{}, map[string]int{}
	for _, e := range entries {
		switch {
		case e.Grant == nil:
		case e.Kind == string(consent.EntryAuthorised):
			first[*e.Grant]++
		case e.Kind == string(consent.EntryRedelivery):
			again[*e.Grant]++
		}
	}
	received := 0
	for _, c := range k.shown {
		if c.key != "" {
			received++
		}
		id := c.Grant.ID().String()
		if first[id] > 1 || c.key != "" && first[id]+again[id] == 0 {
			t.Errorf("a code that was received (%v) is %d and %d times in the history", c.key != "", first[id], again[id])
		}
	}
	t.Logf("%d codes, %d received", len(k.shown), received)
}

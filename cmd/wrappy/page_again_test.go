package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
)

// holding stops the next call of a path: before it is sent (window.__hold), or after the vault has done it (window.__lose).
const holding = `{ const real = fetch.bind(window); window.fetch = async (...a) => { const url = String(a[0]), wait = async () => { window.__held = true; await new Promise(go => window.__go = go) };
	if (window.__hold && url.endsWith(window.__hold)) { window.__hold = ""; await wait() }
	const r = await real(...a);
	if (window.__lose && url.endsWith(window.__lose)) { window.__lose = ""; await wait() }
	return r } }`

// settled waits until nothing waits to be sent any more.
func (p *handset) settled() *handset {
	p.t.Helper()
	p.sees("What do you want").until("everything to be sent", "document.querySelector('.strip').hidden && !document.querySelector('.pending')") // nothing waits before the vault was asked where it is
	return p
}

// A reload in the middle of an act loses and doubles nothing, whether the vault has had it or not.
func (v *running) reloads(t *testing.T) {
	p := v.handset(t).before(holding)
	v.written(t, p)
	for _, middle := range []string{"__hold", "__lose"} {
		// cut loads the page anew while a call is on its way.
		cut := func(path string, last func()) *handset {
			p.js("window."+middle+" = "+quoted(path), nil)
			last()
			p.until("the call to be on its way", "window.__held")
			p.run(chromedp.Reload())
			return p.types(phonePIN)
		}
		ask := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
		p.returns("#r=" + ask.ID().String()).sees("They ask you").taps("Name").taps("Yes").sees("Your 6 numbers")
		cut("/v1/person/grants", func() { p.types(phonePIN) }).settled()
		grant := v.hospital.given(ask.ID().String())

		p.taps("My permissions").sees("They can see it now").taps("Stop").sees("Your 6 numbers")
		cut("/v1/person/withdrawals", func() { p.types(phonePIN) }).settled()
		isRefused(t, v.hospital.fetch(grant), http.StatusForbidden, "denied", "withdrawn")

		p.taps("My card").taps("Make a card").sees("Your 6 numbers")
		cut("/v1/person/cards", func() { p.types(phonePIN) }).sees("Found?") // the one before opens nothing any more, so this one is shown until it was seen
		p.run(chromedp.Reload())
		p.types(phonePIN).sees("Found?").taps("OK").settled()
		p.run(chromedp.Reload())
		p.types(phonePIN).settled().taps("My card").sees("The old one then opens nothing").taps("Back")
	}

	// a code that was on the screen is gone from there, and can be stopped
	p.taps("Show who I am").taps("Name").taps("Make the code").types(phonePIN).sees("Hold this to")
	p.run(chromedp.Reload())
	p.types(phonePIN).settled().taps("My permissions").sees("They can see it now").taps("Stop").types(phonePIN).sees("Nothing more is shown")

	// the receipt of an erasure is there after a reload
	p.taps("OK").taps("What is kept of me").sees(canary).taps("Erase everything").taps("Erase everything").taps("Yes").sees("Your 6 numbers")
	p.js("window.__lose = '/v1/person/erasure'", nil)
	p.types(phonePIN).until("the erasure to be on its way", "window.__held")
	p.run(chromedp.Reload())
	p.types(phonePIN).sees("This remains").sees("Everything is erased")
}

// Own words that were said without a network arrive, however late that comes back, on an open phone as on one that was closed meanwhile.
func (v *running) sentLate(t *testing.T) {
	p := v.handset(t).before(pastime)
	v.written(t, p)
	for _, closed := range []bool{false, true} {
		said := fmt.Sprint("Lakeside, closed ", closed)
		p.taps("What is kept of me").sees(canary).taps("Say it yourself").sees("Your words stand beside theirs").offline(true)
		p.passes(-15*time.Minute, false) // the vault's clock stands still in this test: what is signed now is as old for it
		p.js("document.querySelector('input.wide').value = "+quoted(said), nil)
		p.taps("Save").types(phonePIN).sees("What do you want").sees("1 thing waits")
		if closed {
			p.js("document.querySelector('.hide').click()", nil)
		}
		for range 5 {
			p.passes(3*time.Minute, !closed)
		}
		p.offline(false)
		if closed {
			p.taps("Open").types(phonePIN)
		}
		eventually(t, "it to be answered", func() bool { return p.kept("acts") == 0 })
		p.settled().doesNotSee("It took too long").taps("What is kept of me").sees(said).sees("by you").taps("Back").sees("What do you want")
	}
}

// Somebody says in their own words what is wrong, takes everything along, and erases it, with a receipt of what remains.
func (v *running) erased(t *testing.T) {
	p := v.handset(t)
	first := v.written(t, p)
	ask := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	p.returns("#r=" + ask.ID().String()).agrees("Name")
	grant := v.hospital.given(ask.ID().String())

	p.taps("What is kept of me").sees(canary).taps("Say it yourself").sees("Your words stand beside theirs").fine("correct")
	p.js("document.querySelector('input.wide').value = 'Lakeside'", nil)
	p.taps("Save").types(phonePIN).sees("by you").sees(canary)

	p.taps("Take everything with me").sees("sees everything about you").fine("take")
	p.js("URL.made = URL.createObjectURL; URL.createObjectURL = () => { throw new Error('full') }", nil)
	p.taps("Take everything with me").sees("Something went wrong").sees("sees everything about you")
	p.js("URL.createObjectURL = URL.made", nil)
	taken := p.keeps("Take everything with me")
	data, err := os.ReadFile(taken)
	must(t, err)
	readTaken(t, v, data, first, grant)
	p.taps("Back").taps("Move to another place").uploads(taken).sees("there is nothing to erase").doesNotSee("You have moved").sees("5 things are here now").taps("What is kept of me").sees(canary)

	p.taps("Erase everything").fine("erase").taps("Erase everything").fine("erase-again").taps("Yes").types(phonePIN).sees("Everything is erased").sees("This remains").fine("erased")
	receipt, err := os.ReadFile(p.keeps("Keep the receipt"))
	must(t, err)
	var erased openapi.Erased
	must(t, json.Unmarshal(receipt, &erased))
	if !slices.Contains(erased.Remains, openapi.Remainder(consent.RemainsCopies)) {
		t.Errorf("a receipt that names %v", erased.Remains)
	}
	isRefused(t, v.hospital.fetch(grant), http.StatusForbidden, "denied", "withdrawn")
	p.taps("OK").sees("Make my key")
	if left := p.kept("people") + p.kept("acts"); left != 0 {
		t.Errorf("%d are left of who has erased everything", left)
	}
}

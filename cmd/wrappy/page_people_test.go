package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

const otherPIN = "918273"

// joins has another person make a key on a phone that somebody uses already.
func (p *handset) joins() *handset {
	p.t.Helper()
	p.taps("More").taps("Another person").sees("Your 6 numbers").taps("Another person").taps("Make my key").types(otherPIN).sees("again").types(otherPIN).sees("What do you want")
	p.until("the key to be known", "!document.querySelector('.pending')")
	return p
}

// picks is the nth of those who use the phone, who find themselves by a picture.
func (p *handset) picks(which int, pin string) *handset {
	p.t.Helper()
	p.sees("Who are you").js(fmt.Sprintf("document.querySelectorAll('.tile')[%d].click()", which), nil)
	return p.types(pin)
}

// order tells which of two people is the one with a picture, and which the other.
func (p *handset) order(first string) (one, other int) {
	p.t.Helper()
	p.sees("Who are you").js("[...document.querySelectorAll('.tile')].findIndex(t => t.textContent.includes("+quoted(first)+"))", &one)
	return one, 1 - one
}

// Two people on one phone see nothing of each other: screens, what waits, history and what a link has opened.
func (v *running) twoPeople(t *testing.T) {
	p := v.known(t)
	ask := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	p.returns("#r=" + ask.ID().String()).agrees("Name")
	grant := v.hospital.given(ask.ID().String())
	var first string
	p.taps("More").fine("more").taps("Another person").sees("Your 6 numbers").js("document.querySelector('.hero .picture').textContent", &first)
	p.taps("Another person").taps("Make my key").types(otherPIN).sees("again").types("918274").sees("not the same")
	p.types(otherPIN).sees("again").types(otherPIN).sees("What do you want")
	p.until("the key to be known", "!document.querySelector('.pending')")
	for screen, empty := range map[string]string{"What is kept of me": "Nothing is kept", "My permissions": "no permission", "Who asked": "Your key was made known"} {
		p.taps(screen).sees(empty).doesNotSee("hospital", "Name", canary).taps("Back").sees("What do you want")
	}
	one, other := p.taps("More").taps("Another person").fine("people").order(first)
	p.picks(one, otherPIN).sees("Wrong numbers")
	p.types(phonePIN).sees("What do you want")

	// what one has done waits; the other sees nothing of it, and it is sent all the same
	p.taps("My permissions").sees("They can see it now").offline(true)
	p.taps("Stop").types(phonePIN).sees("on its way").sees("1 thing waits")
	p.js("document.querySelector('.hide').click()", nil)
	p.until("a clock", "document.querySelector('.hidden time')")
	p.fine("hidden").doesNotSee("waits", "network", "numbers")
	p.taps("Open").picks(other, otherPIN).sees("What do you want").doesNotSee("waits")
	p.taps("More").taps("Waits to be sent").sees("Nothing waits").taps("Back").taps("Back").offline(false)
	eventually(t, "the stop to arrive", func() bool { return v.hospital.fetch(grant).status == http.StatusForbidden })
	isRefused(t, v.hospital.fetch(grant), http.StatusForbidden, "denied", "withdrawn")

	// what one was asked is not shown to the other
	again := v.hospital.ask(object{"actions": []string{"read"}})
	p.away().open("#r="+again.ID().String()).picks(one, phonePIN).sees("They ask you")
	p.js("document.querySelector('.hide').click()", nil)
	p.taps("Open").picks(other, otherPIN).sees("What do you want").doesNotSee("They ask you")

	// one leaves, and the other stays
	p.taps("More").taps("Leave nothing here").fine("leave").taps("Remove only what is mine").taps("Remove, and stop nothing").types(otherPIN)
	p.until("the first one's picture", "document.querySelector('.hero .picture')?.textContent === "+quoted(first))
	if left := p.kept("people") + p.kept("acts"); left != 1 {
		t.Errorf("%d are left of two people of whom one has gone", left)
	}
	p.types(phonePIN).sees("What do you want").taps("My permissions").sees("hospital")
	p.taps("Back").taps("More").taps("Leave nothing here").taps("Leave nothing here").taps("Remove, and stop nothing").taps("English").sees("Make my key")
	if left := p.kept("people") + p.kept("acts"); left != 0 {
		t.Errorf("%d are left of people who have gone", left)
	}
}

// Whoever hides the page, or hands the phone over, while something is under way has it done as themself,
// and what it comes to is shown neither on the clock nor to the next one.
func (v *running) handedOver(t *testing.T) {
	hasty := v.handset(t).open("").taps("English").taps("Make my key").types(phonePIN).sees("again").types(phonePIN)
	hasty.js("document.querySelector('.hide').click()", nil)
	eventually(t, "the key to be made", func() bool { return hasty.kept("people") == 1 })
	time.Sleep(500 * time.Millisecond) // in which it would have opened
	hasty.until("the clock to stay", "document.querySelector('.hidden time')")
	hasty.doesNotSee("What do you want")
	hasty.taps("Open").types(phonePIN).sees("What do you want")
	hasty.js("document.querySelector('.hide').click()", nil)
	hasty.taps("Open").types(phonePIN).js("document.querySelector('.hide').click()", nil)
	hasty.taps("Open").sees("Your 6 numbers") // whoever opens the page anew while the phone works on the digits before
	time.Sleep(2 * time.Second)
	hasty.doesNotSee("What do you want").types(phonePIN).sees("What do you want")

	// a link that is opened where the page stands; what one has read no helper is asked
	read := v.hospital.ask().ID().String()
	hasty.js("location.hash = '#r="+read+"'; 0", nil)
	hasty.types(phonePIN).sees("They ask you").taps("Back").sees("What do you want").taps("More").taps("Another person").sees("Your 6 numbers").taps("Another person").taps("Help somebody").taps("Help to say yes")
	hasty.sees("Use a picture").doesNotSee("Show the person's card")

	p := v.handset(t).before(holding)
	v.written(t, p)
	var first string
	p.taps("More").taps("Another person").sees("Your 6 numbers").js("document.querySelector('.hero .picture').textContent", &first)
	p.types(phonePIN).joins()
	one, other := p.taps("More").taps("Another person").order(first)
	for i, act := range []struct {
		held   string // the call on whose answer it waits
		begins func()
		tells  []string
	}{
		{"/v1/person/cards", func() { p.taps("My card").taps("Make a card").types(phonePIN) }, []string{"Found?", "My card With"}},
		{"/v1/person/erasure", func() {
			p.taps("What is kept of me").sees(canary).taps("Erase everything").taps("Erase everything").taps("Yes").types(phonePIN)
		}, []string{"This remains", "Everything is erased"}},
	} {
		p.picks(one, phonePIN)
		if i == 1 {
			p.sees("Found?").taps("OK") // to whom it belongs
		}
		p.sees("What do you want").js("window.__hold = "+quoted(act.held), nil)
		act.begins()
		p.until("the call to be held", "window.__go")
		p.js("document.querySelector('.hide').click()", nil)
		p.taps("Open").picks(other, otherPIN).sees("What do you want")
		p.js("window.__go(); window.__go = undefined", nil)
		p.until("the act to be done", `new Promise(done => { const o = indexedDB.open("page"); o.onsuccess = () => { const all = o.result.transaction("acts").objectStore("acts").getAll(); all.onsuccess = () => { o.result.close(); done(all.result.every(a => a.state !== "waiting")) } } })`)
		p.sees("What do you want").doesNotSee(act.tells...)
		p.taps("More").taps("Another person")
	}
	p.picks(other, otherPIN).taps("Who asked").sees("Your key was made known").doesNotSee("Something is missing")
}

package main

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/wallet"
)

// makesCard makes a card on the phone and keeps it as a picture.
func (p *handset) makesCard() (file string) {
	p.t.Helper()
	p.taps("My card").fine("card").taps("Make a card").types(phonePIN).sees("Found?").fine("card-made")
	file = p.keeps("Keep a picture")
	p.taps("OK").sees("The old one then opens nothing").taps("Back").sees("What do you want")
	return file
}

// brings is a fresh phone that a card is shown to.
func (v *running) brings(t *testing.T, card string) *handset {
	t.Helper()
	return v.handset(t).open("").taps("English").taps("I have a card").uploads(card).sees("Your 6 numbers")
}

// guesses spends tries of a card, as a program does that a finder has written.
func (v *running) guesses(t *testing.T, link string, tries int) {
	t.Helper()
	found, err := wallet.ParseCardLink(link)
	must(t, err)
	finder, err := client.NewPerson(t.Context(), v.publicURL, v.config.path(v.config.TLS.Certificate), nil)
	must(t, err)
	card, err := found.Card(finder.Deployment.Origin)
	must(t, err)
	for range tries {
		if _, err := finder.AskRestore(t.Context(), card, crypto.Secret("135790")); !errors.Is(err, wallet.ErrWrongPIN) {
			t.Fatalf("a wrong PIN: %v", err)
		}
	}
}

// Who finds a card and its PIN is announced to its owner and stopped; the next card makes the old one
// worthless, and the vault counts wrong PINs wherever they are typed.
func (v *running) cardStopped(t *testing.T) {
	owner := v.handset(t).starts("")
	owner.until("the key to be known", "!document.querySelector('.pending')")
	first := owner.makesCard()
	finder := v.brings(t, first).types("135790").sees("Wrong card or wrong numbers")
	finder.types(phonePIN).sees("Until then whoever has your old phone can stop it").fine("card-delay")
	owner.returns("").sees("Somebody uses your card").fine("home-alarm").taps("My card").sees("Somebody uses your card").fine("card-alarm")
	owner.taps("It is not me").types(phonePIN).sees("Stopped. Make a new card now").fine("card-stopped")
	owner.taps("Make a card").types(phonePIN).sees("Found?")
	secondLink := owner.reads()
	var letters string
	owner.js("document.querySelector('.letters').textContent", &letters)
	second := owner.keeps("Keep a picture")
	v.brings(t, first).types(phonePIN).sees("Wrong card or wrong numbers").doesNotSee("whoever has your old phone")

	// letters, typed: one misread letter is told before a try is spent
	typist := v.handset(t).open("").taps("English").taps("I have a card").sees("Or type the letters")
	typist.js("document.querySelector('input.wide').value = "+quoted(strings.ToUpper(letters)), nil)
	typist.taps("OK").sees("Wrong card or wrong numbers")
	typist.fine("card-letters").js("document.querySelector('input.wide').value = "+quoted(letters), nil)
	typist.taps("OK").sees("Your 6 numbers")

	// nine of ten tries by a program, one and those beyond by the page
	v.guesses(t, secondLink, 9)
	thief := v.brings(t, second)
	thief.types("135790").sees("Wrong card or wrong numbers")
	thief.types("135790").sees("Too many wrong numbers. Try again tomorrow").fine("card-guesses")
	v.brings(t, second).types(phonePIN).sees("Too many wrong numbers. Try again tomorrow")
}

// restored types the PIN of a card that was shown, and waits until its delay is over.
func (p *handset) restored(card string) *handset {
	p.t.Helper()
	p.types(phonePIN)
	p.until("the delay, or its end", "/Until then whoever|What do you want/.test(document.body.innerText)")
	eventually(p.t, "the delay to be over", func() bool {
		var home, waits bool
		p.js("document.body.innerText.includes('What do you want')", &home)
		if home {
			return true
		}
		p.js("document.body.innerText.includes('Until then whoever')", &waits)
		if waits {
			p.taps("OK").taps("I have a card")
			p.until("the next screen", "/Until then whoever/.test(document.body.innerText) || document.querySelector('input[type=file]')")
			return false
		}
		p.uploads(card).types(phonePIN).sees("What do you want")
		return true
	})
	return p
}

// A picture of the card and the PIN bring everything back on a fresh phone, after the delay.
func (v *running) cardRestored(t *testing.T) {
	old := v.known(t)
	ask := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	old.returns("#r=" + ask.ID().String()).agrees("Name")
	grant := v.hospital.given(ask.ID().String())
	card := old.makesCard()
	p := v.brings(t, card).restored(card)
	p.taps("What is kept of me").sees(canary).taps("Back").taps("Who asked").sees("nothing is missing").sees("hospital").taps("Back")
	p.taps("My permissions").sees("They can see it now").taps("Stop").types(phonePIN).sees("Nothing more is shown")
	isRefused(t, v.hospital.fetch(grant), http.StatusForbidden, "denied", "withdrawn")
}

// A phone that came back by a card has no receipts. Everything is stopped on it all the same, also where the network comes
// back when the signature's time is over and the phone is closed.
func (v *running) restoredStops(t *testing.T) {
	old := v.known(t)
	ask := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	old.returns("#r=" + ask.ID().String()).agrees("Name")
	grant := v.hospital.given(ask.ID().String())
	card := old.makesCard()
	p := v.handset(t).before(pastime).open("").taps("English").taps("I have a card").uploads(card).sees("Your 6 numbers").restored(card)
	p.taps("My permissions").sees("They can see it now").offline(true)
	p.passes(-15*time.Minute, false) // the vault's clock stands still in this test: what is signed now is as old for it
	p.taps("Stop everything").sees("Stop every permission now?").taps("Stop everything").types(phonePIN).sees("on its way")
	p.js("document.querySelector('.hide').click()", nil)
	p.passes(15*time.Minute, false)
	if got := v.hospital.fetch(grant); got.status != http.StatusOK {
		t.Fatalf("stopped before it was sent? %d", got.status)
	}
	p.offline(false)
	eventually(t, "the stop to arrive", func() bool { return v.hospital.fetch(grant).status == http.StatusForbidden })
	isRefused(t, v.hospital.fetch(grant), http.StatusForbidden, "denied", "withdrawn")
	p.taps("Open").types(phonePIN).settled().taps("My permissions").sees("Nothing more is shown").doesNotSee("They can see it now")
}

// linked is a picture of a card's link.
func linked(t *testing.T, link string) (card, fragment string) {
	t.Helper()
	_, fragment, _ = strings.Cut(link, "#")
	return codeOf(t, link), "#" + fragment
}

// A restore that was stopped does not keep its card from another try, one that waits keeps nobody else's card away, and
// nobody is on a phone twice.
func (v *running) cardsOnOnePhone(t *testing.T) {
	const pin = "141421"
	one, link, _ := v.carded(t, pin)
	owner, err := client.NewPerson(t.Context(), v.publicURL, v.config.path(v.config.TLS.Certificate), one.identity)
	must(t, err)
	card, _ := linked(t, link)
	_, otherLink, _ := v.carded(t, pin)
	other, _ := linked(t, otherLink)

	p := v.brings(t, card).types(pin).sees("Until then whoever")
	seen, err := owner.Card(t.Context())
	must(t, err)
	must(t, owner.CancelRestore(t.Context(), seen.Restore))
	p.taps("OK").taps("I have a card").sees("Until then whoever").taps("Another card").uploads(other).types(pin).sees("Until then whoever").fine("card-two")
	time.Sleep(31 * time.Second) // both delays
	p.away().open("").taps("I have a card").uploads(card).types(pin).sees("it was stopped, or too much time went by").fine("card-again")
	p.types(pin).sees("Until then whoever").taps("OK").taps("I have a card").taps("Another card").uploads(other).types(pin).sees("What do you want")
	p.taps("More").taps("Another person").sees("Your 6 numbers").taps("Another person").taps("I have a card")
	time.Sleep(31 * time.Second)
	p.away().open("").taps("Another person").taps("I have a card").uploads(card).types(pin).sees("What do you want")

	// again by the same card
	p.away().open("").taps("Another person").taps("I have a card").uploads(card).types(pin).sees("Until then whoever")
	time.Sleep(31 * time.Second)
	p.away().open("").taps("Another person").taps("I have a card").uploads(card).types(pin).sees("This key is on this phone already")
	if people := p.kept("people"); people != 2 {
		t.Errorf("%d people are on the phone", people)
	}
}

// A card's link says what it is before anybody's digits are asked for, and is gone once somebody has said no.
func (v *running) cardLinked(t *testing.T) {
	_, link, _ := v.carded(t, "141421")
	_, fragment := linked(t, link)
	p := v.handset(t).starts("")
	p.away().open(fragment).sees("You opened a card").fine("card-opened").taps("Bring my key back").sees("that belong to this card").fine("card-pin")
	p.taps("Back").sees("You opened a card").taps("Do not do it").types(phonePIN).sees("What do you want").doesNotSee("Bring my key back")
	p.js("document.querySelector('.hide').click()", nil)
	p.taps("Open").types(phonePIN).sees("What do you want").doesNotSee("Bring my key back")
	p.run(chromedp.Reload())
	p.types(phonePIN).sees("What do you want").doesNotSee("Bring my key back")
}

// A card that is made without a network is made when there is one, and shown to its owner then.
func (v *running) cardOffline(t *testing.T) {
	p := v.handset(t).starts("")
	p.until("the key to be known", "!document.querySelector('.pending')")
	p.taps("Show who I am").sees("What do you want to show").taps("Back").sees("What do you want to do").offline(true)
	p.taps("My card").sees("No network").taps("Make a card").types(phonePIN).sees("Your new card is on its way").fine("card-waits")
	p.taps("OK").taps("Show who I am").taps("Name").taps("Make the code").types(phonePIN).sees("This needs a network").taps("Back").taps("Back").offline(false)
	p.sees("Found?").taps("OK").settled().doesNotSee("Your new card is ready")
}

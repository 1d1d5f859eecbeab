package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

// adds says who a child is: a picture and how old it becomes this year.
func (p *handset) adds(picture string, age int) *handset {
	p.t.Helper()
	p.taps("Add a child").sees("Choose a picture").taps(picture).sees("In which year")
	return p.taps(fmt.Sprint(time.Now().UTC().Year() - age)).sees("For this child").types(phonePIN)
}

// keepsChildren finds nothing of the first children in clear on the phone. made are the secrets that were made on it, the parent's first.
func (p *handset) keepsChildren(made []string) {
	p.t.Helper()
	if len(made) < 2 { // seed and salt of the parent
		p.t.Fatalf("%d secrets were made", len(made))
	}
	bytes, err := hex.DecodeString(made[0])
	must(p.t, err)
	seed, err := wallet.SeedFromBytes(bytes)
	must(p.t, err)
	parent := wallet.Identity{Seed: seed}
	secrets := slices.Clone(made)
	for index := range uint32(2) {
		child := parent.Child(index)
		secrets = append(secrets, hex.EncodeToString(child.Seed.Bytes()), hex.EncodeToString(child.Salt[:]))
	}
	p.keepsSecret(secrets, canary, "identity.name", "EXTRACTABLE", "/v1/", "🐸", "🦋", "born", "index\"")
}

// isAsked opens a request, for whom it asks first.
func (p *handset) isAsked(request, picture string) *handset {
	p.t.Helper()
	p.returns("#r=" + request).sees("For whom?")
	if picture == "" {
		return p.presses(".tiles > .tile").doesNotSee("For this child")
	}
	return p.taps(picture).sees("For this child")
}

// fetched is what the hospital gets, and by whom it was given.
func (v *running) fetched(t *testing.T, grant string, by openapi.TermsRepresentation) (got openapi.Released, raw []byte) {
	t.Helper()
	answer := v.hospital.fetch(grant)
	answer.into(t, http.StatusOK, &got)
	if got.Terms.Representation == nil || *got.Terms.Representation != by {
		t.Errorf("given by %v, want %s", got.Terms.Representation, by)
	}
	return got, answer.body
}

// Somebody adds two children, answers for each and for themself, and stops: nothing of one is another's.
func (v *running) forAChild(t *testing.T) {
	p := v.handset(t).before(holding).before(recording).before(spoiling)
	p.starts("")
	p.until("the key to be known", "!document.querySelector('.pending')")
	p.taps("More").taps("My children").sees("the year in which it comes of age").fine("children-none")
	p.taps("Add a child").fine("child-picture").taps("🐸").fine("child-year").taps("Back").sees("Choose a picture").taps("Back").sees("the year in which")

	// the phone is put away while the vault is told; it goes on when it is opened again
	p.js("window.__hold = '/v1/person/representative'", nil)
	p.adds("🐸", 10).sees("Not known yet").until("the call to be on its way", "window.__held")
	var made []string
	p.js("__made", &made)
	p.keepsChildren(made) // what waits included
	p.run(chromedp.Reload())
	p.types(phonePIN).settled().taps("More").taps("My children").sees("You say yes for this child until January 1, " + fmt.Sprint(time.Now().UTC().Year()+8))

	// without a network a child waits
	p.offline(true)
	p.adds("🦋", 17).sees("Not known yet").fine("children-waiting").offline(false)
	p.sees("until January 1, "+fmt.Sprint(time.Now().UTC().Year()+1)).doesNotSee("Not known yet").until("everything to be sent", "document.querySelector('.strip').hidden")
	p.fine("children")
	p.taps("Add a child").sees("Choose a picture").doesNotSee("🐸", "🦋").taps("Back").sees("You say yes").taps("Back").settled()
	var more []string
	p.js("__made", &more)
	p.keepsChildren(append(made, more...))
	p.keepsNoID()

	// for a child
	ask := v.hospital.ask(object{"fields": pageFields})
	p.returns("#r=" + ask.ID().String()).sees("For whom?").fine("for-whom").taps("🐸").sees("For this child").fine("asked-for-child").taps("Switch all on").taps("Yes").sees("For this child").fine("yes-for-child")
	p.types(phonePIN).sees("You said yes").sees("For this child").taps("OK")
	childs := v.hospital.given(ask.ID().String())
	v.fills(t, childs)
	if got, raw := v.fetched(t, childs, "representative"); len(got.Released) != len(pageFields) || !bytes.Contains(raw, []byte(canary)) {
		t.Errorf("released for the child: %v", got.Released)
	}

	// an answer for the parent, and one for the other child, give nothing of this child
	ask = v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	p.isAsked(ask.ID().String(), "").agrees("Name", "Place of birth")
	parents := v.hospital.given(ask.ID().String())
	if got, raw := v.fetched(t, parents, "self"); len(got.Released) != 0 || bytes.Contains(raw, []byte(canary)) {
		t.Errorf("released for the parent: %v", got.Released)
	}
	var others []string
	for range 2 {
		late := uint64(time.Now().Unix())/86400*86400 + 300*86400 //nolint:gosec // after 1970
		ask = v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}, "expires": late})
		p.isAsked(ask.ID().String(), "🦋").agrees("Name")
		one := v.hospital.given(ask.ID().String())
		got, raw := v.fetched(t, one, "representative")
		if len(got.Released) != 0 || bytes.Contains(raw, []byte(canary)) {
			t.Errorf("released for the other child: %v", got.Released)
		}
		day := time.Date(time.Now().UTC().Year()+1, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
		if want := min(late, uint64(day)); got.Terms.Expires != want { //nolint:gosec // after 1970
			t.Errorf("ends at %d, want the day on which the child decides alone or the request's end, %d", got.Terms.Expires, want)
		}
		others = append(others, one)
	}

	// a no for a child
	ask = v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	p.isAsked(ask.ID().String(), "🦋").taps("No").sees("You said no").taps("OK").settled()
	var refused openapi.Request
	v.hospital.call("GET", "/v1/requests/"+ask.ID().String(), "").into(t, http.StatusOK, &refused)
	if refused.Status != openapi.StatusRefused || refused.Grant != nil {
		t.Errorf("the request is %s", refused.Status)
	}
	p.returns("#r=" + ask.ID().String()).sees("answered this already").taps("OK")

	// each sees their own, and only that is stopped
	shown := func(want int) {
		var cards int
		if p.js("document.querySelectorAll('article').length", &cards); cards != want {
			t.Errorf("%d permissions are shown, want %d", cards, want)
		}
	}
	p.taps("My permissions").sees("They can see it now").doesNotSee("For this child").fine("given-whose")
	shown(1)
	p.presses(".tile:nth-of-type(2)").sees("For this child").fine("given-child")
	shown(1)
	p.taps("Stop").sees("For this child").types(phonePIN).sees("Nothing more is shown").taps("OK")
	isRefused(t, v.hospital.fetch(childs), http.StatusForbidden, "denied", "withdrawn")
	for _, one := range others {
		v.fetched(t, one, "representative")
	}
	p.taps("My permissions").presses(".tile:nth-of-type(3)").sees("For this child")
	shown(2)
	p.taps("Stop everything").sees("Stop every permission now?").taps("Stop everything").sees("For this child").types(phonePIN).sees("Nothing more is shown").taps("OK")
	for _, one := range others {
		isRefused(t, v.hospital.fetch(one), http.StatusForbidden, "denied", "withdrawn")
	}
	v.fetched(t, parents, "self")

	// each has a history of their own
	p.taps("Who asked").sees("nothing is missing").doesNotSee("It was said who")
	p.presses(".tile:nth-of-type(2)").sees("nothing is missing").sees("It was said who says yes for this child").sees("could see").sees("wrote down").fine("history-child")
	p.presses(".tile:nth-of-type(3)").sees("nothing is missing").sees("You said no").doesNotSee("wrote down")

	// whoever erases themself stops the children's first
	ask = v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	p.isAsked(ask.ID().String(), "🐸").agrees("Name")
	again := v.hospital.given(ask.ID().String())
	v.fetched(t, again, "representative")
	p.spoils("/v1/person/withdrawals/all").taps("What is kept of me").taps("Erase everything").taps("Erase everything").taps("Yes").types(phonePIN).sees("It was not taken").taps("OK").spoils("").sees("What do you want")
	v.fetched(t, again, "representative")
	v.fetched(t, parents, "self") // who erases themself, as soon as all stops have been taken
	p.js("document.querySelector('.strip button').click()", nil)
	for left := 3; left > 0; left-- { // a stop for each child, and the erasure
		p.until("what was not taken", fmt.Sprintf("document.querySelectorAll('.card .warning').length === %d", left))
		p.taps("OK")
	}
	p.sees("Nothing waits").taps("Back").settled()
	p.taps("What is kept of me").taps("Erase everything").sees("go with yours").sees("stopped too").fine("erase-children").taps("Erase everything").taps("Yes").offline(true)
	p.types(phonePIN).sees("This needs a network").taps("OK").sees("What do you want").sees("wait to be sent")
	v.fetched(t, again, "representative")
	p.offline(false)
	p.sees("This remains")
	isRefused(t, v.hospital.fetch(again), http.StatusForbidden, "denied", "withdrawn")
	p.taps("OK").sees("Make my key")
	if left := p.kept("people") + p.kept("acts"); left != 0 {
		t.Errorf("%d things are left", left)
	}
}

// From the day on which a child decides alone nothing is offered for it.
func (v *running) dayHasCome(t *testing.T) {
	p := v.handset(t).before(holding)
	p.starts("")
	p.until("the key to be known", "!document.querySelector('.pending')")

	// nor before the vault knows who gives for it
	ask := v.hospital.ask(object{"notices": []object{{"language": "en", "text": "To treat you."}, {"language": "ar", "text": "لكي نعالجك."}}})
	p.js("window.__hold = '/v1/person/representative'", nil)
	p.taps("More").taps("My children").adds("🐬", 1).until("the call to be on its way", "window.__held")
	p.taps("Back").taps("Somebody asks me").uploads(codeOf(t, v.publicURL+"/me/#r="+ask.ID().String())).sees("For whom?").sees("Not known yet").fine("for-whom-waiting")
	var offered int
	if p.js("document.querySelectorAll('.tile:not([disabled])').length", &offered); offered != 1 {
		t.Errorf("%d are offered, want the parent alone", offered)
	}
	p.js("window.__go()", nil)
	p.until("the child to be offered", "document.querySelectorAll('.tile:not([disabled])').length === 2")
	p.doesNotSee("Not known yet").taps("Back").sees("What do you want")

	p.taps("More").taps("My children").adds("🐘", 12).settledChildren().adds("🚂", 3).settledChildren()
	p.taps("Back").taps("My permissions").sees("🐘").sees("🚂").taps("Back")

	// all of it in Arabic, where yes is not said in words that nobody has checked
	p.taps("More").taps("Language").taps("العربية").sees("لمن؟").presses(".back")
	p.presses("main > .wide").presses("main > .wide:nth-of-type(2)").fine("children-ar").presses(".main").presses(".tile").fine("child-year-ar").presses(".tile").fine("child-sure-ar").presses(".back").presses(".back").presses(".back").presses(".back").presses(".back")
	p.presses(".tile:nth-of-type(2)").presses(".tile:nth-of-type(2)").fine("given-child-ar")
	p.returns("#r=" + ask.ID().String()).sees("لمن؟").fine("for-whom-ar").presses(".tile:nth-of-type(3)").sees("لهذا الطفل").fine("asked-for-child-ar").presses(".back").presses(".back")
	p.presses("main > .wide").presses("main > .wide").taps("English").sees("For whom?").taps("Back").sees("What do you want")

	// six years later, by the vault's clock
	p.before(fmt.Sprintf(`{ const real = fetch.bind(window), then = new Date(Date.UTC(%d, 0, 1)).toUTCString(); window.fetch = async (...a) => {
		const r = await real(...a), h = new Headers(r.headers); h.set("Date", then); return new Response([204, 304].includes(r.status) ? null : r.body, { status: r.status, headers: h }) } }`, time.Now().UTC().Year()+6))
	p.returns("").sees("too late to answer").taps("OK").sees("What do you want").taps("More").taps("My children").sees("This child now decides alone").sees("You say yes for this child until").fine("children-grown")
	p.taps("Back").taps("Back").offline(true)
	p.taps("My permissions").sees("🚂").doesNotSee("🐘")
	p.taps("Back").offline(false)
}

// settledChildren waits until the vault knows all that were added.
func (p *handset) settledChildren() *handset {
	p.t.Helper()
	p.until("the children to be known", "document.querySelectorAll('article').length && !document.body.innerText.includes('Not known yet')")
	return p
}

// writtenOfChild adds a child, of whom the hospital writes down what it does of everybody.
func (v *running) writtenOfChild(t *testing.T, p *handset, picture string, age int) (grant string) {
	t.Helper()
	p.taps("More").taps("My children").adds(picture, age).settledChildren().taps("Back")
	ask := v.hospital.ask(object{"fields": pageFields})
	p.isAsked(ask.ID().String(), picture).agrees("Switch all on")
	grant = v.hospital.given(ask.ID().String())
	v.fills(t, grant)
	return grant
}

// Card and PIN bring the children back, each with its picture, also where the network goes away while they are looked for; a wrong PIN brings
// nobody. What was given for a child is stopped on the new phone, and given anew. A picture that stands for a child on one phone stands for no other child on another.
func (v *running) childrenComeBack(t *testing.T) {
	year := time.Now().UTC().Year()
	old := v.handset(t).starts("")
	old.until("the key to be known", "!document.querySelector('.pending')")
	grant := v.writtenOfChild(t, old, "🦋", 3)
	old.taps("More").taps("My children").adds("🐴", 12).settledChildren().sees("Your card brings your children back too").taps("Back")
	card := old.makesCard()

	finder := v.brings(t, card).types("135790").sees("Wrong card or wrong numbers")
	if finder.kept("people") != 0 || finder.kept("acts") != 0 {
		t.Error("a wrong PIN has brought somebody")
	}

	p := v.brings(t, card).restored(card)
	p.stays()
	p.taps("More").taps("My children").sees("Looking for your children").sees("until January 1, " + fmt.Sprint(year+15)).doesNotSee("until January 1, " + fmt.Sprint(year+6)).fine("children-looking")
	p.offline(true)
	p.run(chromedp.Reload())
	p.types(phonePIN).sees("What do you want").taps("More").taps("My children").sees("🦋").sees("Looking for your children").doesNotSee("🐴").offline(false)
	p.sees("until January 1, " + fmt.Sprint(year+6))
	p.until("all to be found", "!document.querySelector('.looking')")
	p.doesNotSee("Not known yet").taps("Back").taps("Back")

	// stopped by the child's own key: the receipt is on the phone that was lost
	p.taps("My permissions").presses(".tile:nth-of-type(2)").sees("For this child").sees("They can see it now").taps("Stop").types(phonePIN).sees("Nothing more is shown").taps("OK")
	isRefused(t, v.hospital.fetch(grant), http.StatusForbidden, "denied", "withdrawn")
	ask := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	p.isAsked(ask.ID().String(), "🦋").agrees("Name")
	if got, raw := v.fetched(t, v.hospital.given(ask.ID().String()), "representative"); len(got.Released) != 1 || !bytes.Contains(raw, []byte(canary)) {
		t.Errorf("released for the child: %v", got.Released)
	}
	p.taps("Who asked").presses(".tile:nth-of-type(2)").sees("nothing is missing").sees("It was said who says yes for this child").taps("Back")

	// the old phone is found again, and does not know of a third child
	p.taps("More").taps("My children").adds("🌻", 5).settledChildren()
	old.taps("More").taps("My children").adds("🌻", 9).sees("on another phone before").sees("until January 1, " + fmt.Sprint(year+13)).doesNotSee("until January 1, " + fmt.Sprint(year+9)).fine("children-already")
}

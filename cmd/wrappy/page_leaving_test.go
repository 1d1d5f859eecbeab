package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/wrapious/wrappy/openapi"
)

// spoiling damages the signature of what is sent to a path, so that the vault refuses it for good.
const spoiling = `{ const real = fetch.bind(window); window.fetch = (url, init) => real(url, window.__spoil && String(url).endsWith(window.__spoil) ? { ...init, body: init.body.replace(/"signature":"0x.{6}/, '"signature":"0x123456') } : init) }`

// spoils damages what goes to a path from now on, "" nothing any more.
func (p *handset) spoils(path string) *handset {
	p.t.Helper()
	p.js("window.__spoil = "+quoted(path), nil)
	return p
}

// leaves goes as far as what is to become of the permissions, and says it.
func (p *handset) leaves(permissions string) *handset {
	p.t.Helper()
	p.sees("What do you want").taps("More").taps("Leave nothing here").sees("Remove everything of everybody").taps("Leave nothing here").sees("goes on until it ends")
	return p.taps(permissions)
}

// Whoever leaves nothing on a phone can have everything stopped first, their own and their children's: nothing is removed
// before the stop has arrived, however long there is no network, nor where it is refused, nor after they thought better of it.
func (v *running) leavesNothing(t *testing.T) {
	p := v.handset(t).before(pastime).before(spoiling)
	p.starts("")
	p.until("the key to be known", "!document.querySelector('.pending')")
	p.taps("More").taps("My children").adds("🐸", 10).settledChildren()
	var grants []string
	for _, whose := range []string{"", "🐸"} {
		ask := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
		p.isAsked(ask.ID().String(), whose).agrees("Name")
		grants = append(grants, v.hospital.given(ask.ID().String()))
	}
	p.settled()
	stand := func(when string) {
		t.Helper()
		for _, grant := range grants {
			if got := v.hospital.fetch(grant); got.status != http.StatusOK {
				t.Errorf("%s: %d %s", when, got.status, got.body)
			}
		}
		if p.kept("people") != 1 {
			t.Errorf("%s: removed", when)
		}
	}

	p.spoils("/v1/person/withdrawals/all").leaves("Stop everything, then remove").types(phonePIN).sees("The stop was not taken. Nothing is removed").fine("leave-refused")
	stand("refused")
	p.taps("Try again").types(phonePIN).sees("The stop was not taken").taps("Do not do it").sees("It was not taken").taps("My permissions").sees("They can see it now").sees("Stop").taps("Back")
	p.spoils("")

	p.offline(true)
	p.leaves("Stop everything, then remove").types(phonePIN).sees("Stop is on its way").sees("If you go away before, nothing is removed").fine("leave-waits")
	p.taps("Do not do it").sees("What do you want").taps("More").taps("Leave nothing here").sees("it is never sent").fine("leave-unsent").taps("Do not do it").taps("Back")
	stand("thought better of it")

	// longer than a signature lasts
	p.leaves("Stop everything, then remove").fine("").types(phonePIN).sees("Stop is on its way")
	for range 5 {
		p.passes(115*time.Second, true).sees("Stop is on its way")
	}
	stand("without a network")
	p.offline(false)
	p.taps("English").sees("Make my key")
	for _, grant := range grants {
		isRefused(t, v.hospital.fetch(grant), http.StatusForbidden, "denied", "withdrawn")
	}
	if left := p.kept("people") + p.kept("acts"); left != 0 {
		t.Errorf("%d things are left", left)
	}
}

// stopsFirst leaves a phone that others use, too: own permissions are stopped, and nothing of theirs.
func (v *running) stopsFirst(t *testing.T) {
	p := v.known(t)
	ask := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	p.returns("#r=" + ask.ID().String()).agrees("Name")
	theirs := v.hospital.given(ask.ID().String())
	p.settled().joins()
	ask = v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	p.taps("Somebody asks me").uploads(codeOf(t, v.publicURL+"/me/#r="+ask.ID().String())).sees("They ask you").taps("Name").taps("Yes").types(otherPIN).sees("You said yes").taps("OK").settled()
	own := v.hospital.given(ask.ID().String())

	p.taps("More").taps("Leave nothing here").taps("Leave nothing here").sees("What others on this phone said yes to goes on").fine("leave-others").taps("Back").taps("Remove only what is mine").sees("goes on until it ends").fine("leave-mine")
	p.taps("Stop everything, then remove").types(phonePIN).sees("Wrong numbers")
	if got := v.hospital.fetch(own); got.status != http.StatusOK {
		t.Errorf("stopped by somebody else's numbers: %d", got.status)
	}
	p.types(otherPIN)
	eventually(t, "one to be left", func() bool { return p.kept("people") == 1 })
	isRefused(t, v.hospital.fetch(own), http.StatusForbidden, "denied", "withdrawn")
	if got := v.hospital.fetch(theirs); got.status != http.StatusOK {
		t.Errorf("another's is stopped: %d", got.status)
	}
	p.sees("Your 6 numbers").types(phonePIN).sees("What do you want").taps("My permissions").sees("They can see it now")
}

// refusing has the vault too busy for a yes while it is told to.
const refusing = `{ const real = fetch.bind(window); window.fetch = async (...a) => window.__busy && String(a[0]).endsWith("/v1/person/grants") && a[1]?.method === "POST" ? new Response("{}", { status: 503, headers: { "Retry-After": "3" } }) : real(...a) }`

// A stop of everything is not undone by a yes that was said before it and arrives after it.
func (v *running) stopOvertakesAYes(t *testing.T) {
	p := v.handset(t).before(refusing).starts("")
	p.until("the key to be known", "!document.querySelector('.pending')")
	ask := func() string {
		return v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}}).ID().String()
	}
	first, second := ask(), ask()
	p.returns("#r=" + first).agrees("Name").returns("#r=" + ask()).agrees("Name") // everything is of two or more
	grant := v.hospital.given(first)
	p.returns("#r="+second).sees("They ask you").taps("Name").js("window.__busy = true; 0", nil)
	p.taps("Yes").types(phonePIN).sees("You said yes").taps("OK").sees("1 thing waits to be sent")
	p.taps("My permissions").sees("They can see it now").taps("Stop everything").taps("Stop everything").types(phonePIN).sees("on its way")
	eventually(t, "what has arrived to be stopped", func() bool { return v.hospital.fetch(grant).reason() == "withdrawn" })
	p.sees("on its way").doesNotSee("Nothing more is shown")
	p.js("window.__busy = false; 0", nil)
	p.sees("Nothing more is shown").taps("OK").sees("What do you want")
	var late openapi.Request
	if v.hospital.call("GET", "/v1/requests/"+second, "").into(t, http.StatusOK, &late); late.Grant == nil {
		t.Fatal("the yes never arrived")
	}
	isRefused(t, v.hospital.fetch(*late.Grant), http.StatusForbidden, "denied", "withdrawn")
	p.taps("My permissions").sees("hospital").doesNotSee("on its way", "They can see it now")
}

// What the vault refuses for good is told, loses nothing else, can be done again, and can be put away.
func (v *running) notTaken(t *testing.T) {
	p := v.handset(t).before(spoiling)
	v.written(t, p)
	asks := func(more ...object) string {
		return v.hospital.ask(append([]object{{"fields": pageFields[:3], "actions": []string{"read"}}}, more...)...).ID().String()
	}
	standing := asks()
	p.returns("#r=" + standing).agrees("Name")
	grant := v.hospital.given(standing)
	putAway := func(what string) {
		t.Helper()
		p.sees("It was not taken. Do it again").js("document.querySelector('.strip button').click()", nil)
		p.sees(what).sees("It was not taken").taps("OK").sees("Nothing waits").taps("Back").settled()
	}

	// the time to answer ended while the yes waited
	end := time.Now().Add(45 * time.Second)
	late := asks(object{"answer_by": end.Unix()})
	p.returns("#r=" + late).sees("They ask you").taps("Name").taps("Yes").offline(true)
	p.types(phonePIN).sees("You said yes").taps("OK").sees("1 thing waits to be sent")
	eventually(t, "the time to end", func() bool { return time.Now().After(end.Add(2 * time.Second)) })
	p.offline(false)
	p.sees("It was not taken. Do it again").fine("not-taken").js("document.querySelector('.strip button').click()", nil)
	p.sees("Your yes").fine("waiting-failed")
	if got := v.hospital.call("GET", "/v1/requests/"+late, ""); got.status != http.StatusOK || matches(`"grant"`, string(got.body)) {
		t.Errorf("the request: %d %s", got.status, got.body)
	}
	p.returns("").sees("What do you want") // nor does a reload lose it
	putAway("Your yes")
	p.returns("#r=" + late).sees("too late to answer").taps("OK")

	// damaged on the way: what was asked is answered again
	for _, c := range []struct{ path, answer, act string }{{"/v1/person/refusals", "No", "Your no"}, {"/v1/person/grants", "Yes", "Your yes"}} {
		again := asks()
		p.returns("#r=" + again).sees("They ask you").spoils(c.path).taps("Name").taps(c.answer)
		if c.answer == "Yes" {
			p.types(phonePIN)
		}
		p.sees("You said").taps("OK").sees("It was not taken. Do it again").spoils("")
		putAway(c.act)
		p.returns("#r=" + again).agrees("Name")
		v.hospital.given(again)
	}

	// a stop is told at once, and what was to be stopped is shown to stand
	p.taps("My permissions").sees("They can see it now").taps("Stop everything").taps("Stop everything").spoils("/v1/person/withdrawals/all").types(phonePIN).sees("It was not taken. Do it again").fine("stop-refused").taps("OK").spoils("")
	putAway("Stop everything")
	if got := v.hospital.fetch(grant); got.status != http.StatusOK {
		t.Errorf("what stands: %d", got.status)
	}
	p.taps("My permissions").sees("They can see it now").doesNotSee("on its way").taps("Stop everything").taps("Stop everything").types(phonePIN).sees("Nothing more is shown").taps("OK").settled()
	isRefused(t, v.hospital.fetch(grant), http.StatusForbidden, "denied", "withdrawn")
}

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/wallet"
)

// turncoat is what a hostile device runs beside the page: it takes the session's key and name, and calls
// what it likes with them, from the page itself.
const turncoat = `{
	const make = crypto.subtle.generateKey.bind(crypto.subtle), real = fetch.bind(window);
	crypto.subtle.generateKey = async (...a) => { const pair = await make(...a); if (a[0].name === "ECDSA") window.__pair = pair; return pair };
	window.fetch = (url, init) => { const s = new Headers(init?.headers).get("Wrappy-Session"); if (s) window.__session = s; return real(url, init) };
	window.__as = async (method, path, body) => {
		const now = Math.floor(Date.now() / 1000), text = new TextEncoder().encode(["wrappy session proof v1", method, path, window.__session, now].join("\n"));
		const signature = new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, window.__pair.privateKey, text));
		const proof = now + "." + btoa(String.fromCharCode(...signature)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
		const type = path.endsWith("/imports") ? "application/x-ndjson" : "application/json";
		const r = await real(path, { method, headers: { "Wrappy-Session": window.__session, "Wrappy-Proof": proof, ...(body ? { "Content-Type": type } : {}) }, ...(body ? { body } : {}) });
		return JSON.stringify({ status: r.status, body: await r.text() });
	};
}`

// as calls the vault from the page, in the session that the page has opened.
func (p *handset) as(method, path, body string) answer {
	p.t.Helper()
	var text string
	p.js("__as("+quoted(method)+","+quoted(path)+","+quoted(body)+")", &text)
	var got struct {
		Status int
		Body   string
	}
	must(p.t, json.Unmarshal([]byte(text), &got))
	return answer{status: got.Status, body: []byte(got.Body)}
}

// helps opens a helper's session on a device, by a picture of a card.
func (p *handset) helps(task, card, pin string) *handset {
	p.t.Helper()
	p.open("").taps("English").taps("Help somebody").taps(task)
	return p.sees("Show the person's card").uploads(card).types(pin)
}

// helpsToAnswer is helps for one request.
func (v *running) helpsToAnswer(t *testing.T, p *handset, request consent.RequestID, card, pin string) *handset {
	t.Helper()
	p.open("").taps("English").taps("Help somebody").taps("Help to say yes").uploads(codeOf(t, v.publicURL+"/me/#r="+request.String()))
	return p.sees("Show the person's card").uploads(codeOf(t, card)).types(pin).sees("Then everything is gone")
}

// Another card ends what an earlier one let helpers do: also in a session that is open.
func (v *running) cardsInTurn(t *testing.T) {
	owner := v.known(t)
	ask := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	owner.returns("#r=" + ask.ID().String()).agrees("Name")
	grant := v.hospital.given(ask.ID().String())
	first, second := owner.makesCard(), owner.makesCard()

	stale := v.handset(t).helps("Help to stop", first, phonePIN).sees("Wrong card or wrong numbers").doesNotSee("hospital")
	if store := stale.kept("people") + stale.kept("acts"); store != 0 {
		t.Errorf("%d things are kept of somebody whose card opened nothing", store)
	}
	helper := v.handset(t).before(turncoat).helps("Help to stop", second, phonePIN).sees("Then everything is gone").sees("hospital")
	if got := helper.as("GET", "/v1/assist/grants", ""); got.status != http.StatusOK {
		t.Fatalf("the hostile page reaches nothing at all: %d %s", got.status, got.body)
	}

	third := owner.makesCard()
	time.Sleep(2 * time.Second) // a stop of the second in which the card was replaced still counts, and a page's clock may be one behind
	if got := helper.as("GET", "/v1/assist/grants", ""); got.status != http.StatusUnauthorized {
		t.Errorf("after another card the session reads on: %d", got.status)
	}
	helper.taps("Stop").sees("Does the person want").taps("Yes").sees("This card or its time is over").sees("hospital").fine("help-refused").doesNotSee("Nothing more is shown")
	helper.until("the refusal to be told to a screen reader", "document.querySelector('main [role=alert]')?.innerText.includes('Not taken')")
	helper.taps("Yes").sees("This card or its time is over").taps("No").sees("This card or its time is over").doesNotSee("hospital").fine("help-over")
	if got := v.hospital.fetch(grant); got.status != http.StatusOK {
		t.Errorf("stopped by the key of a card that was replaced: %d", got.status)
	}
	v.handset(t).helps("Help to stop", second, phonePIN).sees("Wrong card or wrong numbers")
	v.handset(t).helps("Help to stop", third, phonePIN).until("the newest card to be taken", "/Then everything is gone|Try again in 15 minutes/.test(document.body.innerText)")
}

// A helper's device with code of its own has the narrow key and the session, and gets no further than they go.
func (v *running) hostileHelper(t *testing.T) {
	const pin = "161803"
	person, card, narrow := v.carded(t, pin)
	shown, other := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}}), v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	helper := v.handset(t).before(turncoat)
	v.helpsToAnswer(t, helper, shown.ID(), card, pin)

	// gives only what it was opened for, with an institution's word for just that
	grant := func(r *consent.Request, word func(id string) object) answer {
		signed, err := narrow.Answer(v.domain(), r, wallet.Choice{Language: "en"}, time.Now())
		must(t, err)
		body := wire(signed)
		body["grant"].(object)["assistance"] = "assisted" //nolint:forcetypeassert // wire made it
		body["help"] = word(signed.Grant.ID().String())
		return helper.as("POST", "/v1/assist/grants", encode(body))
	}
	byOwnKey, err := wallet.NewIdentity().Answer(v.domain(), shown, wallet.Choice{Language: "en"}, time.Now())
	must(t, err)
	unknown := consent.Digest{7}.String()
	for name, got := range map[string]answer{
		"another request, with the institution's true word for it": grant(other, func(id string) object { return v.helping(v.hospital, v.hospital, id, other.ID()) }),
		"the word is for another request":                          grant(shown, func(id string) object { return v.helping(v.hospital, v.hospital, id, other.ID()) }),
		"the word is for another permission":                       grant(shown, func(string) object { return v.helping(v.hospital, v.hospital, unknown, shown.ID()) }),
		"the word is another institution's":                        grant(shown, func(id string) object { return v.helping(v.hospital, v.school, id, shown.ID()) }),
		"the word names another institution": grant(shown, func(id string) object {
			word := v.helping(v.hospital, v.hospital, id, shown.ID())
			word["institution"] = v.school.keys.ID
			return word
		}),
		"without a word": helper.as("POST", "/v1/assist/grants", encode(wire(byOwnKey))),
		"as the person":  v.post("/v1/person/grants", encode(wire(byOwnKey))),
	} {
		if got.status < 400 || got.status >= 500 {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	for _, r := range []*consent.Request{shown, other} {
		var now openapi.Request
		v.hospital.call("GET", "/v1/requests/"+r.ID().String(), "").into(t, http.StatusOK, &now)
		if now.Grant != nil || now.Status != openapi.StatusRequested {
			t.Errorf("a request was answered: %s", now.Status)
		}
	}

	// reads nothing but what stands, and orders nothing: by no session and by no signature of its own
	for _, path := range []string{"grants", "history", "facts", "card"} {
		if got := helper.as("GET", "/v1/person/"+path, ""); got.status != http.StatusUnauthorized {
			t.Errorf("reads %s: %d %s", path, got.status, got.body)
		}
	}
	if got := helper.as("GET", "/v1/assist/grants", ""); got.status != http.StatusOK {
		t.Fatalf("the session itself is not good: %d", got.status)
	}
	for path, body := range v.ordersBy(narrow, shown.ID()) {
		if got := helper.as("POST", "/v1/person/"+path, body); got.status != http.StatusUnauthorized && got.status != http.StatusForbidden {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	device, err := client.NewPerson(t.Context(), v.publicURL, v.config.path(v.config.TLS.Certificate), person.identity)
	must(t, err)
	entries, _, err := device.History(t.Context(), proof.HistoryState{})
	must(t, err)
	for _, e := range entries {
		switch kind := consent.EntryKind(e.Kind); kind {
		case consent.EntryEnrolled, consent.EntryAssistKey, consent.EntryAssistOpened, consent.EntryCardMade, consent.EntryCardTried:
		default:
			t.Errorf("something was done: %s", kind)
		}
	}

	// a reload is the end of it: nothing of the page goes on, and nothing of the person is kept
	helper.js("window.__mark = 1", nil)
	helper.run(chromedp.Reload())
	helper.gone("Make my key")
}

// ordersBy are acts of the person, each signed by the narrow key as the root key would sign it.
func (v *running) ordersBy(narrow *wallet.Assistant, request consent.RequestID) map[string]string {
	origin, now := v.journal.Origin(), unixIn(0)
	id, _ := narrow.Identity.MarshalText()
	act := func(structHash [32]byte, members object) string {
		members["identity"], members["signature"] = string(id), narrow.Key.Sign(v.domain().Digest(structHash))
		return encode(members)
	}
	correction := consent.Correction{Identity: narrow.Identity, Vault: origin, Field: "identity.name", Time: now}
	return map[string]string{
		"erasure":         act(consent.Erasure{Identity: narrow.Identity, Vault: origin}.StructHash(), object{}),
		"exports":         act(consent.ExportOrder{Identity: narrow.Identity, Vault: origin, Time: now}.StructHash(), object{"time": now}),
		"corrections":     act(correction.StructHash(), object{"field": "identity.name", "time": now}),
		"refusals":        act(consent.Refusal{Request: request, Identity: narrow.Identity, Time: now}.StructHash(), object{"request": request, "time": now}),
		"facts":           act(consent.PolicyFactsStatement{Identity: narrow.Identity, Vault: origin, Time: now}.StructHash(), object{"minor": false, "representative": false, "never_countries": []string{}, "time": now}),
		"disputes":        act(consent.Dispute{Identity: narrow.Identity, Vault: origin, Since: now - 60, Time: now}.StructHash(), object{"since": now - 60, "time": now}),
		"assist-key":      act(consent.AssistKey{Identity: narrow.Identity, Vault: origin, Key: narrow.Key.Address(), Time: now}.StructHash(), object{"key": narrow.Key.Address(), "time": now}),
		"withdrawals/all": act(consent.WithdrawAll{Identity: narrow.Identity, Vault: origin, Time: now}.StructHash(), object{"time": now}),
	}
}

// gone holds when a session of a helper has left the page: what is on the screen is another document's, which reaches nothing of the one before.
func (p *handset) gone(sees string) *handset {
	p.t.Helper()
	p.until("another document", "window.__mark === undefined")
	p.sees(sees).doesNotSee("hospital", "Then everything is gone", "They ask you")
	if store := p.kept("people") + p.kept("acts"); store != 0 {
		p.t.Errorf("%d things of the person are kept", store)
	}
	var kept []string
	p.js(`[...Object.keys(localStorage), ...Object.values(localStorage), ...Object.keys(sessionStorage), ...Object.values(sessionStorage), document.cookie, location.hash, JSON.stringify(history.state)].filter(k => /0x[0-9a-f]{8}|hospital|#c=|session/i.test(k))`, &kept)
	if len(kept) > 0 {
		p.t.Errorf("kept: %q", kept)
	}
	p.js("history.back()", nil)
	time.Sleep(200 * time.Millisecond)
	p.doesNotSee("hospital", "Then everything is gone", "They ask you")
	return p
}

// To hide while somebody is helped ends it, and so do five idle minutes, and ten with all the taps there are.
func (v *running) helpEnds(t *testing.T) {
	for _, c := range []struct {
		name  string
		ends  func(*handset)
		shows string
	}{
		{"hidden", func(p *handset) { p.js("document.querySelector('.hide').click()", nil) }, "Open"},
		{"nobody there for five minutes", func(p *handset) {
			p.passes(240*time.Second, true).sees("Then everything is gone").passes(70*time.Second, false)
		}, "Open"},
		{"ten minutes", func(p *handset) {
			for range 4 {
				p.passes(115*time.Second, true).sees("Then everything is gone")
			}
			p.passes(180*time.Second, true)
		}, "Make my key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := v.in(t)
			const pin = "141421"
			person, card, _ := v.carded(t, pin)
			v.hospital.await(person.give(v.hospital.ask(object{"fields": pageFields[:1], "actions": []string{"read"}})), "given")
			p := v.handset(t).before(pastime)
			v.helpsToAnswer(t, p, v.hospital.ask(object{"actions": []string{"read"}}).ID(), card, pin).sees("hospital")
			p.taps("What the person is asked").sees("They ask you").taps("Back").sees("Then everything is gone")
			p.js("window.__mark = 1", nil)
			c.ends(p)
			p.gone(c.shows)
		})
	}
}

// pastime is a phone's clock that a test can have go ahead, with all timers that come due meanwhile.
const pastime = `{
	const now = Date.now, wait = setTimeout, stop = clearTimeout, every = setInterval;
	let ahead = 0, timers = new Map();
	Date.now = () => now() + ahead;
	window.setTimeout = (f, ms = 0) => { const id = wait(() => { timers.delete(id); f() }, ms); timers.set(id, { at: Date.now() + ms, f }); return id };
	window.clearTimeout = (id) => { timers.delete(id); stop(id) };
	window.setInterval = (f, ms) => { const id = every(f, ms); timers.set("every" + id, { at: Date.now() + ms, f, ms }); return id };
	window.__passes = (ms) => {
		for (const end = ahead + ms; ; ) {
			const [id, next] = [...timers].sort((a, b) => a[1].at - b[1].at)[0] ?? [];
			const until = next ? next.at - now() : Infinity;
			if (until > end) { ahead = end; return }
			ahead = Math.max(ahead, until);
			if (next.ms) next.at += next.ms; else { timers.delete(id); stop(id) }
			next.f();
		}
	};
}`

// passes has time go by on the phone; touched: with a finger on it first.
func (p *handset) passes(d time.Duration, touched bool) *handset {
	p.t.Helper()
	if touched {
		p.js("document.dispatchEvent(new Event('pointerdown')) && 0", nil)
	}
	p.mayLeave(fmt.Sprintf("__passes(%d), 0", d.Milliseconds()), nil) // which ends where a session of a helper is over
	return p
}

package main

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
)

// receiptsOf are both receipts of the permission that the list shows first: what they say of its state, and the signature that ends it.
func (p *handset) receiptsOf() (status, fhir, ended, withdrawal string) {
	p.t.Helper()
	p.taps("Keep the receipt").sees("The receipt can stop")
	var consent struct {
		Status    string
		Provision struct{ Period struct{ End string } }
	}
	data, err := os.ReadFile(p.keeps("(FHIR)"))
	must(p.t, err)
	must(p.t, json.Unmarshal(data, &consent))
	var receipt struct {
		Record struct {
			Process []struct {
				Status []struct {
					Type []string `json:"@type"`
				} `json:"dpv:hasConsentStatus"`
			} `json:"dpv:hasProcess"`
			Control []struct {
				Withdrawal map[string]string `json:"wrappy:withdrawal"`
			} `json:"dpv:hasConsentControl"`
		} `json:"dpv:hasRecordOfActivity"`
	}
	data, err = os.ReadFile(p.keeps("Keep the receipt"))
	must(p.t, err)
	must(p.t, json.Unmarshal(data, &receipt))
	all := receipt.Record.Process[0].Status
	p.taps("Back").sees("My permissions")
	return all[len(all)-1].Type[0], consent.Status, consent.Provision.Period.End, receipt.Record.Control[0].Withdrawal["wrappy:signature"]
}

// A receipt says that a stopped permission does not stand, also where the stop was made elsewhere; the history says to whom
// a yes, a no and a stop was, for what, and why somebody got nothing.
func (v *running) saidAfterwards(t *testing.T) {
	p := v.handset(t).starts("")
	ask := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	p.returns("#r=" + ask.ID().String()).agrees("Name")
	elsewhere := v.hospital.given(ask.ID().String())
	p.taps("My permissions").sees("They can see it now")
	status, fhir, standing, withdrawal := p.receiptsOf()
	if status != "dpv:ConsentGiven" || fhir != "active" {
		t.Errorf("a receipt of what stands says %s and %s", status, fhir)
	}
	stopped, err := send(v.dial(nil, 1), "POST", v.publicURL+"/v1/person/withdrawals", strings.NewReader(encode(object{"grant": elsewhere, "signature": withdrawal})))
	must(t, err)
	stopped.into(t, http.StatusOK, &openapi.Withdrawn{})
	p.taps("Back").taps("My permissions").sees("Stopped")
	if status, fhir, end, _ := p.receiptsOf(); status != "dpv:ConsentWithdrawn" || fhir != "inactive" || end >= standing {
		t.Errorf("a receipt of what was stopped elsewhere says %s and %s until %s", status, fhir, end)
	}

	ask = v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	p.returns("#r=" + ask.ID().String()).agrees("Place of birth")
	grant := v.hospital.given(ask.ID().String())
	p.taps("My permissions").sees("They can see it now").taps("Stop").types(phonePIN).sees("Nothing more is shown").taps("OK")
	p.taps("My permissions").sees("Stopped").doesNotSee("They can see it now")
	if status, fhir, end, _ := p.receiptsOf(); status != "dpv:ConsentWithdrawn" || fhir != "inactive" || end >= standing {
		t.Errorf("a receipt of what was stopped says %s and %s until %s", status, fhir, end)
	}
	isRefused(t, v.hospital.fetch(grant), http.StatusForbidden, "denied", "withdrawn")
	p.returns("#r=" + v.hospital.ask().ID().String()).taps("No").sees("You said no").taps("OK")

	p.taps("Who asked").sees("nothing is missing").sees("was refused").fine("history-why")
	var cards []string
	p.js("[...document.querySelectorAll('article')].map(a => a.innerText)", &cards)
	for what, wants := range map[string][]string{
		"was refused": {"hospital", "You had stopped it.", "Patient registration"}, "You said yes": {"hospital", "Patient registration"}, "You said no": {"hospital"}, "You stopped it": {"hospital", "Patient registration"},
	} {
		found := 0
		for _, card := range cards {
			if !strings.Contains(card, what) {
				continue
			}
			found++
			for _, want := range wants {
				if !strings.Contains(card, want) {
					t.Errorf("%q does not say %q: %s", what, want, card)
				}
			}
		}
		if found == 0 {
			t.Errorf("the history has no %q: %q", what, cards)
		}
	}
}

// What is asked for is on the first view, the answer below it; a long notice is folded, and a tap shows all of it.
func (v *running) askedAtOnce(t *testing.T) {
	long := strings.Repeat("Whoever says yes is treated in the first tent. ", 85)
	ask := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}, "notices": []object{{"language": "en", "text": long}}})
	p := v.handset(t).starts("#r=" + ask.ID().String()).sees("They ask you").fine("asked-long")
	var places struct{ Row, Answer, Notice, Whole float64 }
	const measured = `(() => { scrollTo(0, 0); const at = s => document.querySelector(s).getBoundingClientRect(), text = document.querySelector(".notice p");
		return { Row: at("label.row").bottom, Answer: at(".answer").top, Notice: text.clientHeight, Whole: text.scrollHeight } })()`
	p.js(measured, &places)
	if places.Row > places.Answer {
		t.Errorf("the first field ends at %.0f, the answer begins at %.0f", places.Row, places.Answer)
	}
	if places.Notice > 200 || places.Whole < 1000 {
		t.Errorf("%.0f of %.0f pixels of the notice are shown", places.Notice, places.Whole)
	}
	p.taps("Show all of it").fine("asked-whole").js(measured, &places)
	if places.Notice < places.Whole {
		t.Errorf("after a tap %.0f of %.0f pixels are shown", places.Notice, places.Whole)
	}
	p.taps("Name").taps("Yes").types(phonePIN).sees("You said yes")
	v.hospital.given(ask.ID().String()) // the vault has checked that the whole of it was signed
}

// mouth writes down what a voice would say.
const mouth = `{ window.__said = []; window.SpeechSynthesisUtterance = class { constructor(t) { this.text = t } };
	Object.defineProperty(window, "speechSynthesis", { value: { getVoices: () => [{ lang: "en-US", localService: true }], cancel() {}, speak: u => { __said.push(u.text); setTimeout(() => u.onend()) } } }) }`

// hears taps the loudspeaker, and is what was said when it is silent again.
func (p *handset) hears(wants ...string) *handset {
	p.t.Helper()
	p.until("the screen to stand", "!document.querySelector('main[aria-busy]') && document.querySelector('.listen')")
	p.js("window.__said.length = 0; window.__last = 0; document.querySelector('.listen').click()", nil)
	p.until("the voice to end", "__said.length && !document.querySelector('.said') && (window.__last ||= Date.now()) < Date.now() - 300")
	var said []string
	p.js("__said", &said)
	at := 0
	for _, text := range said {
		if strings.ContainsAny(text, "🗣👍✋🔊🌙👀🔒🎯⚙🧹") {
			p.t.Errorf("a picture is said: %q", text)
		}
		if at < len(wants) && text == wants[at] {
			at++
		}
	}
	if at < len(wants) {
		p.t.Errorf("%q was not said, or not in its order: %q", wants[at], said)
	}
	return p
}

// The loudspeaker says all that the screen shows, and what can be tapped; where the phone has no voice of its own it says so: another's would hear what is on the screen.
func (v *running) readAloud(t *testing.T) {
	ask := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	p := v.handset(t).before(mouth)
	p.open("").taps("English").sees("Make my key").hears("A key of your own", "Make my key", "I have a card", "Help somebody")
	p.taps("Make my key").types(phonePIN).sees("again").types(phonePIN).sees("What do you want")
	p.returns("#r="+ask.ID().String()).sees("They ask you").taps("Name").hears("hospital", "wants to see this", "Place of birth", "Switched off", "Name", "Switched on", "Why", "Patient registration", "They say", "No", "Yes 1")
	p.taps("Yes").types(phonePIN).sees("You said yes").hears("You said yes", "OK").taps("OK")
	v.hospital.given(ask.ID().String())
	p.taps("My permissions").sees("They can see it now").hears("hospital", "Name", "They can see it now", "Stop")
	p.taps("Back").taps("More").hears("More", "Language", "My children", "Waits to be sent", "Another person uses this phone", "Leave nothing here")
	p.taps("Language").sees("About these words").hears("Language", "English", "About these words")
	p.doesNotSee("no voice")

	silent := v.handset(t).before(`{ Object.defineProperty(window, "speechSynthesis", { value: { getVoices: () => [{ lang: "en-US", localService: false }], cancel() {}, speak: () => { throw new Error("a voice that is not there") } } }) }`)
	silent.starts("").js("document.querySelector('.listen').click()", nil)
	silent.sees("This phone has no voice for these words").fine("mute")
}

// Whoever scans by the page's own camera looks at the code, and the screen that showed it says so.
func (v *running) codeLookedAt(t *testing.T) {
	p := v.known(t)
	p.taps("Show who I am").taps("Name").taps("Make the code").types(phonePIN).sees("Hold this to")
	link := p.reads()
	scanner := v.handset(t).starts("")
	scanner.taps("Somebody asks me").uploads(codeOf(t, "https://elsewhere.example/show/#"+strings.Repeat("A", 43))).sees("This code is not from here")
	scanner.uploads(codeOf(t, link)).sees("You can look once")
	p.sees("Hold this to").doesNotSee("It was looked at")
	scanner.taps("Show").sees(canary)
	p.sees("It was looked at").doesNotSee("Hold this to", "minutes left").fine("show-seen")
}

// What nothing is kept of can be said: the vault takes each field that the page offers in the form that the page gives it. Where words alone
// are no value, the page says who can put it right.
func (v *running) addsSomething(t *testing.T) {
	p := v.handset(t).starts("").settled()
	p.taps("What is kept of me").taps("Add something").fine("mine-more")
	var offered []string
	p.js("[...document.querySelectorAll('main > .tiles > .tile')].map(b => b.lastChild.textContent)", &offered)
	p.taps("Date of birth").sees("Your words stand beside theirs").js("document.querySelector('input.wide').value = '1990-05-17'", nil)
	p.taps("Save").types(phonePIN).sees("by you").sees("1990-05-17")
	p.taps("Add something").sees("Your words stand beside theirs").doesNotSee("Date of birth")

	// what is kept as a code is chosen, and shown, in words
	var choices []string
	p.taps("Gender").until("choices", "document.querySelector('main select')")
	p.js("[...document.querySelectorAll('main option')].map(o => o.textContent)", &choices)
	if !slices.Equal(choices, []string{"Male", "Female", "Other", "Not known"}) {
		t.Errorf("genders: %q", choices)
	}
	p.js("document.querySelector('main select').value = 'female'", nil)
	p.taps("Save").types(phonePIN).sees("by you").sees("Female")

	person := v.person()
	device, err := client.NewPerson(t.Context(), v.publicURL, v.config.path(v.config.TLS.Certificate), person.identity)
	must(t, err)
	var catalog openapi.Catalog
	public, err := send(v.dial(nil, 1), "GET", v.publicURL+"/v1/catalog", nil)
	must(t, err)
	public.into(t, http.StatusOK, &catalog)
	takes := 0
	for _, f := range catalog.Fields {
		form := map[string]string{"text": `"said"`, "date": `"1990-05-17"`, "boolean": "true", "number": "7", "object": `{"text":"said"}`, "list": `[{"text":"said"}]`}[string(f.Type)]
		if f.Codes != nil && len(*f.Codes) > 0 {
			form = quoted((*f.Codes)[0])
		}
		if !slices.Contains(offered, f.Label["en"]) {
			continue
		}
		takes++
		if _, err := device.Correct(t.Context(), consent.FieldName(f.Name), []byte(form)); err != nil {
			t.Errorf("the page offers %s, and %s is not taken: %v", f.Name, form, err)
		}
	}
	if takes != len(offered) || takes < 20 {
		t.Errorf("%d of the catalog's fields for %d that are offered", takes, len(offered))
	}
}

package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

// ofAge has the vault say of every child that the day has come: in truth it takes no day that is not to come.
var ofAge = fmt.Sprintf(`{ const real = fetch.bind(window); window.fetch = async (...a) => {
	const r = await real(...a);
	if (!String(a[0]).endsWith("/v1/person/representative") || (a[1]?.method ?? "GET") !== "GET" || r.status !== 200) return r;
	const said = await r.json();
	return new Response(JSON.stringify(said.until ? { ...said, until: %d } : said), { status: 200, headers: r.headers }) } }`, time.Date(time.Now().UTC().Year(), 1, 1, 0, 0, 0, 0, time.UTC).Unix())

// A child that has come of age gets its key, by a file and a code. On its own phone it is the same person with the same history, and answers for itself; its parent
// gives for it no more, on no phone, and forgets it.
func (v *running) handedOverAtTheAge(t *testing.T) {
	old := v.handset(t).before(recording).starts("")
	old.until("the key to be known", "!document.querySelector('.pending')")
	var made []string
	old.js("__made", &made)
	before := v.writtenOfChild(t, old, "🦋", 17)
	card := old.makesCard()
	earlier, code := old.taps("What is kept of me").moves()

	// a card brings the child back as one who decides alone
	p := v.handset(t).before(ofAge).open("").taps("English").taps("I have a card").uploads(card).sees("Your 6 numbers").restored(card)
	p.taps("More").taps("My children").sees("This child now decides alone")
	p.until("all to be looked for", "!document.querySelector('.looking')")
	p.doesNotSee("You say yes", "Not known yet").taps("Add a child").sees("Choose a picture").doesNotSee("🦋").taps("Back").taps("Back").taps("Back")
	v.fetched(t, before, "representative")

	// in Arabic; it can be made again
	p.taps("More").taps("Language").taps("العربية").sees("بطاقتي").presses("main > .wide").presses("main > .wide:nth-of-type(2)").fine("children-grown-ar").presses(".actions button").fine("hand-ar")
	p.presses(".main").types(phonePIN).sees("اكتب هذه الأرقام").fine("hand-made-ar").presses("main > .wide").presses("main > .wide").presses("main > .wide:nth-of-type(2)").fine("children-handed-ar")
	p.presses(".back").presses(".back").presses("main > .wide").presses("main > .wide").taps("English").sees("What do you want")

	ask := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	p.returns("#r=" + ask.ID().String()).sees("They ask you").doesNotSee("For whom?").taps("No").sees("You said no").taps("OK").sees("What do you want")

	// file and code
	p.taps("More").taps("My children").taps("Hand over").sees("decides alone").sees("can still make this key").fine("hand").taps("Make file and code").types("135790").sees("Wrong numbers")
	p.doesNotSee("Write down").types(phonePIN).sees("Write down these numbers").sees("can still make this key").fine("hand-made")
	file := p.keeps("Keep the file")
	var groups []string
	p.js("[...document.querySelectorAll('.groups span')].map(s => s.textContent)", &groups)
	isOfChild(t, openMoving(t, file, groups), made[0])
	p.taps("OK").sees("What do you want").taps("More").taps("My children").sees("You made a file and a code").doesNotSee("You say yes").fine("children-handed").taps("Back").taps("Back")

	// the child's own phone
	c := v.handset(t).comes(file)
	c.writes(0, "000001", "000002", "000003", "000004", "000005", "000006", "000007", "000008").sees("This code belongs to another file")
	if c.kept("people") != 0 {
		t.Error("another file's code has brought somebody")
	}
	c.writes(0, groups...).sees("Choose 6 numbers").types(phonePIN).sees("again").types(phonePIN)
	c.sees("4 things are here now").sees("the same place as before").sees("they have your key too").doesNotSee("could not come along", "erase it there", "must ask you again", "You have moved").fine("came-handed")
	c.taps("What is kept of me").sees(canary).sees("hospital").taps("Back").taps("Your key is on this phone").taps("OK").sees("What do you want")
	c.taps("Who asked").sees("nothing is missing").sees("It was said who says yes for this child").sees("wrote down").doesNotSee("For this child").taps("Back")
	isRefused(t, v.hospital.fetch(before), http.StatusForbidden, "denied", "policy") // it was another's word
	c.taps("My permissions").sees("They can see it now").doesNotSee("For this child").taps("Stop").types(phonePIN).sees("Nothing more is shown").taps("OK")
	isRefused(t, v.hospital.fetch(before), http.StatusForbidden, "denied", "withdrawn")
	ask = v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	c.returns("#r=" + ask.ID().String()).sees("They ask you").doesNotSee("For whom?").agrees("Name")
	if got, raw := v.fetched(t, v.hospital.given(ask.ID().String()), "self"); len(got.Released) != 1 || !bytes.Contains(raw, []byte(canary)) {
		t.Errorf("released %v", got.Released)
	}

	// a phone that has not heard of it cannot give either
	ask = v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	old.isAsked(ask.ID().String(), "🦋").agrees("Name").sees("It was not taken")
	var open openapi.Request
	if v.hospital.call("GET", "/v1/requests/"+ask.ID().String(), "").into(t, http.StatusOK, &open); open.Status != openapi.StatusRequested || open.Grant != nil {
		t.Errorf("the request is %s", open.Status)
	}

	// the parent forgets, and the picture stands for nobody else
	p.taps("More").taps("My children").taps("forget it here").sees("The picture is not used again").fine("hand-forget").types(phonePIN).sees("the year in which it comes of age").doesNotSee("🦋")
	p.taps("Add a child").sees("Choose a picture").sees("🐸").doesNotSee("🦋")
	p.returns("").sees("What do you want").taps("More").taps("My children").sees("the year in which it comes of age").doesNotSee("🦋")
	p.returns("").sees("What do you want").taps("What is kept of me").taps("Move to another place").uploads(earlier).writes(0, code...).sees("the same place as before").taps("OK").sees("What do you want")
	p.taps("More").taps("My children").sees("the year in which it comes of age").doesNotSee("🦋") // nor by a file of before
	c.returns("").taps("What is kept of me").sees(canary)
}

// isOfChild: the key in the file is the child's alone, and what is kept of it.
func isOfChild(t *testing.T, m *moving, parent string) {
	t.Helper()
	secret, err := hex.DecodeString(parent)
	must(t, err)
	seed, err := wallet.SeedFromBytes(secret)
	must(t, err)
	child := (&wallet.Identity{Seed: seed}).Child(1)
	if !bytes.Equal(m.seed, child.Seed.Bytes()) || !bytes.Equal(m.salt, child.Salt[:]) || len(m.children) != 0 {
		t.Error("the file is not of the child alone")
	}
	if !bytes.Contains(m.export, []byte(canary)) || !bytes.Contains(m.export, []byte(`"minor":false,"representative":false`)) {
		t.Error("the file holds nothing of what is kept, or a minor's")
	}
}

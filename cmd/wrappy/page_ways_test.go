package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A stop that is made without a network is not lost by a reload, is sent when the network is back, and counts.
func (v *running) stopOffline(t *testing.T) {
	p := v.known(t)
	ask := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	p.returns("#r=" + ask.ID().String()).agrees("Name")
	grant := v.hospital.given(ask.ID().String())
	if got := v.hospital.fetch(grant); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	p.stays()
	p.taps("My permissions").sees("They can see it now")
	p.offline(true)
	p.taps("Stop").types(phonePIN).sees("on its way").fine("given-offline")
	p.run(chromedp.Reload())
	p.types(phonePIN).sees("waits to be sent").fine("waiting")
	if got := v.hospital.fetch(grant); got.status != http.StatusOK {
		t.Fatalf("stopped before it was sent? %d", got.status)
	}
	p.offline(false)
	p.until("everything to be sent", "document.querySelector('.strip').hidden")
	isRefused(t, v.hospital.fetch(grant), http.StatusForbidden, "denied", "withdrawn")
}

// A stop of everything that is signed without a network counts, however wrong the phone's clock: nobody has told it the time yet.
func (v *running) stopByAWrongClock(t *testing.T) {
	for _, wrong := range []time.Duration{2 * time.Hour, -2 * time.Hour} {
		p := v.handset(t).before(fmt.Sprintf("{ const now = Date.now; Date.now = () => now() + %d }", wrong.Milliseconds())).starts("")
		var grants []string
		for range 2 {
			ask := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
			p.returns("#r=" + ask.ID().String()).agrees("Name")
			grants = append(grants, v.hospital.given(ask.ID().String()))
		}
		p.settled().stays()
		p.offline(true)
		p.run(chromedp.Reload())
		p.types(phonePIN).sees("What do you want").taps("My permissions").taps("Stop everything").taps("Stop everything").types(phonePIN).sees("on its way")
		p.offline(false)
		p.sees("Nothing more is shown")
		for _, grant := range grants {
			isRefused(t, v.hospital.fetch(grant), http.StatusForbidden, "denied", "withdrawn")
		}
	}
}

// A key is made without a network, and made known when there is one.
func (v *running) startOffline(t *testing.T) {
	p := v.handset(t)
	p.open("").sees("English").fine("languages").taps("English").sees("Make my key").fine("welcome")
	p.until("the rest to be here", "performance.getEntriesByType('resource').filter(r => r.name.includes('/a/')).length > 5")
	p.offline(true)
	p.taps("Make my key").types(phonePIN).sees("again").types(phonePIN).sees("not known yet")
	p.offline(false)
	p.until("the key to be known", "!document.querySelector('.pending')")
	p.taps("My permissions").sees("no permission")
	ask := v.hospital.ask()
	p.returns("#r=" + ask.ID().String()).agrees("Name")
	v.hospital.given(ask.ID().String())
}

// The same request in two tabs is answered once.
func (v *running) twoTabs(t *testing.T) {
	p := v.handset(t)
	p.starts("")
	ask := v.hospital.ask(object{"actions": []string{"read"}})
	fragment := "#r=" + ask.ID().String()
	p.returns(fragment).sees("They ask you").taps("Name")
	other := p.tab().open(fragment).types(phonePIN).sees("They ask you").taps("Place of birth")
	p.taps("Yes").types(phonePIN).sees("You said yes")
	other.taps("Yes").types(phonePIN).sees("answered this already")
	v.hospital.given(ask.ID().String())
	p.taps("OK").taps("My permissions").sees("They can see it now")
	var cards int
	p.js("document.querySelectorAll('.card').length", &cards)
	if cards != 1 {
		t.Errorf("%d permissions", cards)
	}

	// what leaves nothing in one leaves nothing in the memory of the other
	other.js("window.__mark = 1", nil)
	p.taps("Back").taps("More").taps("Leave nothing here").taps("Leave nothing here").taps("Remove, and stop nothing").sees("English")
	other.until("another document", "window.__mark === undefined")
	other.sees("English").doesNotSee("hospital")
}

// Digits are counted before they are tried, and a reload forgives nothing.
func (v *running) wrongPIN(t *testing.T) {
	p := v.handset(t)
	p.starts("").run(chromedp.Reload())
	since := func(last time.Duration) { // the phone's own steps take time too
		p.js(fmt.Sprintf(`new Promise((done, fail) => { const open = indexedDB.open("page"); open.onsuccess = () => { const s = open.result.transaction("people", "readwrite").objectStore("people"), all = s.getAll();
			all.onsuccess = () => { const [one] = all.result; if (one.wrong !== 5) return fail(one.wrong); s.put({...one, last: Date.now() - %d}, one.id).onsuccess = () => { open.result.close(); done() } } } })`, last.Milliseconds()), nil)
	}
	for range 5 {
		p.types("135790").sees("Wrong numbers")
	}
	since(0)
	for range 6 {
		p.types("135790").sees("Too many wrong numbers")
	}
	p.fine("pin-wrong")
	since(0)
	p.run(chromedp.Reload())
	p.types(phonePIN).sees("Too many wrong numbers")
	since(time.Hour)
	p.types(phonePIN).sees("What do you want")
}

// In Arabic everything runs from the right; nobody has checked its words yet, so nobody can say yes in it.
func (v *running) arabic(t *testing.T) {
	ask := v.hospital.ask(object{"notices": []object{{"language": "en", "text": "To treat you."}, {"language": "ar", "text": "لكي نعالجك."}}})
	p := v.handset(t)
	p.open("#r=" + ask.ID().String()).taps("العربية").fine("welcome-ar").taps("اصنع مفتاحي").fine("pin-ar").types(phonePIN).sees("مرة أخرى").types(phonePIN)
	p.sees("لكي نعالجك").fine("asked-ar").sees("لم يراجع أحد")
	p.js("[...document.querySelectorAll('label.row')].forEach(l => l.click())", nil)
	var can bool
	p.js("!document.querySelector('.yes').hasAttribute('disabled')", &can)
	if can {
		t.Error("yes can be said in words that nobody has checked")
	}
	p.taps("رجوع").fine("home-ar")
	for _, screen := range []string{"أذوناتي", "من طلب أن يرى", "أُظهر من أنا", "ما يُحفظ عني", "بطاقتي", "المزيد"} {
		p.taps(screen).fine("").taps("رجوع").sees("ماذا تريد")
	}
}

// A picture of a code serves where there is no camera.
func (v *running) pictureOfCode(t *testing.T) {
	ask := v.hospital.ask()
	p := v.handset(t)
	p.starts("").taps("Somebody asks me").fine("scan")
	p.uploads(codeOf(t, v.publicURL+"/me/#r="+ask.ID().String())).sees("They ask you").sees("hospital")
	p.taps("No").sees("You said no")
}

// recording keeps every secret of 32 bytes that the page makes.
const recording = `{ const real = crypto.getRandomValues.bind(crypto); window.__made = []; crypto.getRandomValues = a => { const r = real(a); if (a.byteLength === 32) __made.push([...new Uint8Array(a.buffer, a.byteOffset, 32)].map(b => b.toString(16).padStart(2, "0")).join("")); return r } }`

// What stays on the phone holds no field value, no name, and no secret in clear.
func (v *running) storage(t *testing.T) {
	folder := profile(t)
	p := v.ownBrowser(t, folder)
	p.before(recording).before(`if (navigator.storage) navigator.storage.persist = async () => { window.__lasts = (window.__lasts ?? 0) + 1; return true }`)
	v.written(t, p)
	p.until("the browser to be asked to keep it", "window.__lasts === 1")
	var made []string
	p.taps("Who asked").sees("nothing is missing").taps("Back").sees("What do you want").taps("My card").taps("Make a card").types(phonePIN).sees("Found?").taps("OK").sees("The old one then opens nothing").taps("Back").sees("What do you want")
	p.taps("Show who I am").taps("Name").taps("Make the code").types(phonePIN).sees("Hold this to").taps("Stop").sees("What do you want")
	p.taps("What is kept of me").sees(canary).fine("mine").js("__made", &made)
	if len(made) < 3 {
		t.Fatalf("%d secrets were made", len(made))
	}
	words := p.keepsSecret(made, canary, "identity.name", "hospital", "EXTRACTABLE", "/v1/")
	p.keepsNoID()
	values := append([]string{canary, "Lakeside Road"}, words[len(words)-3*len(made):]...)
	inFiles(t, folder, values)
	p.taps("Back").taps("More").taps("Leave nothing here").taps("Leave nothing here").taps("Remove, and stop nothing").taps("English").sees("Make my key")
	var left int
	p.js(`(async () => localStorage.length + (await caches.keys()).length)()`, &left)
	if people := p.kept("people") + p.kept("acts") + p.kept("device"); people != 0 || left > 2 { // the page that came back has its own again
		t.Errorf("%d things of people are left, and %d others", people, left)
	}
}

// keepsSecret finds none of these secrets, which are hexadecimal, and words on the phone. It gives back all that it looked for.
func (p *handset) keepsSecret(made []string, words ...string) []string {
	p.t.Helper()
	for _, m := range made {
		secret, err := hex.DecodeString(m)
		must(p.t, err)
		words = append(words, m, string(secret), base64.StdEncoding.EncodeToString(secret))
	}
	latin := p.stored()
	for i, word := range words {
		if bytes.Contains(latin, []byte(word)) {
			p.t.Errorf("in clear on the phone: %d", i)
		}
	}
	return words
}

// keepsNoID is for when nothing waits to be sent: what waits is found by a digest.
func (p *handset) keepsNoID() {
	p.t.Helper()
	if id := regexp.MustCompile("0x[0-9a-f]{8}").Find(p.stored()); id != nil {
		p.t.Errorf("in clear on the phone: something with an id, %s", id)
	}
}

// stored is all that the page keeps on the phone, one byte a character, but its files and the catalog.
func (p *handset) stored() []byte {
	p.t.Helper()
	var dump string
	p.js(`(async () => {
		const text = v => v instanceof ArrayBuffer || ArrayBuffer.isView(v) ? Array.from(new Uint8Array(v.buffer ?? v), b => String.fromCharCode(b)).join("") : v instanceof CryptoKey ? (v.extractable ? "EXTRACTABLE" : "") : v && typeof v === "object" ? Object.entries(v).map(([k, x]) => k + "=" + text(x)).join(" ") : String(v);
		let out = text({...localStorage}) + text({...sessionStorage}) + document.cookie;
		const db = await new Promise(done => { const o = indexedDB.open("page"); o.onsuccess = () => done(o.result) });
		for (const s of db.objectStoreNames) if (s !== "kept") out += s + ":" + text(await new Promise(done => { const a = db.transaction(s).objectStore(s).getAll(); a.onsuccess = () => done(a.result) }));
		db.close();
		for (const c of await caches.keys()) out += (await (await caches.open(c)).keys()).map(r => r.url).join(" ");
		return btoa(unescape(encodeURIComponent(out)));
	})()`, &dump)
	raw, err := base64.StdEncoding.DecodeString(dump)
	must(p.t, err)
	if !bytes.Contains(raw, []byte("people:")) || len(raw) < 1000 {
		p.t.Fatalf("only %d bytes were looked at", len(raw))
	}
	latin := make([]byte, 0, len(raw)) // as it is stored, one byte a character
	for _, r := range string(raw) {
		latin = append(latin, byte(r))
	}
	return latin
}

// inFiles looks for texts in all that a browser has on its disk. What it deletes it may keep for a while, and is looked at as well.
func inFiles(t *testing.T, folder string, texts []string) {
	t.Helper()
	size := 0
	must(t, filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && !d.Type().IsRegular() {
			return nil // the browser is at work
		}
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		size += len(data)
		for i, text := range texts {
			if bytes.Contains(data, []byte(text)) {
				t.Errorf("in clear in the browser's file %s: %d", strings.TrimPrefix(path, folder), i)
			}
		}
		return err
	}))
	if size < 100_000 {
		t.Errorf("only %d bytes of the browser's files were looked at", size)
	}
}

// firstView writes down what had come when the languages stood: path, when it was asked for and when it was there, and bytes on the line.
const firstView = `new MutationObserver((_, o) => { if (document.querySelectorAll(".tile").length < 7) return; o.disconnect(); const now = performance.now();
	window.__first = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].filter(r => r.responseStart && r.responseStart < now).map(r => ({ Path: new URL(r.name).pathname, Asked: r.fetchStart, Came: r.responseEnd, Size: r.transferSize })) }).observe(document, { childList: true, subtree: true })`

// A phone's first view on a line of 50 kbit/s with 800 ms of a round trip. Seconds are told, and not held: machines that test are busy. What they
// follow from is held: what must come before the languages stand, its bytes, and that all of it is asked for at once, behind the page itself.
func (v *running) slowLine(t *testing.T) {
	p := v.handset(t).before(firstView)
	p.network(false, 800, 50_000)
	begun := time.Now()
	p.open("").until("the languages", "document.querySelectorAll('.tile').length === 7")
	usable := time.Since(begun)
	var first []struct {
		Path              string
		Asked, Came, Size float64
	}
	p.js("__first", &first)
	asked, came, size := 0.0, math.Inf(1), 0.0
	for i, one := range first {
		if size += one.Size; i > 0 {
			asked, came = max(asked, one.Asked), min(came, one.Came)
		}
	}
	if len(first) < 3 || len(first) > 6 || first[0].Path != "/me/" {
		t.Errorf("before the languages stand come %+v", first)
	}
	if size == 0 || size > 16<<10 { // with what HTTP adds
		t.Errorf("%.0f bytes before the languages stand: %+v", size, first)
	}
	if asked > came {
		t.Errorf("something is asked for when something else has come, a round trip later: %+v", first)
	}
	p.taps("English").sees("Make my key")
	t.Logf("usable after %.1f s; the next screen after %.1f s", usable.Seconds(), time.Since(begun).Seconds())
	var loaded []string
	p.js("performance.getEntriesByType('resource').map(r => r.name)", &loaded)
	for _, url := range loaded {
		if !strings.HasPrefix(url, v.publicURL+"/me/") {
			t.Errorf("fetched from elsewhere: %s", url)
		}
	}
}

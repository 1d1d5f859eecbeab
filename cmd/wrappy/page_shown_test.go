package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

// reads is what the code on the screen holds, read from its picture as another phone's camera does.
func (p *handset) reads() string {
	p.t.Helper()
	if _, err := axe(); err != nil { // installs what reads codes, too
		p.t.Fatal(err)
	}
	var pixels string
	p.js(`(async () => { const svg = document.querySelector("svg.code"), image = new Image(), side = 5 * svg.viewBox.baseVal.width;
		const alone = svg.cloneNode(true); alone.setAttribute("width", side); alone.setAttribute("height", side); alone.setAttribute("xmlns", svg.namespaceURI);
		image.src = "data:image/svg+xml," + encodeURIComponent(alone.outerHTML); await image.decode();
		const canvas = document.createElement("canvas"); canvas.width = canvas.height = side + 80; const draw = canvas.getContext("2d");
		draw.fillStyle = "#fff"; draw.fillRect(0, 0, side + 80, side + 80); draw.drawImage(image, 40, 40, side, side);
		const grey = draw.getImageData(0, 0, side + 80, side + 80).data.filter((_, i) => i % 4 === 0);
		return JSON.stringify({ side: side + 80, grey: btoa([...grey].map(b => String.fromCharCode(b)).join("")) }) })()`, &pixels)
	read := exec.Command("node", "--input-type=module", "-e", `import decode from "qr/decode.js"; let all = ""; for await (const c of process.stdin) all += c; const { side, grey } = JSON.parse(all);
		const data = new Uint8Array(4 * side * side); Buffer.from(grey, "base64").forEach((g, i) => data.set([g, g, g, 255], 4 * i)); process.stdout.write(decode({ width: side, height: side, data }))`)
	read.Dir, read.Stdin = pageSources, strings.NewReader(pixels)
	var problem bytes.Buffer
	read.Stderr = &problem
	text, err := read.Output()
	if err != nil {
		p.t.Fatalf("%v %s", err, problem.String())
	}
	return string(text)
}

// scans opens what a code holds on a fresh phone.
func (v *running) scans(t *testing.T, link string) *handset {
	t.Helper()
	p := v.handset(t)
	p.run(chromedp.Navigate(link))
	return p
}

// overCode is a code whose five minutes end in a moment.
func (v *running) overCode(t *testing.T, left time.Duration) (link string, end time.Time) {
	t.Helper()
	p := v.person()
	begins := time.Now().Add(left - consent.ShowPeriod*time.Second)
	choice := wallet.ShowChoice{Fields: []consent.FieldName{"identity.name"}, Jurisdiction: country, Begins: begins, Notice: consent.Notice{Language: "en", Text: "Whoever scans this."}}
	device, err := client.NewPerson(t.Context(), v.publicURL, v.config.path(v.config.TLS.Certificate), p.identity)
	must(t, err)
	code, err := device.Show(t.Context(), choice)
	must(t, err)
	eventually(t, "the code's permission to be confirmed", func() bool {
		given, err := device.Grants(t.Context())
		must(t, err)
		return slices.ContainsFunc(given, func(g openapi.OwnGrant) bool { return g.Status != openapi.StatusRequested })
	})
	link, err = showLink(v.publicURL, code.Secret)
	must(t, err)
	return link, begins.Add(consent.ShowPeriod * time.Second)
}

// A code on the screen shows what was picked to whoever presses first, once: whoever only looks at the link uses up nothing.
func (v *running) shownCode(t *testing.T) {
	over, end := v.overCode(t, 8*time.Second)
	p := v.known(t)
	p.taps("Show who I am").sees("What do you want to show?").fine("show")
	var fields []string
	p.js("[...document.querySelectorAll('label.row')].map(l => l.textContent)", &fields)
	if len(fields) < 3 || !strings.Contains(fields[0], "Photo") {
		t.Errorf("not the photo first: %q", fields)
	}
	p.taps("Photo").taps("Name").taps("Make the code").types(phonePIN).sees("Hold this to").fine("show-code")
	link := p.reads()
	page, secret, _ := strings.Cut(link, "#")
	if page != v.publicURL+"/show/" || len(secret) != 43 {
		t.Fatalf("a code that holds %d characters of %s", len(secret), page)
	}

	robot := v.dial(nil, 1)
	for _, method := range []string{"GET", "HEAD"} {
		got, err := send(robot, method, page, nil)
		must(t, err)
		if got.status != http.StatusOK || strings.Contains(string(got.body), canary) {
			t.Errorf("%s: %d", method, got.status)
		}
		if got, err = send(robot, method, v.publicURL+"/v1/shown?secret="+secret, nil); err != nil || got.status != http.StatusMethodNotAllowed {
			t.Errorf("%s of what the button sends: %d %v", method, got.status, err)
		}
	}
	v.scans(t, link).sees("You can look once").fine("show-before").doesNotSee(canary) // a preview that runs the page

	scanner, late := v.scans(t, link), v.scans(t, link)
	scanner.taps("Show").sees("This is what the person shows you").sees(canary).sees("hospital").sees("This proves the phone, not the face").sees("Compare the photo with the person").fine("show-after")
	var shown []string
	scanner.js("[...document.querySelectorAll('dt')].map(d => d.textContent)", &shown)
	if strings.Join(shown, " ") != "Photo Name" {
		t.Errorf("shown: %q", shown)
	}
	scanner.until("the photo to be a picture", "document.querySelector('dd img').naturalWidth > 0")
	late.taps("Show").sees("This code was used already").doesNotSee(canary)
	scanner.run(chromedp.Reload())
	scanner.sees("There is no such code").doesNotSee(canary)
	p.taps("Stop").sees("What do you want")

	p.taps("Show who I am").taps("Name").taps("Make the code").types(phonePIN).sees("Hold this to")
	arab := v.handset(t).speaks("ar")
	arab.run(chromedp.Navigate(p.reads()))
	arab.sees("يمكنك النظر مرة واحدة").fine("show-before-ar").taps("عرض").sees("هذا ما يُريك إياه الشخص").sees(canary).sees("هذا يثبت الهاتف لا الوجه").doesNotSee("قارن الصورة").fine("show-after-ar")
	data, err := os.ReadFile(arab.keeps("احفظه"))
	must(t, err)
	var answer openapi.Shown
	must(t, json.Unmarshal(data, &answer))
	if len(answer.Signature) == 0 || !strings.Contains(answer.Statement, canary) || strings.Contains(answer.Statement, "identity.photo") || len(answer.Writers) != 1 || answer.Writers[0].Name != "hospital" {
		t.Errorf("as JSON: %+v", answer)
	}

	closed := v.scans(t, over).sees("You can look once")
	eventually(t, "the five minutes to end", func() bool { return time.Now().After(end.Add(time.Second)) })
	closed.taps("Show").sees("This code is over")
}

// passing answers first what a vault does that is starting, has too much to do, or has not seen the grant's block yet.
const passing = `{ const real = fetch, first = [[503, {}], [429, {}], [403, { reasons: ["unconfirmed"] }]];
	window.fetch = (...call) => first.length ? Promise.resolve((([status, said]) => new Response(JSON.stringify(said), { status }))(first.shift())) : real(...call) }`

// shownStates has whoever scans a code come by keys alone to everything that the page behind it can say, in two languages.
func (v *running) shownStates(t *testing.T) {
	for _, c := range []struct {
		language                                                                                                            string
		button, again, before, lost, shown, keep, used, over, stopped, absent, nothing, compare, showing, early, soon, busy string
	}{
		{"en", "Show", "Try again", "You can look once", "No connection", "This is what the person shows you", "Keep it as a signed file", "This code was used already", "This code is over", "The person has stopped this code", "There is no such code", "Nothing is recorded", "Compare the photo", "Somebody shows you", "This code is not valid yet", "This code is still being prepared", "Not possible just now"},
		{"ar", "عرض", "حاول مرة أخرى", "يمكنك النظر مرة واحدة", "لا يوجد اتصال", "هذا ما يُريك إياه الشخص", "احفظه كملف", "استُعمل هذا الرمز", "انتهى هذا الرمز", "أوقف الشخص هذا الرمز", "لا يوجد رمز كهذا", "لا شيء مسجَّل", "قارن الصورة", "شخص يُريك", "هذا الرمز غير صالح بعد", "هذا الرمز ما زال قيد التحضير", "غير ممكن الآن"},
	} {
		t.Run(c.language, func(t *testing.T) {
			v := v.in(t)
			p := v.known(t)
			code := func(labels ...string) string {
				p.sees("What do you want").taps("Show who I am")
				for _, label := range labels {
					p.taps(label)
				}
				p.taps("Make the code").types(phonePIN).sees("Hold this to")
				return p.reads()
			}
			over, end := v.overCode(t, 20*time.Second)
			link := code("Photo", "Name")
			scans := func(link string) *handset {
				one := v.handset(t).speaks(c.language)
				one.run(chromedp.Navigate(link))
				return one
			}
			name := func(state string) string { return "show-" + state + "-" + c.language }
			first, late := scans(link), scans(link)
			closed := scans(over).sees(c.before)

			// where no answer comes nothing is lost, and the key stays where it is
			first.sees(c.showing).sees(c.before).holds(name("button"))
			first.offline(true)
			first.enters(c.button).sees(c.lost).holds(name("lost")).doesNotSee(canary)
			first.offline(false)
			first.enters(c.again).sees(c.shown).sees(canary).sees(c.compare)
			first.until("the heading to have the focus", "document.activeElement === document.querySelector('h1')")
			first.until("the photo", "document.querySelector('dd img')?.naturalWidth > 0")
			first.holds(name("shown"))
			data, err := os.ReadFile(first.downloads("the signed file", func() { first.reaches(c.keep).run(chromedp.KeyEvent(kb.Enter)) }))
			must(t, err)
			var answer openapi.Shown
			must(t, json.Unmarshal(data, &answer))
			if len(answer.Signature) == 0 || !strings.Contains(answer.Statement, canary) {
				t.Errorf("as JSON: %+v", answer)
			}

			refused := func(one *handset, says, state string) {
				t.Helper()
				one.enters(c.button).sees(says).doesNotSee(canary, c.before)
				one.until("no button, and the focus on the heading", "document.activeElement === document.querySelector('h1') && document.querySelector('#show').hidden")
				one.until("a screen reader to be told", "document.querySelector('[role=status]').innerText.includes("+quoted(says)+")")
				one.holds(name(state))
			}
			refused(late, c.used, "used")
			p.taps("Stop")
			scans(v.publicURL + "/show/#" + strings.Repeat("A", 42)).sees(c.absent).holds(name("absent"))
			stopped := scans(code("Name"))
			p.taps("Stop").sees("What do you want").settled()
			refused(stopped, c.stopped, "stopped")

			// what passes by itself can be tried again, and uses nothing up
			early, _ := v.overCode(t, consent.ShowPeriod*time.Second+10*time.Minute)
			scans(early).enters(c.button).sees(c.early).holds(name("early")).reaches(c.again).doesNotSee(canary)
			waits := v.handset(t).speaks(c.language).before(passing)
			waits.run(chromedp.Navigate(code("Name")))
			waits.enters(c.button).sees(c.busy).holds(name("busy")).enters(c.again).sees(c.busy).enters(c.again).sees(c.soon).holds(name("soon")).doesNotSee(canary).enters(c.again).sees(c.shown).sees(canary)

			bare, _ := v.overCode(t, 5*time.Minute)
			empty := scans(bare).enters(c.button).sees(c.nothing)
			empty.holds(name("nothing"))
			eventually(t, "the five minutes to end", func() bool { return time.Now().After(end.Add(time.Second)) })
			refused(closed, c.over, "over")
		})
	}
}

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const pageSources = "../../web/me"

// axe is axe-core's own script, of the page's development packages.
var axe = sync.OnceValues(func() (string, error) {
	path := filepath.Join(pageSources, "node_modules/axe-core/axe.min.js")
	if _, err := os.Stat(path); err != nil {
		install := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--silent")
		install.Dir = pageSources
		if err := install.Run(); err != nil {
			return "", err
		}
	}
	script, err := os.ReadFile(path)
	return string(script), err
})

// screens are those that were looked at: each once, and its layout once in each language.
var screens = struct {
	sync.Mutex
	seen map[string]bool
}{seen: map[string]bool{}}

// screenNow tells screens apart by what they are made of, not by what they are filled with.
const screenNow = `(() => { const m = document.querySelector("main"); if (!m || !m.children.length || m.hasAttribute("aria-busy")) return ["", ""];
	const made = [...m.querySelectorAll("*")].filter(e => e.getClientRects().length && !e.closest("svg *")).map(e => [e.tagName, e.getAttribute("class"), e.getAttribute("role"), e.closest("h1") && e.dataset.say, e.hasAttribute("disabled")].join("."));
	return [location.pathname + " " + [...new Set(made)].sort().join(" "), document.documentElement.lang] })()`

// looked holds the screen that stands against what every screen must be, where no test has had it before.
// It is called for every screen that a way comes through.
func (p *handset) looked() {
	p.t.Helper()
	for range 5 {
		before := p.screen()
		if before[0] == "" {
			return // it is being made: the next step comes to it
		}
		screens.Lock()
		first, here := !screens.seen[before[0]], !screens.seen[before[0]+before[1]]
		screens.Unlock()
		if !here {
			return
		}
		faults := p.layout()
		if first {
			faults = append(append(faults, p.barriers()...), p.keys()...)
		}
		if p.screen() != before {
			continue // it became another meanwhile
		}
		screens.Lock()
		screens.seen[before[0]], screens.seen[before[0]+before[1]] = true, true
		screens.Unlock()
		for _, one := range faults {
			p.t.Errorf("%q in %s: %s", p.heading(), before[1], one)
		}
		return
	}
}

func (p *handset) screen() (now [2]string) {
	p.t.Helper()
	p.js(screenNow, &now)
	return now
}

func (p *handset) heading() (text string) {
	p.js("document.querySelector('h1')?.innerText ?? document.title", &text)
	return text
}

// layout: nothing wider than the narrowest phone, nothing too small for a thumb, nothing cut off, no Burmese syllable in two.
func (p *handset) layout() (faults []string) {
	p.t.Helper()
	var found []string
	for _, width := range []int64{320, 360} {
		p.run(emulation.SetDeviceMetricsOverride(width, 640, 2, true))
		// innerWidth grows with what is too wide
		p.js(fmt.Sprintf(`((width) => { const wide = document.scrollingElement.scrollWidth, out = wide > width ? [width + " pixels have no room for " + wide] : [];
			for (const e of document.querySelectorAll("a[href],button,select,textarea,summary,input:not([type=checkbox]):not(.unseen),label.row")) {
				const r = e.getBoundingClientRect();
				if (r.width && (r.width < 48 || r.height < 48)) out.push("smaller than 48 pixels: " + e.outerHTML);
				if (r.width && (e.scrollWidth > e.clientWidth + 1 && e.tagName !== "INPUT" && e.tagName !== "SELECT" || r.left < -1 || r.right > width + 1)) out.push("its words do not fit: " + e.outerHTML);
			}
			const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange(), top = (n, i) => (range.setStart(n, i), range.setEnd(n, i + 1), range.getBoundingClientRect()).top;
			while (texts.nextNode()) for (const m of texts.currentNode.data.matchAll(/[\u102b-\u103e]/g))
				if (m.index && texts.currentNode.parentElement.checkVisibility() && top(texts.currentNode, m.index) > top(texts.currentNode, m.index - 1) + 12) out.push("cut through a syllable: " + texts.currentNode.data);
			return out })(%d)`, width), &found)
		faults = append(faults, found...)
	}
	return faults
}

// barriers are what a program can tell of WCAG 2.2 AA, in both colour schemes.
func (p *handset) barriers() (faults []string) {
	p.t.Helper()
	script, err := axe()
	must(p.t, err)
	there := false
	if p.js("!!window.axe", &there); !there {
		p.run(chromedp.Evaluate(script, nil))
	}
	for _, scheme := range []struct{ name, rules string }{
		{"dark", `{type: "rule", values: ["color-contrast", "link-in-text-block"]}`}, // no other rule sees colours
		{"light", `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]`},
	} {
		p.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme.name}, {Name: "prefers-reduced-motion", Value: "reduce"}}))
		var found []string
		p.js(`axe.run(document, {runOnly: `+scheme.rules+`}).then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html + " " + n.failureSummary).join("; ")))`, &found)
		for _, one := range found {
			faults = append(faults, scheme.name+": "+one)
		}
	}
	return faults
}

// keys: every control is reached by the key Tab, can be seen to be where one is, and is not covered by another.
func (p *handset) keys() (faults []string) {
	p.t.Helper()
	p.js(`window.__was = document.activeElement; window.__reached = new Set(); document.activeElement?.blur(); scrollTo(0, 0);
		window.__controls = [...document.querySelectorAll("a[href],button,input,select,textarea,summary,[tabindex='0']")].filter(e => e.getClientRects().length && e.tabIndex >= 0 && !e.matches(":disabled")); undefined`, nil)
	for range 120 {
		p.run(chromedp.KeyEvent(kb.Tab))
		var fault string
		p.js(`(() => { const e = document.activeElement, all = window.__controls;
			if (all.every(c => window.__reached.has(c))) return "end";
			if (window.__reached.has(e)) return ""; // once around is past the browser's own; a date's day, month and year are reached one by one
			if (!e || e === document.body || !all.includes(e)) return "";
			window.__reached.add(e);
			const mark = e.matches(".row input") ? e.nextElementSibling : e, s = getComputedStyle(mark), r = mark.getBoundingClientRect();
			if (!e.matches(":focus-visible") || s.outlineStyle !== "solid" || parseFloat(s.outlineWidth) < 2) return "no mark of the focus: " + e.outerHTML;
			const top = document.elementFromPoint(r.left + r.width / 2, r.top + Math.min(r.height / 2, innerHeight / 2));
			return top && (mark.contains(top) || top.contains(mark) || e.closest("label")?.contains(top)) ? "" : "covered where the focus is: " + e.outerHTML + " by " + top?.outerHTML.slice(0, 200) })()`, &fault)
		if fault == "end" {
			break
		}
		if fault != "" {
			faults = append(faults, fault)
		}
	}
	var missed []string
	p.js(`(() => { const missed = window.__controls.every(c => c.isConnected) ? window.__controls.filter(c => !window.__reached.has(c)).map(c => "no key leads to " + c.outerHTML) : [];
		if (window.__was?.isConnected) window.__was.focus(); scrollTo(0, 0); return missed })()`, &missed)
	return append(faults, missed...)
}

// holds looks at the screen that stands whatever it is made of: its layout, barriers and keys.
func (p *handset) holds(name string) *handset {
	p.t.Helper()
	for _, one := range append(append(p.layout(), p.barriers()...), p.keys()...) {
		p.t.Errorf("%s: %s", name, one)
	}
	return p.fine(name)
}

// fine is for a screen that a way stops at: it is kept as a picture, and has an address and a title that tell nothing.
func (p *handset) fine(name string) *handset {
	p.t.Helper()
	p.until("the screen to stand", "!document.querySelector('main[aria-busy]')")
	p.picture(name)
	p.looked()
	var place string
	p.js("document.title + ' ' + location.href", &place)
	if !slices.Contains([]string{"Pocket /me/", "Code /show/", "رمز /show/"}, strings.Replace(place, p.v.publicURL, "", 1)) {
		p.t.Errorf("%s: title and address are %q", name, place)
	}
	return p
}

// presses what a selector finds, and waits for the next screen: words are of one language.
func (p *handset) presses(selector string) *handset {
	p.t.Helper()
	find := "document.querySelector(" + quoted(selector) + ")"
	p.until("something to press: "+selector, find+" && !document.querySelector('main[aria-busy]')")
	p.js("window.__h1 = document.querySelector('h1'); "+find+".click()", nil)
	p.until("the screen behind "+selector, "document.querySelector('h1') !== window.__h1 && document.querySelector('h1') && !document.querySelector('main[aria-busy]')")
	p.looked()
	return p
}

// Words of every language fit a narrow phone, on all screens that somebody comes to every day.
func (v *running) everyLanguage(t *testing.T) {
	p := v.known(t)
	ask := v.hospital.ask(object{"actions": []string{"read"}, "notices": []object{{"language": "en", "text": "To treat you."}}})
	languages := []string{"Français", "Español", "العربية", "မြန်မာ", "Kiswahili", "Українська", "English"}
	// speaks goes by More to the languages, and comes out at where somebody arrives.
	speaks := func(language, arrives string) {
		p.presses("main > .wide").presses("main > .wide").until("the languages", "document.querySelectorAll('.languages > .tile').length === 7")
		p.taps(language).until("where somebody arrives", "document.querySelector("+quoted(arrives)+") && !document.querySelector('main[aria-busy]')")
		p.looked()
	}
	for _, language := range languages {
		before := v.handset(t).open("").taps(language)
		before.presses(".main").presses(".back").presses("main > .wide:last-of-type") // choosing digits; helping somebody
		speaks(language, ".tiles > .tile:nth-of-type(6)")
		for tile := range 6 {
			p.presses(fmt.Sprintf(".tiles > .tile:nth-of-type(%d)", tile+1))
			if tile == 1 {
				p.presses(".actions button:nth-of-type(2)").presses(".back").presses(".actions button:nth-of-type(3)").presses(".back")
			}
			p.presses(".back")
		}
		p.presses("main > .wide").presses("main > .wide:nth-of-type(2)").presses(".main").presses(".tile").presses(".tile") // a child, as far as the digits
		for range 5 {
			p.presses(".back")
		}
	}
	p.returns("#r=" + ask.ID().String()).sees("They ask you")
	for _, language := range languages {
		p.presses(".back")
		speaks(language, ".answer")
	}
	p.presses(".back").notices(t)
	screens.Lock()
	defer screens.Unlock()
	if len(screens.seen) < 7*14 {
		t.Errorf("only %d screens were looked at", len(screens.seen))
	}
}

// notices: what is wrong with a screen is found.
func (p *handset) notices(t *testing.T) {
	t.Helper()
	for fault, spoilt := range map[string]string{
		"have no room":     `main.append(Object.assign(document.createElement("p"), { style: "width: 500px", textContent: "wide" }))`,
		"smaller than 48":  `last.style = "min-height: 0; height: 30px; padding: 0"`,
		"cut through":      `main.append(Object.assign(document.createElement("p"), { style: "width: 1px; overflow-wrap: anywhere", textContent: "\u1010\u1005\u103a\u101a\u1031\u102c\u1000\u103a\u101a\u1031\u102c\u1000\u103a\u1000\u102d\u102f" }))`,
		"words do not fit": `last.style = "white-space: nowrap; width: 90px"`,
		"color-contrast":   `last.style = "color: #eee; background: #fff"`,
		"no key leads":     `const input = main.querySelector("input"); input.addEventListener("focus", () => input.blur())`,
		"no mark":          `last.style = "outline: none"`,
		"covered where":    `main.append(Object.assign(document.createElement("div"), { style: "position: fixed; inset: 0; z-index: 9" }))`,
	} {
		p.presses(".tiles > .tile:nth-of-type(4)")
		p.js("{ const main = document.querySelector('main'), last = main.appendChild(Object.assign(document.createElement('button'), { textContent: 'Something to press' })); "+spoilt+" }", nil)
		if faults := strings.Join(append(append(p.layout(), p.barriers()...), p.keys()...), "; "); !strings.Contains(faults, fault) {
			t.Errorf("not seen: %q in %q", fault, faults)
		}
		p.presses(".back")
	}
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdpnetwork "github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	cdptarget "github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// phonePIN is everybody's in these tests.
const phonePIN = "274951"

// chromium finds the browser that make prepare installs.
func chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium: type make prepare")
	return ""
}

// handset is one tab of somebody's browser.
type handset struct {
	t       testing.TB
	v       *running
	ctx     context.Context
	storage cdp.BrowserContextID // where it shares a browser
	mu      sync.Mutex
	saw     []string // what went wrong on the page
}

// browse starts the browser that many phones are windows of, each with a storage of its own.
func (v *running) browse(t testing.TB) {
	t.Helper()
	v.browser = v.ownBrowser(t, profile(t)).ctx
	t.Cleanup(func() { v.browser = nil })
}

// handset is a new one, with nothing on it.
func (v *running) handset(t testing.TB) *handset {
	t.Helper()
	if v.browser != nil {
		var storage cdp.BrowserContextID
		must(t, chromedp.Run(v.browser, inBrowser(func(ctx context.Context) (err error) {
			storage, err = cdptarget.CreateBrowserContext().WithDisposeOnDetach(true).Do(ctx)
			return err
		})))
		t.Cleanup(func() {
			_ = chromedp.Run(v.browser, inBrowser(func(ctx context.Context) error { return cdptarget.DisposeBrowserContext(storage).Do(ctx) }))
		})
		return v.window(t, storage)
	}
	return v.ownBrowser(t, profile(t))
}

// inBrowser acts on the browser rather than on a tab of it.
func inBrowser(act func(context.Context) error) chromedp.ActionFunc {
	return func(ctx context.Context) error {
		return act(cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Browser))
	}
}

// window is one with a storage of its own, in the browser that many share.
func (v *running) window(t testing.TB, storage cdp.BrowserContextID) *handset {
	t.Helper()
	var id cdptarget.ID
	must(t, chromedp.Run(v.browser, inBrowser(func(ctx context.Context) (err error) {
		id, err = cdptarget.CreateTarget("about:blank").WithBrowserContextID(storage).WithNewWindow(true).Do(ctx)
		return err
	})))
	p := v.tab(t, v.browser, chromedp.WithTargetID(id))
	p.storage = storage
	return p
}

// ownBrowser is a real browser with a profile of its own.
func (v *running) ownBrowser(t testing.TB, folder string, more ...chromedp.ExecAllocatorOption) *handset {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(folder), chromedp.Flag("ignore-certificate-errors", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.WSURLReadTimeout(2*time.Minute))
	options = append(options, more...)
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(end)
	return v.tab(t, allocator)
}

// profile is a folder for a browser, whose processes write to it for a moment after its end.
func profile(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "phone")
	must(t, err)
	t.Cleanup(func() {
		eventually(t, "the browser to leave its folder", func() bool { return os.RemoveAll(dir) == nil })
	})
	return dir
}

// tab opens another tab on the same phone.
func (p *handset) tab() *handset {
	if p.storage != "" {
		return p.v.window(p.t, p.storage)
	}
	return p.v.tab(p.t, p.ctx)
}

func (v *running) tab(t testing.TB, in context.Context, options ...chromedp.ContextOption) *handset {
	t.Helper()
	ctx, cancel := chromedp.NewContext(in, options...)
	t.Cleanup(cancel)
	p := &handset{t: t, v: v, ctx: ctx}
	must(t, chromedp.Run(ctx)) // the browser lives as long as this context
	chromedp.ListenTarget(ctx, func(event any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			p.saw = append(p.saw, e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.APITypeError {
				p.saw = append(p.saw, fmt.Sprint(e.Args))
			}
		}
	})
	p.run(emulation.SetDeviceMetricsOverride(360, 640, 2, true), emulation.SetTouchEmulationEnabled(true), cdpnetwork.Enable(),
		emulation.SetFocusEmulationEnabled(true), emulation.SetLocaleOverride().WithLocale("en-US"))
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.saw) > 0 {
			t.Errorf("went wrong on the page: %v", p.saw)
		}
		if t.Failed() {
			p.v.t.Logf("the page shows: %s", p.shown())
		}
	})
	return p
}

func (p *handset) run(actions ...chromedp.Action) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 2*time.Minute)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		p.t.Fatalf("%v; the page shows: %s", err, p.shown())
	}
}

func (p *handset) shown() (text string) {
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	_ = chromedp.Run(ctx, chromedp.Evaluate(`location.protocol + location.pathname + " " + (document.body?.innerText.slice(0, 800) ?? "")`, &text))
	return text
}

// js evaluates an expression, waiting for a promise.
func (p *handset) js(expression string, into any) {
	p.t.Helper()
	if err := p.asks(expression, into); err != nil {
		p.t.Fatalf("%v; the page shows: %s", err, p.shown())
	}
}

// mayLeave evaluates what may have the page load anew, which then answers nothing, and says whether it was answered.
func (p *handset) mayLeave(expression string, into any) bool {
	p.t.Helper()
	err := p.asks(expression, into)
	for _, left := range []string{"Inspected target navigated or closed", "Execution context was destroyed", "Cannot find context with specified id"} {
		if err != nil && strings.Contains(err.Error(), left) {
			return false
		}
	}
	if err != nil {
		p.t.Fatalf("%v; the page shows: %s", err, p.shown())
	}
	return true
}

func (p *handset) asks(expression string, into any) error {
	ctx, cancel := context.WithTimeout(p.ctx, 2*time.Minute)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate(expression, into, func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) }))
}

// open goes to the page; fragment is what a link or code adds.
func (p *handset) open(fragment string) *handset {
	p.t.Helper()
	p.run(chromedp.Navigate(p.v.publicURL + "/me/" + fragment))
	return p
}

// until waits for an expression to hold.
func (p *handset) until(what, expression string) {
	p.t.Helper()
	p.soon(what, expression, false)
}

// acts does something as soon as that can be; the page may be another after it.
func (p *handset) acts(what, expression string) {
	p.t.Helper()
	p.soon(what, expression, true)
}

func (p *handset) soon(what, expression string, leaves bool) {
	p.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for holds := false; ; time.Sleep(30 * time.Millisecond) {
		if answered := p.mayLeave("!!("+expression+")", &holds); holds || leaves && !answered {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("waited in vain for %s; the page shows: %s", what, p.shown())
		}
	}
}

// away leaves the page, which a link of the same address alone would not.
func (p *handset) away() *handset {
	p.t.Helper()
	p.run(chromedp.Navigate("about:blank"))
	return p
}

// kept is how many things are in one of the page's stores.
func (p *handset) kept(store string) (count int) {
	p.t.Helper()
	p.js(`new Promise(done => { const o = indexedDB.open("page"); o.onsuccess = () => { const c = o.result.transaction(`+quoted(store)+`).objectStore(`+quoted(store)+`).count(); c.onsuccess = () => { o.result.close(); done(c.result) } } })`, &count)
	return count
}

// doesNotSee holds at once: what is waited for is waited for before.
func (p *handset) doesNotSee(texts ...string) *handset {
	p.t.Helper()
	var all string
	p.js("document.body.innerText", &all)
	for _, text := range texts {
		if strings.Contains(all, text) {
			p.t.Errorf("%q is seen in: %s", text, all)
		}
	}
	return p
}

// speaks has the phone's own language be another.
func (p *handset) speaks(language string) *handset {
	p.t.Helper()
	var agent string
	p.js("navigator.userAgent", &agent)
	p.run(emulation.SetUserAgentOverride(agent).WithAcceptLanguage(language))
	return p
}

// before has a script run ahead of every page that is opened from now on.
func (p *handset) before(script string) *handset {
	p.t.Helper()
	p.run(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := cdppage.AddScriptToEvaluateOnNewDocument(script).Do(ctx)
		return err
	}))
	return p
}

// uploads gives a file to the screen that asks for one.
func (p *handset) uploads(file string) *handset {
	p.t.Helper()
	p.until("a place for a file", "document.querySelector('input[type=file]') && !document.querySelector('main[aria-busy]')")
	p.run(chromedp.SetUploadFiles("input[type=file]", []string{file}, chromedp.ByQuery))
	return p
}

// keeps taps a button that gives the phone a file, and is where it lies.
func (p *handset) keeps(label string) string {
	p.t.Helper()
	return p.downloads(label, func() { p.taps(label) })
}

// downloads is where the file lies that an act gives the phone.
func (p *handset) downloads(label string, act func()) string {
	p.t.Helper()
	dir := p.t.TempDir()
	p.run(inBrowser(func(ctx context.Context) error {
		return browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorAllow).WithBrowserContextID(p.storage).WithDownloadPath(dir).Do(ctx)
	}))
	act()
	file := ""
	eventually(p.t, "the file "+label, func() bool {
		found, err := filepath.Glob(filepath.Join(dir, "*"))
		must(p.t, err)
		file = ""
		for _, name := range found {
			// beside a download that runs an empty file holds its name
			if at, err := os.Stat(name); err != nil || at.Size() == 0 || slices.Contains([]string{".crdownload", ".tmp"}, filepath.Ext(name)) {
				return false
			}
			file = name
		}
		return file != ""
	})
	return file
}

func quoted(text string) string {
	data, _ := json.Marshal(text)
	return string(data)
}

// sees waits for a text.
func (p *handset) sees(text string) *handset {
	p.t.Helper()
	p.until("the text "+text, "document.body?.innerText.includes("+quoted(text)+") && !document.querySelector('main[aria-busy]')")
	p.looked()
	return p
}

// taps the first button, switch or link with a text.
func (p *handset) taps(text string) *handset {
	p.t.Helper()
	find := "!document.querySelector('main[aria-busy]') && [...document.querySelectorAll('button,label.row,a.act')].find(b => b.textContent.includes(" + quoted(text) + ") && !b.hasAttribute('disabled') && b.getAttribute('aria-disabled') !== 'true')"
	p.until("a button "+text, find)
	p.looked()
	p.acts("the button "+text+" still", "(b => b && (b.click(), true))("+find+")") // a screen may be drawn anew meanwhile
	return p
}

// types six digits on the page's own keypad.
func (p *handset) types(pin string) *handset {
	p.t.Helper()
	ready := "document.querySelector('.pad') && !document.querySelector('main[aria-busy]') && document.querySelector('.pin').value === ''"
	p.until("the keypad", ready)
	p.looked()
	p.acts("the keypad still", ready+" && ["+quoted(pin)+"].every(pin => [...pin].forEach(digit => [...document.querySelectorAll('.pad button')].find(b => b.textContent === digit).click()) ?? true)")
	return p
}

// starts makes an identity, from the first view to home.
func (p *handset) starts(fragment string) *handset {
	p.t.Helper()
	p.open(fragment).taps("English").taps("Make my key").types(phonePIN).sees("again").types(phonePIN)
	if fragment == "" {
		p.sees("What do you want")
	}
	return p
}

// returns opens the page again on a phone that knows one person.
func (p *handset) returns(fragment string) *handset {
	p.t.Helper()
	return p.away().open(fragment).types(phonePIN)
}

// stays waits until the phone keeps the page for where there is no network.
func (p *handset) stays() {
	p.t.Helper()
	p.until("the page to be kept for where there is no network", "navigator.serviceWorker.controller")
}

// offline takes the network away, or gives it back, also to the page's worker.
func (p *handset) offline(away bool) {
	p.t.Helper()
	p.network(away, 0, 0)
}

// network is slow as told: milliseconds of a round trip, bits a second (0: no limit).
func (p *handset) network(away bool, latency, bits float64) {
	p.t.Helper()
	rate := -1.0
	if bits > 0 {
		rate = bits / 8
	}
	p.run(chromedp.ActionFunc(func(ctx context.Context) error {
		return cdp.Execute(ctx, "Network.emulateNetworkConditions", map[string]any{"offline": away, "latency": latency, "downloadThroughput": rate, "uploadThroughput": rate}, nil)
	}))
}

// picture saves what the phone shows, into docs/pictures where PICTURES is set.
func (p *handset) picture(name string) {
	p.t.Helper()
	folder := os.Getenv("PICTURES")
	if folder == "" || name == "" {
		return
	}
	var data []byte
	p.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		data, err = cdppage.CaptureScreenshot().Do(ctx)
		return err
	}))
	must(p.t, os.WriteFile(filepath.Join(folder, name+".png"), data, 0o644)) //nolint:gosec // of the documentation
}

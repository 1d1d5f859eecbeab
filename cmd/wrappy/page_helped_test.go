package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	cdpnetwork "github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"rsc.io/qr"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

// codeOf is a picture of a text's code.
func codeOf(t *testing.T, text string) string {
	t.Helper()
	code, err := qr.Encode(text, qr.M)
	must(t, err)
	code.Scale = 6
	file := filepath.Join(t.TempDir(), "code.png")
	must(t, os.WriteFile(file, code.PNG(), 0o600))
	return file
}

// carded is somebody whose card is for helpers too.
func (v *running) carded(t *testing.T, pin string) (p *person, link string, narrow *wallet.Assistant) {
	t.Helper()
	p = v.person()
	device, err := client.NewPerson(t.Context(), v.publicURL, v.config.path(v.config.TLS.Certificate), p.identity)
	must(t, err)
	narrow, err = device.StateAssistKey(t.Context(), false)
	must(t, err)
	card := wallet.NewCard()
	must(t, device.MakeCard(t.Context(), card, crypto.Secret(pin), narrow, 0))
	return p, card.Link(v.publicURL, device.Deployment.Origin), narrow
}

// Somebody without a phone is helped: on the helper's device, in a browser of its own, by card and PIN
// that the person types. The seed is never there, alone the helper can do nothing, and nothing stays.
func (v *running) helped(t *testing.T) {
	const pin = "271828"
	person, card, narrow := v.carded(t, pin)
	standing := person.give(v.hospital.ask(object{"fields": pageFields[:1], "actions": []string{"read"}}))
	v.hospital.await(standing, "given")
	request := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}}).ID()

	folder := profile(t)
	helper := v.ownBrowser(t, folder)
	var sent lockedBuffer
	chromedp.ListenTarget(helper.ctx, func(event any) {
		if e, ok := event.(*cdpnetwork.EventRequestWillBeSent); ok {
			_, _ = fmt.Fprintln(&sent, e.Request.URL)
			for _, part := range e.Request.PostDataEntries {
				body, _ := base64.StdEncoding.DecodeString(part.Bytes)
				_, _ = sent.Write(body)
			}
		}
	})
	helper.open("").taps("English").taps("Help somebody").sees("They type their 6 numbers").fine("help").taps("Help to say yes").uploads(codeOf(t, v.publicURL+"/me/#r="+request.String()))
	helper.sees("Show the person's card").uploads(codeOf(t, card)).types("135790").sees("Wrong card or wrong numbers")
	helper.types(pin).sees("Then everything is gone").sees("hospital").fine("help-board")
	helper.doesNotSee("identity.name", canary)
	helper.taps("What the person is asked").sees("They ask you").taps("No").sees("You said no").sees("they are not told of this no").fine("help-no").taps("OK").sees("Then everything is gone")
	var unanswered openapi.Request
	v.hospital.call("GET", "/v1/requests/"+request.String(), "").into(t, http.StatusOK, &unanswered)
	if unanswered.Status != openapi.StatusRequested {
		t.Errorf("a no on a helper's device was sent: %s", unanswered.Status)
	}
	helper.taps("What the person is asked").sees("They ask you").fine("help-asked").taps("Name").taps("Yes").sees("Your organisation signs").fine("help-sign")
	ids := strings.Fields(helper.reads())
	if len(ids) != 2 || ids[1] != request.String() {
		t.Fatalf("the code for the organisation: %q", ids)
	}

	// what is reachable holds the narrow key and never the seed
	seed := person.identity.Seed.Bytes()
	found := inMemory(t, folder, [][]byte{narrow.Key.Bytes(), seed})
	if !found[0] {
		t.Error("not even the key that is there was found: the search finds nothing")
	}
	if found[1] {
		t.Error("the seed is in the helper's browser")
	}

	// another organisation's signature, and a made-up one, give nothing
	for _, spoilt := range []object{v.helping(v.hospital, v.school, ids[0], request), v.helping(v.school, v.hospital, ids[0], request)} {
		helper.taps("Scan the answer").sees("Use a picture").uploads(codeOf(t, encode(spoilt)))
		helper.until("a refusal", "document.querySelector('[role=alert]')")
		helper.taps("Back").sees("Your organisation signs")
	}
	isRefused(t, v.hospital.fetch(ids[0]), http.StatusNotFound, "not-found", "")
	helper.taps("Scan the answer").sees("Use a picture").uploads(codeOf(t, encode(v.helping(v.hospital, v.hospital, ids[0], request)))).sees("They can see it now").fine("help-given")
	eventually(t, "the hospital to read", func() bool { return v.hospital.fetch(ids[0]).status == http.StatusOK })

	helper.taps("OK").sees("Then everything is gone").taps("Stop").sees("Does the person want").sees("hospital").fine("help-sure").taps("Yes").sees("Nothing more is shown").taps("OK").sees("Then everything is gone")
	helper.taps("Finished").sees("A key of your own").doesNotSee("hospital")
	if store := helper.kept("people") + helper.kept("acts"); store != 0 {
		t.Errorf("%d things of the person are kept", store)
	}
	all := sent.String()
	if !strings.Contains(all, "/v1/assist/grants") || !strings.Contains(all, request.String()) {
		t.Error("the traffic was not seen")
	}
	forms := []string{string(seed), hex.EncodeToString(seed), base64.StdEncoding.EncodeToString(seed), base64.RawURLEncoding.EncodeToString(seed)}
	if slices.ContainsFunc(forms, func(form string) bool { return strings.Contains(all, form) }) {
		t.Error("the seed is in what was sent")
	}
	inFiles(t, folder, forms)

	// straight away nobody is helped again by the same card
	helper.taps("Help somebody").taps("Help to stop").sees("Show the person's card").uploads(codeOf(t, card)).types(pin).sees("Try again in 15 minutes")
}

// inMemory looks for bytes, and for their spellings, in the memory of all processes of a browser.
func inMemory(t *testing.T, profile string, secrets [][]byte) []bool {
	t.Helper()
	found := make([]bool, len(secrets))
	var forms [][][]byte
	for _, secret := range secrets {
		forms = append(forms, [][]byte{secret, []byte(hex.EncodeToString(secret)), []byte(base64.StdEncoding.EncodeToString(secret))})
	}
	processes, err := filepath.Glob("/proc/[0-9]*/cmdline")
	must(t, err)
	seen := 0
	for _, at := range processes {
		line, err := os.ReadFile(at) //nolint:gosec // of this machine
		if err != nil || !bytes.Contains(line, []byte("--type=renderer")) || !inBrowserOf(at, profile) {
			continue
		}
		seen++
		eachMemory(t, filepath.Dir(at), func(data []byte) {
			for i := range secrets {
				found[i] = found[i] || slices.ContainsFunc(forms[i], func(form []byte) bool { return bytes.Contains(data, form) })
			}
		})
	}
	if seen == 0 {
		t.Fatal("no process of the page was found")
	}
	return found
}

// inBrowserOf: renderers are children, or grandchildren, of the browser with the profile.
func inBrowserOf(cmdline, profile string) bool {
	for dir := filepath.Dir(cmdline); ; {
		line, err := os.ReadFile(filepath.Join(dir, "cmdline")) //nolint:gosec // of this machine
		if err != nil {
			return false
		}
		if bytes.Contains(line, []byte("--user-data-dir="+profile)) {
			return true
		}
		stat, err := os.ReadFile(filepath.Join(dir, "stat")) //nolint:gosec // likewise
		if err != nil {
			return false
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if fields[1] == "0" || fields[1] == "1" {
			return false
		}
		dir = filepath.Join("/proc", fields[1])
	}
}

func eachMemory(t *testing.T, process string, look func([]byte)) {
	t.Helper()
	maps, err := os.ReadFile(filepath.Join(process, "maps"))    //nolint:gosec // of our own browser
	memory, errMemory := os.Open(filepath.Join(process, "mem")) //nolint:gosec // likewise
	if err = errors.Join(err, errMemory); errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
		return // it has ended since it was found
	}
	must(t, err)
	defer func() { _ = memory.Close() }()
	const piece, overlap = 4 << 20, 256
	buffer := make([]byte, piece+overlap)
	for line := range strings.Lines(string(maps)) {
		fields := strings.Fields(line)
		from, to, _ := strings.Cut(fields[0], "-")
		if !strings.HasPrefix(fields[1], "rw") {
			continue
		}
		start, err := strconv.ParseUint(from, 16, 63)
		must(t, err)
		end, err := strconv.ParseUint(to, 16, 63)
		must(t, err)
		for at := start; at < end; at += piece {
			n, err := memory.ReadAt(buffer[:min(uint64(len(buffer)), end-at)], int64(at)) //nolint:gosec // an address of a process is below 2^63
			if n > 0 {
				look(buffer[:n])
			}
			if err != nil && !errors.Is(err, io.EOF) {
				break // what was never touched cannot be read
			}
		}
	}
}

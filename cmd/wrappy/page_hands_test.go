package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"rsc.io/qr"
)

// film is a file of one still picture of a code, as a browser takes it for its camera: YUV4MPEG2.
func film(t *testing.T, text string) string {
	t.Helper()
	code, err := qr.Encode(text, qr.M)
	must(t, err)
	const width, height = 640, 480
	scale := height / (code.Size + 8)
	left, top := (width-code.Size*scale)/2, (height-code.Size*scale)/2
	frame := bytes.Repeat([]byte{235}, width*height)
	for y := range code.Size * scale {
		for x := range code.Size * scale {
			if code.Black(x/scale, y/scale) {
				frame[(top+y)*width+left+x] = 16
			}
		}
	}
	frame = append(frame, bytes.Repeat([]byte{128}, width*height/2)...)
	data := fmt.Appendf(nil, "YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420mpeg2\n", width, height)
	for range 10 {
		data = append(append(data, "FRAME\n"...), frame...)
	}
	file := filepath.Join(t.TempDir(), "camera.y4m")
	must(t, os.WriteFile(file, data, 0o600))
	return file
}

// The camera sees a code.
func (v *running) camera(t *testing.T) {
	ask := v.hospital.ask()
	p := v.ownBrowser(t, profile(t), chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-file-for-fake-video-capture", film(t, v.publicURL+"/me/#r="+ask.ID().String())))
	p.starts("").taps("Somebody asks me").sees("They ask you").sees("hospital")
	p.until("the camera to be off", "!document.querySelector('video')")
	p.taps("Name").taps("Yes").types(phonePIN).sees("You said yes")
	v.hospital.given(ask.ID().String())
}

// reaches goes from key to key to what has a text, as somebody without a pointer does.
func (p *handset) reaches(text string) *handset {
	p.t.Helper()
	p.until("the screen to stand", "!document.querySelector('main[aria-busy]')")
	there := false
	for range 60 {
		p.run(chromedp.KeyEvent(kb.Tab))
		p.js("(e => !!e && e !== document.body && !e.hasAttribute('disabled') && (e.getAttribute('aria-label') ?? e.closest('label')?.textContent ?? e.textContent).includes("+quoted(text)+") && (e.matches(':focus-visible') || 'no mark of the focus'))(document.activeElement) === true", &there)
		if there {
			return p
		}
	}
	p.t.Fatalf("no key leads to %q; the page shows: %s", text, p.shown())
	return p
}

func (p *handset) enters(text string) *handset {
	p.t.Helper()
	p.sees(text).reaches(text).run(chromedp.KeyEvent(kb.Enter))
	return p
}

// digits types six by keys.
func (p *handset) digits() *handset {
	p.t.Helper()
	p.until("the keypad", "document.querySelector('.pad') && !document.querySelector('main[aria-busy]') && document.querySelector('.pin').value === ''")
	p.reaches("6 numbers").run(chromedp.KeyEvent(phonePIN))
	return p
}

// The whole way by keys alone, from the language to the stop.
func (v *running) keyboard(t *testing.T) {
	ask := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	p := v.handset(t).open("#r=" + ask.ID().String()).enters("English").enters("Make my key").digits().sees("again").digits()
	p.sees("They ask you").reaches("Name").run(chromedp.KeyEvent(" "))
	p.enters("Yes").digits().sees("You said yes").enters("OK").sees("What do you want")
	grant := v.hospital.given(ask.ID().String())
	p.enters("My permissions").sees("They can see it now").enters("Stop").digits().sees("Nothing more is shown")
	isRefused(t, v.hospital.fetch(grant), http.StatusForbidden, "denied", "withdrawn")
}

package main

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/wrapious/wrappy/consent"
)

const (
	page    = "https://vault.example:8443/me"
	request = "0x6b1f7bb5f6a4c2a86f0de1f4e7f3c0a6b2b3e2d58bd1e6a1f70f2a9d4c3b5e17"
)

// scanned reads a code with a reader that shares nothing with what drew it.
func scanned(t *testing.T, picture image.Image) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	must(t, err)
	found, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	must(t, err)
	return found.GetText()
}

// drawn makes a picture of half blocks, each module eight pixels, on a dark ground.
func drawn(text string) image.Image {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	picture := image.NewGray(image.Rect(0, 0, 8*len([]rune(lines[0])), 16*len(lines)))
	for y, line := range lines {
		for x, r := range []rune(line) {
			for dy, light := range []bool{r == '█' || r == '▀', r == '█' || r == '▄'} {
				for i := range 64 {
					if light {
						picture.SetGray(8*x+i%8, 16*y+8*dy+i/8, color.Gray{Y: 255})
					}
				}
			}
		}
	}
	return picture
}

func TestQRCodeIsRead(t *testing.T) {
	t.Parallel()
	want := page + "#r=" + request
	file := filepath.Join(t.TempDir(), "code.png")
	var screen bytes.Buffer
	q := qrFlags{page: page, file: file, show: true}
	must(t, q.check())
	link, err := q.give(&screen, request)
	must(t, err)
	if link != want {
		t.Errorf("link %s, want %s", link, want)
	}
	content, err := os.ReadFile(file) //nolint:gosec // the test's own
	must(t, err)
	picture, err := png.Decode(bytes.NewReader(content))
	must(t, err)
	for name, picture := range map[string]image.Image{"PNG": picture, "terminal": drawn(screen.String())} {
		if got := scanned(t, picture); got != want {
			t.Errorf("%s: read %q", name, got)
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others on this machine can read the code: %v", err)
	}
	var id consent.RequestID
	must(t, id.UnmarshalText([]byte(request)))
	for _, text := range []string{request, want, page + "#request=" + request} {
		if got, err := parseRequest(text); err != nil || got != id {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestLinksRefused(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"http://vault.example/", "vault.example", "https://", "https://a@vault.example/", "https://vault.example/?a=b", "https://vault.example/#x", "javascript:alert(1)", "https://vault example/"} {
		q := qrFlags{page: page, show: true}
		var c *coded
		if err := q.check(); !errors.As(err, &c) || c.code != exitUsage {
			t.Errorf("%s: %v", page, err)
		}
	}
	for _, text := range []string{"", "#request=", page + "#request=0x12", page + "#" + strings.ToUpper(request), page + "?request=" + request, request + "00", "#request=request=" + request, "#r=r=" + request, page + "#r=0x12"} {
		if _, err := parseRequest(text); err == nil {
			t.Errorf("%s: taken", text)
		}
	}
	long := qrFlags{page: "https://vault.example/" + strings.Repeat("a", 3000), show: true}
	if _, err := long.give(&bytes.Buffer{}, request); err == nil {
		t.Error("a link too long for a code")
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"90m": 90 * time.Minute, "48h": 48 * time.Hour, "1d": 24 * time.Hour, "30d": 720 * time.Hour} {
		var s length
		if err := s.Set(text); err != nil || time.Duration(s) != want {
			t.Errorf("%s: %s, %v", text, time.Duration(s), err)
		}
		if again := new(length); again.Set(s.String()) != nil || *again != s {
			t.Errorf("%s is shown as %s", text, &s)
		}
	}
	for _, text := range []string{"", "0", "0d", "d", "-1d", "1.5d", "30", "4000d", "9999d", "1d2h", "-5m", "0s", "99999h", "soon"} {
		if new(length).Set(text) == nil {
			t.Errorf("%q: taken", text)
		}
	}
}

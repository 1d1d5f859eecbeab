package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
)

// lying is a vault that lies to the page, once told how: window.__lie is called with the entries of the
// history, or is the checkpoint to be shown.
const lying = `{ const real = fetch.bind(window); window.fetch = async (...a) => { const r = await real(...a), lie = window.__lie, url = String(a[0]);
	if (url.endsWith("/log/checkpoint")) { window.__checkpoint = await r.clone().text(); if (typeof lie === "string") return new Response(lie) }
	if (typeof lie !== "function" || !url.includes("/v1/person/history")) return r;
	const page = await r.json(); lie(page.entries); return new Response(JSON.stringify(page), { headers: r.headers }) } }`

// forked is a checkpoint of the same size as another, of another tree, and signed by the log's own key.
func (v *running) forked(checkpoint string) string {
	v.t.Helper()
	text, signatures, _ := strings.Cut(checkpoint, "\n\n")
	lines := strings.Split(text, "\n")
	root := sha256.Sum256([]byte("another tree"))
	lines[2] = base64.StdEncoding.EncodeToString(root[:])
	text = strings.Join(lines, "\n") + "\n"
	name := "— " + lines[0] + " "
	for _, line := range strings.Split(signatures, "\n") {
		if own, ok := strings.CutPrefix(line, name); ok {
			signed, err := base64.StdEncoding.DecodeString(own)
			must(v.t, err)
			forged := append(signed[:4:4], ed25519.Sign(v.keyring.JournalSigner(), []byte(text))...)
			return text + "\n" + name + base64.StdEncoding.EncodeToString(forged) + "\n"
		}
	}
	v.t.Fatal("a checkpoint that its log has not signed")
	return ""
}

// A vault that changes what the log has is found out on the phone, which goes back to what it kept.
func (v *running) historyTampered(t *testing.T) {
	p := v.handset(t).before(lying)
	v.written(t, p)
	p.taps("Who asked").sees("nothing is missing").taps("Back").sees("What do you want")
	var checkpoint string
	p.js("window.__checkpoint", &checkpoint)
	for _, lie := range []struct{ name, script string }{
		{"an entry is kept back", "e => e.splice(e.length - 2, 1)"},
		{"the last entry is kept back", "e => e.pop()"},
		{"an entry is changed", `e => { const one = e[e.length - 2], raw = atob(one.leaf), at = raw.length - 3; one.leaf = btoa(raw.slice(0, at) + String.fromCharCode(raw.charCodeAt(at) ^ 1) + raw.slice(at + 1)) }`},
		{"an entry is another's", "e => { e[e.length - 2].leaf = e[e.length - 1].leaf }"},
		{"an entry is said to be elsewhere in the log", "e => { e[0].index++ }"},
		{"two entries are exchanged", "e => e.push(...e.splice(e.length - 2, 1))"},
		{"the log shows another tree", quoted(v.forked(checkpoint))},
		{"the log has no checkpoint of its own", quoted(strings.Replace(checkpoint, "\n— ", "\n— not.", 1))},
	} {
		t.Log(lie.name)
		p.js("window.__lie = "+lie.script, nil)
		p.taps("Who asked").sees("Something is missing or was changed").doesNotSee("nothing is missing")
		if lie.name == "an entry is changed" {
			p.sees("This one is not proven").fine("history-bad")
		}
		p.taps("Back").sees("What do you want")
	}
	p.js("window.__lie = undefined", nil)
	p.taps("Who asked").sees("nothing is missing")
}

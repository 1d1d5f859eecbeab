package main

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/ledgerref/anviltest"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/wallet"
)

// moving is a moving file with its code, made and read as docs/protocol/moving.md says, by none of the page's code.
type moving struct {
	secret     []byte
	seed, salt []byte
	export     []byte
	children   []byte // counted and whole, or nothing
}

const movingLabel = "wrappy moving file v1\n"

func (m *moving) derived(t *testing.T, info string, length int) []byte {
	t.Helper()
	key, err := hkdf.Key(sha256.New, m.secret, nil, info, length)
	must(t, err)
	return key
}

func (m *moving) cipher(t *testing.T) cipher.AEAD {
	t.Helper()
	block, err := aes.NewCipher(m.derived(t, "wrappy moving file key v1", 32))
	must(t, err)
	aead, err := cipher.NewGCM(block)
	must(t, err)
	return aead
}

func (m *moving) head(t *testing.T) []byte {
	return append([]byte(movingLabel), m.derived(t, "wrappy moving code check v1", 8)...)
}

// groups is the code as it is written down.
func (m *moving) groups() (groups []string) {
	for i := range 8 {
		groups = append(groups, fmt.Sprintf("%06d", int(binary.BigEndian.Uint16(m.secret[2*i:]))*11+i+1))
	}
	return groups
}

func (m *moving) file(t *testing.T) string {
	t.Helper()
	inner := slices.Concat([]byte{1}, m.seed, make([]byte, 32), m.salt, binary.BigEndian.AppendUint32(nil, uint32(len(m.export))), m.export, m.children) //nolint:gosec // of a test
	plain := append(binary.BigEndian.AppendUint32(nil, uint32(len(inner))), inner...)                                                                    //nolint:gosec // of a test
	size := 4096
	for size < len(plain) {
		size *= 2
	}
	plain = append(plain, make([]byte, size-len(plain))...)
	nonce := bytes.Repeat([]byte{7}, 12)
	path := filepath.Join(t.TempDir(), "pocket.bin")
	must(t, os.WriteFile(path, slices.Concat(m.head(t), nonce, m.cipher(t).Seal(nil, nonce, plain, m.head(t))), 0o600))
	return path
}

// openMoving opens a file by the code that the page has shown.
func openMoving(t *testing.T, file string, groups []string) *moving {
	t.Helper()
	m := &moving{}
	for i, g := range groups {
		n, err := strconv.Atoi(g)
		must(t, err)
		if len(g) != 6 || n%11 != i+1 || len(groups) != 8 {
			t.Fatalf("group %d is no group", i)
		}
		m.secret = binary.BigEndian.AppendUint16(m.secret, uint16(n/11)) //nolint:gosec // below 2^16 or not opened
	}
	data, err := os.ReadFile(file) //nolint:gosec // the test's own
	must(t, err)
	head := m.head(t)
	if !bytes.HasPrefix(data, head) {
		t.Fatal("another head")
	}
	plain, err := m.cipher(t).Open(nil, data[len(head):len(head)+12], data[len(head)+12:], head)
	must(t, err)
	inner := plain[4 : 4+binary.BigEndian.Uint32(plain)]
	end := 101 + binary.BigEndian.Uint32(inner[97:])
	m.seed, m.salt, m.export, m.children = inner[1:33], inner[65:97], inner[101:end], inner[end:]
	return m
}

// twoVaults are of two operators, on one ledger that makes blocks on demand. The cast is of the first.
func twoVaults(t *testing.T) (a, b *running) {
	t.Helper()
	node := anviltest.Start(t)
	at := onNetwork(t, node)
	demand := func(f *founding) { at(f); f.network.onDemand = true }
	account := func() string {
		made, err := ledgerref.NewAccount()
		must(t, err)
		node.Call(t, nil, "anvil_setBalance", made.Address().String(), "0x56bc75e2d63100000")
		return secretFile(t, hex.EncodeToString(made.Bytes()))
	}
	environ := append(oneAddress, "WRAPPY_LEDGER_POLL=100ms")
	a = found(t, environ, demand)
	a.cast()
	b = found(t, environ, demand, func(f *founding) { f.network.operator, f.network.relayer, f.jurisdiction = account(), account(), "UG" })
	return a, b
}

// moves makes file and code, and is how both look.
func (p *handset) moves() (file string, groups []string) {
	p.t.Helper()
	p.taps("Move to another place").sees("Whoever has the file").fine("move").taps("Make file and code").types(phonePIN).sees("Write down these numbers").fine("move-made")
	file = p.keeps("Keep the file")
	p.js("[...document.querySelectorAll('.groups span')].map(s => s.textContent)", &groups)
	var shown bool
	p.js("!!document.querySelector('svg.code')", &shown)
	if len(groups) != 8 || !shown {
		p.t.Fatalf("the code is not shown: %q", groups)
	}
	return file, groups
}

// writes types groups into the boxes from one on.
func (p *handset) writes(from int, groups ...string) *handset {
	p.t.Helper()
	p.until("the boxes", "document.querySelectorAll('.typed input').length === 8 && !document.querySelector('main[aria-busy]')")
	for i, g := range groups {
		p.js(fmt.Sprintf(`(f => { f.value = %s; f.dispatchEvent(new Event("input")) })(document.querySelectorAll(".typed input")[%d])`, quoted(g), from+i), nil)
	}
	return p
}

// comes is a fresh phone that a file is given to.
func (p *handset) comes(file string) *handset {
	p.t.Helper()
	return p.open("").taps("English").taps("I come from another place").uploads(file)
}

// Somebody goes to another operator's vault with the page alone, and is the same there: what the hospital wrote is there
// with who wrote it, and is released again once they say yes again. A file alone, a code alone, and what is wrong in either brings nobody.
func (v *running) moved(t *testing.T) {
	a, b := twoVaults(t)
	a.browser, b.browser = v.browser, v.browser
	old := a.known(t)
	a.writtenOfChild(t, old, "🐬", 10)
	old.taps("More").taps("My children").adds("🐴", 17).settledChildren().taps("Back")
	old.taps("What is kept of me").sees(canary).taps("Take everything with me")
	taken := old.keeps("Take everything with me")
	old.taps("Back").sees(canary)
	file, groups := old.moves()
	open := openMoving(t, file, groups)
	if !bytes.Contains(open.export, []byte(canary)) {
		t.Error("the file holds nothing of what is kept")
	}
	if !bytes.Contains(open.children, []byte(canary)) || bytes.HasPrefix(open.children, make([]byte, 4)) {
		t.Error("the file holds nothing of what is kept of a child")
	}

	folder := profile(t)
	p := b.ownBrowser(t, folder).before(spoiling)
	p.open("").taps("English").taps("I come from another place").sees("At the old place").fine("come").uploads(taken).sees("There is no key in this file").uploads(codeOf(t, "x")).sees("This is not a file for moving")
	p.uploads(file).sees("Type the code").fine("code")
	p.writes(0, "000001", "000002", "000003", "000004", "000005", "000006", "000007", "000008").sees("This code belongs to another file")
	p.writes(0, groups[0], groups[2], groups[1]).sees("Group 2 is not right").fine("code-wrong")
	if p.kept("people") != 0 || p.kept("acts") != 0 {
		t.Error("something is kept of somebody who is not known")
	}
	p.stays()
	p.writes(1, groups[1:]...).sees("Choose 6 numbers").types(phonePIN).sees("again")
	p.offline(true)
	p.types(phonePIN).sees("You are moving").sees("on their way").fine("came-waits")
	p.run(chromedp.Reload())
	p.types(phonePIN).sees("What do you want").sees("You are moving").spoils("/v1/person/imports").offline(false)
	p.taps("You are moving").sees("This place did not take it").sees("still at the old place").fine("came-failed").taps("Back").sees("It was not taken. Do it again")
	old.returns("").taps("What is kept of me").sees(canary)
	p.run(chromedp.Reload())
	p.types(phonePIN).sees("It was not taken").taps("You are moving").sees("This place did not take it").taps("Try again")
	p.sees("You have moved").taps("Back")
	p.until("what was brought to be here", "document.querySelector('.came')?.textContent.includes('You have moved')")
	p.taps("You have moved").sees("8 things are here now").doesNotSee("could not come along").sees("erase it there").fine("came")
	p.taps("What is kept of me").sees(canary).sees("hospital").taps("Back").taps("You have moved").taps("OK").sees("What do you want").doesNotSee("You have moved")
	p.until("all of it to be done with", "document.querySelector('.strip').hidden && !document.querySelector('.came')")

	inClear(t, open, groups, p.stored(), old.stored(), folder)

	// the hospital asks at the new place, and gets there what it wrote at the old
	hospital := &asker{b, a.hospital.keys, b.dial(&a.hospital.keys.Certificate, 4)}
	t.Cleanup(hospital.http.CloseIdleConnections)
	ask := hospital.ask(object{"fields": []string{"identity.name"}, "actions": []string{"read"}, "jurisdiction": "UG"})
	p.isAsked(ask.ID().String(), "").agrees("Name").doesNotSee("You have moved")
	var released openapi.Released
	hospital.fetch(hospital.given(ask.ID().String())).into(t, http.StatusOK, &released)
	if got := released.Released["identity.name"]; len(got) != 1 || got[0].Writer != a.hospital.keys.ID.String() || !bytes.Contains(got[0].Value, []byte(canary)) {
		t.Errorf("released %v", released.Released)
	}
	// so are the children, with what is kept of each
	year := time.Now().UTC().Year()
	p.taps("More").taps("My children").sees("until January 1, " + fmt.Sprint(year+8)).sees("until January 1, " + fmt.Sprint(year+1)).doesNotSee("Not known yet").taps("Back").taps("Back")
	ask = hospital.ask(object{"fields": []string{"identity.name"}, "actions": []string{"read"}, "jurisdiction": "UG"})
	p.isAsked(ask.ID().String(), "🐬").agrees("Name")
	released = openapi.Released{}
	hospital.fetch(hospital.given(ask.ID().String())).into(t, http.StatusOK, &released)
	if got := released.Released["identity.name"]; len(got) != 1 || !bytes.Contains(got[0].Value, []byte(canary)) || *released.Terms.Representation != openapi.TermsRepresentationRepresentative {
		t.Errorf("released for the child: %v", released.Released)
	}
	p.taps("More").taps("Another person").taps("Another person").taps("I come from another place").uploads(file).writes(0, strings.Join(groups, " ")).sees("Your key is on this phone already")

	// to another ledger nobody moves, also where that shows only once there is a network
	far := v.handset(t).comes(file).writes(0, groups...).sees("do not work together").doesNotSee("Choose 6 numbers")
	far.offline(true)
	far.writes(0, strings.Join(groups, " ")).sees("Choose 6 numbers").types(phonePIN).sees("again").types(phonePIN).sees("on their way").offline(false)
	far.sees("do not work together").fine("came-elsewhere")
	if acts := far.kept("acts"); acts != 3 { // what they and the two children bring
		t.Errorf("%d acts wait: who comes from another ledger is not made known", acts)
	}
	far.taps("Remove only what is mine").types(phonePIN).sees("Make my key")
	otherWallet(t, b, a.hospital.keys.ID, file, groups)
}

// inClear: neither code nor seed is anywhere on the two phones.
func inClear(t *testing.T, m *moving, groups []string, here, there []byte, folder string) {
	t.Helper()
	words := []string{strings.Join(groups, " "), strings.Join(groups, ""), groups[3] + " " + groups[4]}
	for _, s := range [][]byte{m.secret, m.seed, m.salt} {
		words = append(words, string(s), hex.EncodeToString(s), base64.StdEncoding.EncodeToString(s))
	}
	for i, phone := range [][]byte{here, there} {
		for n, word := range append(words, canary) {
			if bytes.Contains(phone, []byte(word)) {
				t.Errorf("phone %d keeps in clear: %d", i, n)
			}
		}
	}
	inFiles(t, folder, words)
}

// toldElsewhere is what somebody has of a vault that nobody knows: their own words, what rules may know, and something that the hospital never wrote.
func toldElsewhere(t *testing.T, b *running, me *wallet.Identity, hospital consent.InstitutionID) []byte {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	log, now := proof.Log{Origin: "elsewhere.example/log", Key: public}, unixIn(0)
	var out bytes.Buffer
	w, err := proof.NewExportWriter(&out, proof.Exported{
		Log: log.VerifierKey(), ChainID: b.domain().ChainID, ConsentLedger: b.domain().Contract, Identity: me.ID(), RootKey: me.Seed.Root().Address(), Salt: me.Salt,
		Jurisdiction: country, Enrolled: now, Time: now * 1000,
	})
	must(t, err)
	must(t, w.Facts(proof.ExportedFacts{NeverCountries: []string{"ER"}, Time: now}))
	for _, v := range []proof.ExportedValue{
		{Field: "identity.birth_place", Version: 1, Writer: hospital, Written: now * 1000, Value: json.RawMessage(record["identity.birth_place"])},
		{Field: "identity.name", Version: 1, Written: now * 1000, Value: json.RawMessage(`[{"text":"Amina"}]`)},
	} {
		must(t, w.Value(v))
	}
	must(t, w.End(0, func(digest consent.Digest) []byte {
		return ed25519.Sign(private, consent.ExportMessage(log.Origin, me.ID(), now*1000, digest))
	}))
	return out.Bytes()
}

// otherWallet: a file that another wallet has made by what is documented is taken like the page's, with a picture of its code. The person is believed
// for themself, and what rules may know is stated here; what an institution has not signed stays out, and that is told. Whoever is here already can bring a file of their own, and nobody else's.
func otherWallet(t *testing.T, b *running, hospital consent.InstitutionID, others string, groups []string) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	me := wallet.NewIdentity()
	m := &moving{secret: []byte("sixteen of them."), seed: me.Seed.Bytes(), salt: me.Salt[:], export: toldElsewhere(t, b, me, hospital)}
	mine, code := m.file(t), "wrappy moving code v1 "+strings.Join(m.groups(), " ")
	p := b.handset(t).comes(mine).sees("Type the code").taps("Scan the code").uploads(codeOf(t, b.publicURL+"/me/#c=x")).sees("This code is not from here").uploads(codeOf(t, code))
	p.sees("Choose 6 numbers").types(phonePIN).sees("again").types(phonePIN).sees("You have moved").sees("1 thing is here now").sees("1 thing could not come along")
	p.until("everything to be sent", "document.querySelector('.strip').hidden")
	device, err := client.NewPerson(ctx, b.publicURL, b.config.path(b.config.TLS.Certificate), me)
	must(t, err)
	facts, stated, err := device.Facts(ctx)
	if err != nil || stated == 0 || !slices.Equal(facts.NeverCountries, []string{"ER"}) {
		t.Errorf("what rules may know: %v %d %v", facts, stated, err)
	}
	p.taps("OK").sees("What do you want").taps("What is kept of me").sees("Amina").doesNotSee("Lakeside").taps("Move to another place").uploads(others).writes(0, strings.Join(groups, " ")).sees("This file is somebody else's")
	p.taps("Back").sees("Do you have a file").uploads(mine).writes(0, code).sees("1 thing is here now")
}

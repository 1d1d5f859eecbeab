package wallet

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

const vectorPIN = "271828"

type cardPartVector struct {
	Key       hexBytes `json:"oprfKey"`
	Output    hexBytes `json:"oprfOutput"`
	BlobKey   hexBytes `json:"blobKey"`
	AAD       hexBytes `json:"associatedData"`
	Plaintext hexBytes `json:"plaintext"` // before padding
	Blob      hexBytes `json:"blob"`      // nonce ‖ ciphertext ‖ tag
}

// cardVectors are made once: nonces, blinds and OPRF keys are random. What follows from
// them is computed again.
type cardVectors struct {
	Secret    hexBytes `json:"secret"`
	Vault     string   `json:"vault"`
	Origin    string   `json:"origin"`
	Link      string   `json:"link"`
	ID        hexBytes `json:"cardId"`
	PIN       string   `json:"pin"`
	PINSalt   hexBytes `json:"pinSalt"`
	Stretched hexBytes `json:"stretched"`

	Restore cardPartVector `json:"restore"`
	Assist  cardPartVector `json:"assist"`

	Blinded   hexBytes `json:"blinded"`   // of one try of the PIN
	Evaluated hexBytes `json:"evaluated"` // under the restore key

	AskKey   keyVector          `json:"askKey"`
	Identity consent.IdentityID `json:"identity"`
	Content  consent.Digest     `json:"content"`
	Pickup   hexBytes           `json:"pickupSecret"`

	PickupDigest consent.Digest   `json:"pickupDigest"`
	Documents    []documentVector `json:"documents"` // in the domain of vectors.json's ConsentLedger

	BadLinks []string `json:"badLinks"`
	BadPINs  []string `json:"badPins"`
}

func vectorCard() Card {
	c := Card{secret: new([32]byte)}
	copy(c.secret[:], derive([]byte("wrappy card vector"), "secret", 32))
	return c
}

func (v *cardPartVector) fill(t *testing.T, c Card, kind consent.CardKind, plaintext []byte) *OpenedCard {
	t.Helper()
	stretched, err := c.stretch(crypto.Secret(vectorPIN))
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Key) == 0 {
		v.Key = hexBytes(crypto.NewOPRFKey())
	}
	output, err := crypto.OPRFOutput(crypto.Secret(v.Key), []byte(vectorPIN))
	if err != nil {
		t.Fatal(err)
	}
	o := c.open(kind, stretched, output)
	v.Output, v.BlobKey, v.AAD, v.Plaintext = hexBytes(output), hexBytes(o.key), o.aad(), plaintext
	if len(v.Blob) == 0 {
		if v.Blob, err = crypto.Seal(o.key, crypto.Pad(plaintext, leastCardBlob), o.aad()); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func makeCardVectors(t *testing.T, v cardVectors) cardVectors {
	t.Helper()
	c, w, now := vectorCard(), vectorIdentity(t), time.Unix(vectorTime, 0)
	v.Secret, v.Vault, v.Origin = c.secret[:], "https://vault.example", vectorVault
	v.Link = c.Link(v.Vault, v.Origin)
	id := c.ID()
	v.ID, v.PIN, v.PINSalt = id[:], vectorPIN, derive(c.secret[:], pinSaltInfo, 16)
	stretched, err := c.stretch(crypto.Secret(vectorPIN))
	if err != nil {
		t.Fatal(err)
	}
	v.Stretched = hexBytes(stretched)
	o := v.Restore.fill(t, c, consent.CardRestore, w.encode())
	v.Assist.fill(t, c, consent.CardAssist, []byte("a narrow key"))
	if len(v.Blinded) == 0 {
		_, element, err := c.Try(crypto.Secret(vectorPIN))
		if err != nil {
			t.Fatal(err)
		}
		v.Blinded = element
	}
	if v.Evaluated, err = crypto.OPRFEvaluate(crypto.Secret(v.Restore.Key), v.Blinded); err != nil {
		t.Fatal(err)
	}
	v.AskKey, v.Identity = newKeyVector(askKeyInfo, o.askKey()), w.ID()
	pickup := [32]byte(derive([]byte("wrappy card vector"), "pickup", 32))
	v.Pickup, v.PickupDigest = pickup[:], consent.PickupDigest(pickup)
	v.Content = consent.CardContent(consent.CardPart{Key: v.Restore.Key, Blob: v.Restore.Blob}, consent.CardPart{Key: v.Assist.Key, Blob: v.Assist.Blob})
	v.Documents = cardDocuments(w, o, &v, now)
	v.BadLinks, v.BadPINs = badLinks(v.Link), badPINs
	return v
}

func cardDocuments(w *Identity, o *OpenedCard, v *cardVectors, now time.Time) []documentVector {
	made := consent.Card{Identity: w.ID(), Vault: vectorVault, Card: o.Card, AskKey: o.askKey().Address(), Content: v.Content, Time: vectorTime}
	reset, resetSig := w.ResetCard(ledgerDomain, vectorVault, o.Card, now)
	ask, askSig := o.AskRestore(ledgerDomain, vectorVault, v.PickupDigest, now)
	cancel, cancelSig := w.CancelRestore(ledgerDomain, vectorVault, v.PickupDigest)
	at := fmt.Sprint(vectorTime)
	document := func(name, signer string, structHash [32]byte, sig consent.Signature, message map[string]any) documentVector {
		return documentVector{Name: name, Signer: signer, Domain: "ConsentLedger", Message: message,
			StructHash: structHash, Digest: ledgerDomain.Digest(structHash), Signature: sig}
	}
	return []documentVector{
		document("Card", "root", made.StructHash(), w.signAsRoot(ledgerDomain, made.StructHash()), map[string]any{
			"identity": made.Identity, "vault": made.Vault, "card": made.Card, "askKey": made.AskKey, "content": made.Content, "time": at}),
		document("ResetCard", "root", reset.StructHash(), resetSig, map[string]any{
			"identity": reset.Identity, "vault": reset.Vault, "card": reset.Card, "time": at}),
		document("AskRestore", "ask", ask.StructHash(), askSig, map[string]any{
			"card": ask.Card, "vault": ask.Vault, "pickup": ask.Pickup, "time": at}),
		document("CancelRestore", "root", cancel.StructHash(), cancelSig, map[string]any{
			"identity": cancel.Identity, "vault": cancel.Vault, "pickup": cancel.Pickup}),
	}
}

func badLinks(link string) []string {
	base, code, _ := strings.Cut(link, cardFragment)
	return []string{
		"", base, code, cardFragment + code, base + "/me/#r=" + code, base + "/me/?c=" + code, link + "A", link[:len(link)-1], link + "=",
		base + cardFragment + "B" + code[1:], // version 4
		link[:len(link)-1] + "_",             // the last character has bits that no byte needs
		base + cardFragment + strings.ToLower(code) + "!", base + cardFragment + code[:20] + "\n" + code[20:],
	}
}

var badPINs = []string{"", "12345", "1234567890123", "12345a", "12 345", "-12345", "١٢٣٤٥٦", "123456\n"}

func TestCardVectors(t *testing.T) {
	const path = "testdata/card.json"
	if *update {
		data, err := json.MarshalIndent(makeCardVectors(t, cardVectors{}), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(data, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var v cardVectors
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	again, err := json.MarshalIndent(makeCardVectors(t, v), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(append(again, '\n'), data) {
		t.Error("testdata/card.json differs: cards that people hold would open nothing")
	}
	link, err := ParseCardLink(v.Link)
	if err != nil || link.Vault != v.Vault {
		t.Fatalf("link: %q, %v", link.Vault, err)
	}
	c, err := link.Card(v.Origin)
	if err != nil {
		t.Fatal(err)
	}
	stretched, err := c.stretch(crypto.Secret(v.PIN))
	if err != nil {
		t.Fatal(err)
	}
	w, err := c.open(consent.CardRestore, stretched, crypto.Secret(v.Restore.Output)).Restore(v.Restore.Blob)
	if err != nil || w.ID() != v.Identity {
		t.Errorf("restored: %v", err)
	}
	for _, bad := range v.BadLinks {
		if _, err := ParseCardLink(bad); !errors.Is(err, ErrCard) {
			t.Errorf("link %q: %v", bad, err)
		}
	}
	for _, bad := range v.BadPINs {
		if _, err := c.stretch(crypto.Secret(bad)); !errors.Is(err, ErrPIN) {
			t.Errorf("PIN %q: %v", bad, err)
		}
	}
}

// tried does what a vault does with a part, without counting.
func tried(t *testing.T, c Card, pin string, kind consent.CardKind, key []byte) *OpenedCard {
	t.Helper()
	q, element, err := c.Try(crypto.Secret(pin))
	if err != nil {
		t.Fatal(err)
	}
	evaluated, err := crypto.OPRFEvaluate(key, element)
	if err != nil {
		t.Fatal(err)
	}
	o, err := q.Answer(kind, evaluated)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestCardOpens(t *testing.T) {
	w, c, other := NewIdentity(), NewCard(), NewCard()
	w.RecoveryHash = consent.Digest{7}
	s, err := w.MakeCard(ledgerDomain, vectorVault, c, crypto.Secret(vectorPIN), []byte("narrow"), time.Unix(vectorTime, 0))
	if err != nil {
		t.Fatal(err)
	}
	if err := consent.Verify(ledgerDomain.Digest(s.Card.StructHash()), s.Signature, w.Seed.Root().Address()); err != nil {
		t.Error(err)
	}
	restored, err := tried(t, c, vectorPIN, consent.CardRestore, s.Restore.Key).Restore(s.Restore.Blob)
	if err != nil || !reflect.DeepEqual(restored, w) {
		t.Errorf("restored: %v", err)
	}
	if narrow, err := tried(t, c, vectorPIN, consent.CardAssist, s.Assist.Key).Open(s.Assist.Blob); err != nil || string(narrow) != "narrow" {
		t.Errorf("assist: %v", err)
	}
	otherCard, err := w.MakeCard(ledgerDomain, vectorVault, other, crypto.Secret(vectorPIN), []byte("narrow"), time.Unix(vectorTime, 0))
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		card Card
		pin  string
		kind consent.CardKind
		key  []byte
		blob []byte
	}{
		"wrong PIN":                     {c, "271829", consent.CardRestore, s.Restore.Key, s.Restore.Blob},
		"another card":                  {other, vectorPIN, consent.CardRestore, s.Restore.Key, s.Restore.Blob},
		"another card's blob":           {c, vectorPIN, consent.CardRestore, s.Restore.Key, otherCard.Restore.Blob},
		"another OPRF key":              {c, vectorPIN, consent.CardRestore, otherCard.Restore.Key, s.Restore.Blob},
		"assist key on restore":         {c, vectorPIN, consent.CardRestore, s.Assist.Key, s.Restore.Blob},
		"asked as assist":               {c, vectorPIN, consent.CardAssist, s.Restore.Key, s.Restore.Blob},
		"assist blob as restore":        {c, vectorPIN, consent.CardAssist, s.Assist.Key, s.Restore.Blob},
		"cut":                           {c, vectorPIN, consent.CardRestore, s.Restore.Key, s.Restore.Blob[:len(s.Restore.Blob)-1]},
		"nothing":                       {c, vectorPIN, consent.CardRestore, s.Restore.Key, nil},
		"what the assist blob can open": {c, vectorPIN, consent.CardAssist, s.Assist.Key, s.Assist.Blob},
	} {
		if got, err := tried(t, row.card, row.pin, row.kind, row.key).Restore(row.blob); !errors.Is(err, ErrWrongPIN) || got != nil {
			t.Errorf("%s: restored, %v", name, err)
		}
	}
	// Only card and PIN together sign an ask that the vault takes.
	pickup := consent.PickupDigest([32]byte{1})
	for name, row := range map[string]struct {
		card Card
		pin  string
		want error
	}{"right": {c, vectorPIN, nil}, "wrong PIN": {c, "271829", consent.ErrSignature}, "another card": {other, vectorPIN, consent.ErrSignature}} {
		a, sig := tried(t, row.card, row.pin, consent.CardRestore, s.Restore.Key).AskRestore(ledgerDomain, vectorVault, pickup, time.Unix(vectorTime, 0))
		if err := consent.Verify(ledgerDomain.Digest(a.StructHash()), sig, s.Card.AskKey); !errors.Is(err, row.want) {
			t.Errorf("ask, %s: %v", name, err)
		}
	}
}

func TestCardLinkChecks(t *testing.T) {
	c := NewCard()
	link, err := ParseCardLink(c.Link("https://vault.example/", vectorVault))
	if err != nil || link.Vault != "https://vault.example" {
		t.Fatalf("%q, %v", link.Vault, err)
	}
	if got, err := link.Card(vectorVault); err != nil || got.ID() != c.ID() {
		t.Errorf("card: %v", err)
	}
	misread := link
	misread.card = NewCard()
	for name, row := range map[string]struct {
		link   CardLink
		origin string
	}{"another vault": {link, "other.example/log"}, "misread": {misread, vectorVault}, "nothing read": {CardLink{}, vectorVault}} {
		if _, err := row.link.Card(row.origin); !errors.Is(err, ErrOtherVault) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, printed := range []string{fmt.Sprint(c), fmt.Sprintf("%x %+v", c, &c), fmt.Sprintf("%x", c.ID())} {
		if strings.Contains(printed, fmt.Sprintf("%x", c.secret[:4])) || !strings.Contains(printed, "redacted") {
			t.Errorf("printed %q", printed)
		}
	}
}

// What waits for the delay opens the blob afterwards, under its passphrase alone.
func TestPendingRestore(t *testing.T) {
	w, c := NewIdentity(), NewCard()
	s, err := w.MakeCard(ledgerDomain, vectorVault, c, crypto.Secret(vectorPIN), nil, time.Unix(vectorTime, 0))
	if err != nil {
		t.Fatal(err)
	}
	pending := &PendingRestore{Vault: Vault{URL: "https://vault.example"}, Opened: tried(t, c, vectorPIN, consent.CardRestore, s.Restore.Key), Secret: [32]byte{9}, Ready: vectorTime}
	path, secret := filepath.Join(t.TempDir(), "pending"), crypto.Secret("a passphrase")
	if err := pending.Save(t.Context(), path, secret); err != nil {
		t.Fatal(err)
	}
	if err := pending.Save(t.Context(), path, secret); !errors.Is(err, fs.ErrExist) {
		t.Errorf("written over: %v", err)
	}
	if _, err := LoadPendingRestore(t.Context(), path, crypto.Secret("another")); !errors.Is(err, crypto.ErrPassphrase) {
		t.Errorf("another passphrase: %v", err)
	}
	got, err := LoadPendingRestore(t.Context(), path, secret)
	if err != nil || got.Secret != pending.Secret || got.Ready != pending.Ready || got.Vault.URL != pending.Vault.URL || got.Opened.Card != c.ID() {
		t.Fatalf("%+v, %v", got, err)
	}
	if restored, err := got.Opened.Restore(s.Restore.Blob); err != nil || restored.ID() != w.ID() {
		t.Errorf("restored: %v", err)
	}
	if printed := fmt.Sprintf("%+v %x", got, got); !strings.Contains(printed, "redacted") || strings.Contains(printed, "vault.example") {
		t.Errorf("printed %q", printed)
	}
}

// FuzzPendingRestore: what a file holds is taken whole or not at all.
func FuzzPendingRestore(f *testing.F) {
	seed, err := (&PendingRestore{Opened: &OpenedCard{key: make(crypto.Secret, 32)}}).encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, plaintext []byte) {
		r, err := decodePending(plaintext)
		if err == nil && len(r.Opened.key) != crypto.KeySize {
			t.Error("taken without a key")
		}
	})
}

// FuzzCardLink: what is read as a card has one spelling.
func FuzzCardLink(f *testing.F) {
	link := NewCard().Link("https://vault.example", vectorVault)
	f.Add(link)
	for _, bad := range badLinks(link) {
		f.Add(bad)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read, err := ParseCardLink(text)
		if err != nil {
			return
		}
		payload := slices.Concat([]byte{cardVersion}, read.check[:], read.card.secret[:])
		if read.Vault+cardFragment+base64.RawURLEncoding.EncodeToString(payload) != text {
			t.Errorf("%q is another spelling", text)
		}
	})
}

// FuzzCardPlaintext: what a blob holds is an identity in its one spelling, or nothing.
func FuzzCardPlaintext(f *testing.F) {
	f.Add([]byte(NewIdentity().encode()))
	f.Add(make([]byte, 97))
	f.Fuzz(func(t *testing.T, plaintext []byte) {
		if w, err := decodeIdentity(plaintext); err == nil && !bytes.Equal(w.encode(), plaintext) {
			t.Error("another spelling")
		}
	})
}

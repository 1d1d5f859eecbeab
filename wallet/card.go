package wallet

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// Labels of the derivations, docs/protocol/card.md.
const (
	cardIDInfo    = "wrappy card id v1"
	pinSaltInfo   = "wrappy card pin salt v1"
	blobKeyInfo   = "wrappy card blob key v1\x00" // and the kind
	askKeyInfo    = "wrappy card ask key v1"
	cardBlobAAD   = "wrappy card blob v1\x00"
	cardCheck     = "wrappy card check v1\x00"
	cardVersion   = 1
	cardFragment  = "/me/#c="
	leastCardBlob = 256 // bytes of padded plaintext
)

// pinStretch is what a cheap phone computes in a second or two, in a page.
var pinStretch = crypto.Argon2{MemoryKiB: 19 << 10, Passes: 2, Lanes: 1}

var (
	// ErrPIN: a PIN is 6 to 12 digits.
	ErrPIN = errors.New("PIN: want 6 to 12 digits")
	// ErrCard: not the text of a card.
	ErrCard = errors.New("not a card: want its whole text, https://…/me/#c=…")
	// ErrOtherVault: the card was made at another vault, or was misread.
	ErrOtherVault = errors.New("this card is of another vault, or was misread: scan it again")
	// ErrWrongPIN: what a card's blob does not open with.
	ErrWrongPIN = errors.New("wrong PIN, or not what this card holds")
)

// Card is the secret that is printed; with the PIN, and with the vault's answer, it opens
// what the vault keeps for it. It prints redacted.
type Card struct {
	crypto.Redacted
	secret *[32]byte
}

// NewCard makes a fresh card. It needs no network.
func NewCard() Card {
	c := Card{secret: new([32]byte)}
	_, _ = rand.Read(c.secret[:]) // never fails
	return c
}

// ID names the card to the vault, which learns nothing else from it.
func (c Card) ID() (id consent.CardID) {
	copy(id[:], derive(c.secret[:], cardIDInfo, len(id)))
	return id
}

// Link is what the card's code holds: an address of the vault's page. What follows # never
// reaches a server. Origin is of the vault's log.
func (c Card) Link(vaultURL, origin string) string {
	check := c.check(origin)
	payload := slices.Concat([]byte{cardVersion}, check[:], c.secret[:])
	return strings.TrimSuffix(vaultURL, "/") + cardFragment + base64.RawURLEncoding.EncodeToString(payload)
}

// check is 4 bytes by which a card of another vault and a misread one are noticed before a try is spent.
func (c Card) check(origin string) (check [4]byte) {
	sum := sha256.Sum256(slices.Concat([]byte(cardCheck), []byte{cardVersion}, c.secret[:], []byte(origin)))
	copy(check[:], sum[:])
	return check
}

// CardLink is a card's text as it was read.
type CardLink struct {
	Vault string // base URL
	card  Card
	check [4]byte
}

// ParseCardLink reads a card's text; ErrCard.
func ParseCardLink(link string) (CardLink, error) {
	base, code, found := strings.Cut(link, cardFragment)
	payload, err := base64.RawURLEncoding.Strict().DecodeString(code)
	if !found || err != nil || len(payload) != 37 || payload[0] != cardVersion || strings.ContainsAny(code, "\r\n") || !strings.Contains(base, "://") {
		return CardLink{}, ErrCard
	}
	return CardLink{Vault: base, card: Card{secret: (*[32]byte)(payload[5:])}, check: [4]byte(payload[1:5])}, nil
}

// Card is the card, if it is of the vault with this log origin; ErrOtherVault.
func (l CardLink) Card(origin string) (Card, error) {
	if l.card.secret == nil || l.card.check(origin) != l.check {
		return Card{}, ErrOtherVault
	}
	return l.card, nil
}

// SignedCard is a card as it is sent to the vault: what that is to keep, and the act.
type SignedCard struct {
	Card      consent.Card
	Restore   consent.CardPart
	Assist    consent.CardPart // empty: none
	Signature consent.Signature
}

// MakeCard seals the seed for a card and a PIN, at the vault with this log origin, and
// beside it what a helper's device gets (nil: nothing). The keys by which the vault
// answers are made here and forgotten here. ErrPIN.
func (w *Identity) MakeCard(domain consent.Domain, vault string, c Card, pin crypto.Secret, assist []byte, now time.Time) (*SignedCard, error) {
	s := &SignedCard{Card: consent.Card{Identity: w.ID(), Vault: vault, Card: c.ID(), Time: unix(now)}}
	stretched, err := c.stretch(pin)
	if err != nil {
		return nil, err
	}
	part, restore, err := c.seal(consent.CardRestore, pin, stretched, w.encode())
	if err != nil {
		return nil, err
	}
	s.Restore, s.Card.AskKey = part, restore.askKey().Address()
	if assist != nil {
		if s.Assist, _, err = c.seal(consent.CardAssist, pin, stretched, assist); err != nil {
			return nil, err
		}
	}
	s.Card.Content = consent.CardContent(s.Restore, s.Assist)
	s.Signature = w.signAsRoot(domain, s.Card.StructHash())
	return s, nil
}

func (c Card) seal(kind consent.CardKind, pin, stretched, plaintext crypto.Secret) (part consent.CardPart, o *OpenedCard, err error) {
	part.Key = crypto.NewOPRFKey()
	output, err := crypto.OPRFOutput(part.Key, pin)
	if err != nil {
		return part, nil, err
	}
	o = c.open(kind, stretched, output)
	part.Blob, err = crypto.Seal(o.key, crypto.Pad(plaintext, leastCardBlob), o.aad())
	if err == nil && len(part.Blob) > consent.MaxCardBlob {
		err = errors.New("card: more than it holds")
	}
	return part, o, err
}

func (c Card) stretch(pin crypto.Secret) (crypto.Secret, error) {
	if len(pin) < 6 || len(pin) > 12 || strings.Trim(string(pin), "0123456789") != "" {
		return nil, ErrPIN
	}
	return pinStretch.Stretch(pin, derive(c.secret[:], pinSaltInfo, 16)), nil
}

func (c Card) open(kind consent.CardKind, stretched, output crypto.Secret) *OpenedCard {
	ikm := slices.Concat(c.secret[:], []byte(stretched), []byte(output))
	return &OpenedCard{Card: c.ID(), kind: kind, ask: derive(ikm, askKeyInfo, 48), key: derive(ikm, blobKeyInfo+string(kind), crypto.KeySize)}
}

// CardQuestion is a try of a PIN, until the vault answers. It prints redacted.
type CardQuestion struct {
	crypto.Redacted
	card      Card
	stretched crypto.Secret
	question  *crypto.OPRFQuestion
}

// Try begins to try a PIN: element goes to the vault, which counts it. ErrPIN.
func (c Card) Try(pin crypto.Secret) (q *CardQuestion, element []byte, err error) {
	q = &CardQuestion{card: c}
	if q.stretched, err = c.stretch(pin); err != nil {
		return nil, nil, err
	}
	q.question, element, err = crypto.OPRFBlind(pin)
	return q, element, err
}

// Answer takes the vault's answer. Whether the PIN was right shows at the next step.
func (q *CardQuestion) Answer(kind consent.CardKind, evaluated []byte) (*OpenedCard, error) {
	output, err := q.question.Output(evaluated)
	if err != nil {
		return nil, err
	}
	return q.card.open(kind, q.stretched, output), nil
}

// OpenedCard holds the keys that card, PIN and vault give together. It prints redacted.
type OpenedCard struct {
	crypto.Redacted
	Card consent.CardID
	kind consent.CardKind
	key  crypto.Secret
	ask  crypto.Secret
}

func (o *OpenedCard) askKey() *Key { return keyFrom(o.ask) }

func (o *OpenedCard) aad() []byte {
	return slices.Concat([]byte(cardBlobAAD+string(o.kind)+"\x00"), o.Card[:])
}

// AskRestore asks the vault with this log origin for the restore blob, to be fetched with
// the secret whose digest is pickup. A wrong PIN shows here: the vault refuses the signature.
func (o *OpenedCard) AskRestore(domain consent.Domain, vault string, pickup consent.Digest, now time.Time) (consent.AskRestore, consent.Signature) {
	a := consent.AskRestore{Card: o.Card, Vault: vault, Pickup: pickup, Time: unix(now)}
	return a, o.askKey().Sign(domain.Digest(a.StructHash()))
}

// Open gives what a blob holds; ErrWrongPIN.
func (o *OpenedCard) Open(blob []byte) (crypto.Secret, error) {
	padded, err := crypto.Open(o.key, blob, o.aad())
	if err != nil {
		return nil, ErrWrongPIN
	}
	plaintext, err := crypto.Unpad(padded)
	if err != nil {
		return nil, ErrWrongPIN
	}
	return plaintext, nil
}

// Restore gives back the identity from a restore blob; ErrWrongPIN.
func (o *OpenedCard) Restore(blob []byte) (*Identity, error) {
	plaintext, err := o.Open(blob)
	if err != nil {
		return nil, err
	}
	return decodeIdentity(plaintext)
}

// encode is a restore blob's plaintext: format 1 ‖ seed ‖ recovery hash ‖ identity salt.
func (w *Identity) encode() crypto.Secret {
	return slices.Concat(crypto.Secret{1}, w.Seed.Bytes(), w.RecoveryHash[:], w.Salt[:])
}

func decodeIdentity(plaintext []byte) (*Identity, error) {
	if len(plaintext) != 97 || plaintext[0] != 1 {
		return nil, ErrWrongPIN
	}
	seed, err := SeedFromBytes(plaintext[1:33])
	if err != nil {
		return nil, ErrWrongPIN
	}
	return &Identity{Seed: seed, RecoveryHash: consent.Digest(plaintext[33:65]), Salt: consent.Salt(plaintext[65:])}, nil
}

// ResetCard forgives the tries that the vault with this log origin has counted.
func (w *Identity) ResetCard(domain consent.Domain, vault string, card consent.CardID, now time.Time) (consent.ResetCard, consent.Signature) {
	r := consent.ResetCard{Identity: w.ID(), Vault: vault, Card: card, Time: unix(now)}
	return r, w.signAsRoot(domain, r.StructHash())
}

// CancelRestore stops the restore that the vault with this log origin shows by this digest.
func (w *Identity) CancelRestore(domain consent.Domain, vault string, pickup consent.Digest) (consent.CancelRestore, consent.Signature) {
	c := consent.CancelRestore{Identity: w.ID(), Vault: vault, Pickup: pickup}
	return c, w.signAsRoot(domain, c.StructHash())
}

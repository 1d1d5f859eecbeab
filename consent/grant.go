package consent

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Day is the granularity, in seconds, of what people sign for the chain: ends of
// grants and deadlines of acts.
const Day uint64 = 86400

// ActDeadline is until when the chain may take an act that is signed now: a week,
// up to the next whole day. An exact time would show the moment of signing and how
// wrong the device's clock is, by which the grants of a person could be told to
// belong together.
func ActDeadline(now uint64) uint64 { return (now + 8*Day - 1) / Day * Day }

// MaxPeriod bounds notBefore..expires of a request or grant, in seconds: one
// year, and the day that rounding up may add.
const MaxPeriod = 366 * Day

// Version is the version of the Grant and Request documents.
const Version uint16 = 1

// Audience says who may use a grant.
type Audience uint8

const (
	// AudienceInstitution grants are used by the institution they name.
	AudienceInstitution Audience = 0
	// AudienceBearer grants are for whoever shows the secret: once, for minutes, identity fields only.
	AudienceBearer Audience = 1
)

// Representation says for whom the signer acts.
type Representation uint8

const (
	// RepresentationSelf means that the subject signs.
	RepresentationSelf Representation = 0
	// RepresentationRepresentative means that a representative signs for the subject.
	RepresentationRepresentative Representation = 1
)

// Assistance says whether a helper was present.
type Assistance uint8

const (
	// AssistanceNone means that the person acted alone.
	AssistanceNone Assistance = 0
	// AssistanceAssisted means that a helper's device was used.
	AssistanceAssisted Assistance = 1
)

// Grant is one consent as the institution sees it and the ledger commits to it.
// It does not name the person. Field order is that of the typed data and of the
// stored CBOR array; docs/protocol/grant.md describes each.
type Grant struct {
	_              struct{} `cbor:",toarray"`
	Version        uint16
	Audience       Audience
	Institution    InstitutionID
	Request        RequestID
	Purpose        Purpose
	LegalBasis     LegalBasis
	Jurisdiction   string // ISO 3166-1 alpha-2, where the recipient uses the data
	Fields         []FieldName
	Actions        Actions
	NotBefore      uint64
	Expires        uint64
	MaxReleases    uint32 // 0 means no limit
	RetentionDays  uint32 // how long the recipient may keep what it received
	NoticeDigest   Digest // SHA-256, see Notice.Digest
	NoticeLanguage string // BCP 47
	Representation Representation
	Assistance     Assistance
	GrantKey       Address
	Salt           Salt
}

// ErrGrant is wrapped by every refusal of Grant.Validate and Request.Validate.
var ErrGrant = errors.New("invalid document")

// Validate checks the form of a grant by itself: not who signed it, nor the ledger.
func (g *Grant) Validate() error {
	var zero Address
	switch {
	case g.Version != Version:
		return fmt.Errorf("%w: version: want %d", ErrGrant, Version)
	case g.Audience > AudienceBearer:
		return fmt.Errorf("%w: audience: want 0 or 1", ErrGrant)
	case g.Representation > RepresentationRepresentative:
		return fmt.Errorf("%w: representation: want 0 or 1", ErrGrant)
	case g.Assistance > AssistanceAssisted:
		return fmt.Errorf("%w: assistance: want 0 or 1", ErrGrant)
	case g.GrantKey == zero:
		return fmt.Errorf("%w: grantKey: missing", ErrGrant)
	case g.Audience == AudienceInstitution && g.Expires%Day != 0:
		return fmt.Errorf("%w: expires: want a whole day (a multiple of %d seconds)", ErrGrant, Day)
	}
	if g.Audience == AudienceBearer {
		if err := g.validateBearer(); err != nil {
			return fmt.Errorf("%w: %w", ErrGrant, err)
		}
	}
	return validateTerms(g.Purpose, g.LegalBasis, g.Jurisdiction, g.Fields, g.Actions, g.NotBefore, g.Expires, g.NoticeLanguage)
}

func validateTerms(p Purpose, b LegalBasis, jurisdiction string, fields []FieldName, a Actions, notBefore, expires uint64, language string) error {
	for _, err := range []error{p.Validate(), b.Validate(), ValidateJurisdiction(jurisdiction), ValidateFields(fields), ValidateLanguage(language)} {
		if err != nil {
			return fmt.Errorf("%w: %w", ErrGrant, err)
		}
	}
	if a == 0 || a > Read|Write {
		return fmt.Errorf("%w: actions: want read (1), write (2) or both (3)", ErrGrant)
	}
	if expires <= notBefore || expires-notBefore > MaxPeriod {
		return fmt.Errorf("%w: period: want an end after its beginning, at most a year", ErrGrant)
	}
	return nil
}

// Binding ties a grant to an identity. It stays with the person and the vault. The grant's
// salt is GrantSalt of identity and opening, so that a grant can be bound to one identity
// only, for ever: not to another by whoever comes to hold its document, nor by two people
// who agree on it.
type Binding struct {
	_        struct{} `cbor:",toarray"`
	Grant    GrantID
	Identity IdentityID
	Opening  Salt // random
	Time     uint64
}

// GrantSalt is the salt of a grant of this identity: Keccak-256 of "wrappy grant salt v1",
// a zero byte, the identity and the opening. To whoever does not know the opening it says nothing.
func GrantSalt(identity IdentityID, opening Salt) Salt {
	return Keccak256([]byte("wrappy grant salt v1\x00"), identity[:], opening[:])
}

// Opens reports whether the grant was made for the identity of the binding.
func (b Binding) Opens(g *Grant) bool { return GrantSalt(b.Identity, b.Opening) == g.Salt }

// Notice is the text shown when consent was asked, in one language.
type Notice struct {
	_        struct{} `cbor:",toarray"`
	Language string   // BCP 47
	Text     string   // plain text, 1 to 4,000 bytes of UTF-8; checkText says what it may not hold
}

// checkText refuses what steers a screen instead of being read: control characters
// other than a line feed, bidirectional embeddings, overrides and isolates. A person
// must see who asks, whatever the one who asks has written. The marks that
// right-to-left scripts need (U+200E, U+200F) are text.
func (n Notice) checkText() error {
	switch {
	case len(n.Text) == 0 || len(n.Text) > 4000:
		return errors.New("want 1 to 4000 bytes")
	case !utf8.ValidString(n.Text) || strings.ContainsFunc(n.Text, steers):
		return errors.New("want UTF-8 without control characters other than line feeds, and without bidirectional overrides")
	}
	return nil
}

func steers(r rune) bool {
	return unicode.IsControl(r) && r != '\n' || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// Digest is SHA-256 over "wrappy notice v1", a zero byte, the language, a zero
// byte and the text.
func (n Notice) Digest() Digest {
	return sha256.Sum256([]byte("wrappy notice v1\x00" + n.Language + "\x00" + n.Text))
}

// Request is what an institution asks for. Its id is unguessable by its salt and
// binds its content, so that nobody can show a person something else under it.
type Request struct {
	_             struct{} `cbor:",toarray"`
	Version       uint16
	Institution   InstitutionID
	Purpose       Purpose
	LegalBasis    LegalBasis
	Jurisdiction  string
	Fields        []FieldName
	Actions       Actions
	NotBefore     uint64
	Expires       uint64 // the latest end that a grant may have
	MaxReleases   uint32 // 0 means no limit
	RetentionDays uint32
	Notices       []Notice // one per language
	AnswerBy      uint64   // no answer is taken after it
	Salt          Salt
}

// Validate checks the form of a request by itself.
func (r *Request) Validate() error {
	switch {
	case r.Version != Version:
		return fmt.Errorf("%w: version: want %d", ErrGrant, Version)
	case len(r.Notices) == 0 || len(r.Notices) > 50:
		return fmt.Errorf("%w: notices: want 1 to 50", ErrGrant)
	case r.Expires%Day != 0:
		return fmt.Errorf("%w: expires: want a whole day (a multiple of %d seconds)", ErrGrant, Day)
	}
	seen := map[string]bool{}
	for i, n := range r.Notices {
		if err := ValidateLanguage(n.Language); err != nil || seen[n.Language] {
			return fmt.Errorf("%w: notices[%d].language: want a BCP 47 tag, each once", ErrGrant, i)
		}
		if err := n.checkText(); err != nil {
			return fmt.Errorf("%w: notices[%d].text: %w", ErrGrant, i, err)
		}
		seen[n.Language] = true
	}
	return validateTerms(r.Purpose, r.LegalBasis, r.Jurisdiction, r.Fields, r.Actions, r.NotBefore, r.Expires, r.Notices[0].Language)
}

// Covers reports in which term, if any, a grant goes beyond the request it
// answers; nil means that it asks for no more. A person may always give less.
func (r *Request) Covers(id RequestID, g *Grant) error {
	for _, f := range g.Fields {
		if !Includes(r.Fields, f) {
			return fmt.Errorf("%w: fields: more than was asked", ErrGrant)
		}
	}
	shown := false
	for _, n := range r.Notices {
		shown = shown || (n.Language == g.NoticeLanguage && n.Digest() == g.NoticeDigest)
	}
	var term string
	switch {
	case g.Audience != AudienceInstitution:
		term = "audience" // a bearer grant answers no institution's request
	case g.Request != id:
		term = "request"
	case g.Institution != r.Institution:
		term = "institution"
	case g.Purpose != r.Purpose:
		term = "purpose"
	case g.LegalBasis != r.LegalBasis:
		term = "legalBasis"
	case g.Jurisdiction != r.Jurisdiction:
		term = "jurisdiction"
	case !r.Actions.Has(g.Actions):
		term = "actions"
	case g.NotBefore < r.NotBefore || g.Expires > r.Expires:
		term = "period"
	case r.MaxReleases != 0 && (g.MaxReleases == 0 || g.MaxReleases > r.MaxReleases):
		term = "maxReleases"
	case g.RetentionDays > r.RetentionDays:
		term = "retentionDays"
	case !shown:
		term = "notice"
	default:
		return nil
	}
	return fmt.Errorf("%w: %s: not as the request has it", ErrGrant, term)
}

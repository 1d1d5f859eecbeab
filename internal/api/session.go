package api

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/vault"
)

// Bounds of docs/protocol/identity.md, and of what is kept in memory.
const (
	nonceLife     = 5 * time.Minute
	sessionLife   = 15 * time.Minute
	proofSkew     = 60 * time.Second
	maxSessions   = 100_000
	maxPerPerson  = 8
	maxProofsSeen = 256 // per session, within 2 × proofSkew
)

// openers says which key opens an identity's sessions, consent.ErrUnknownIdentity, and which
// has opened the assist session with this nonce, vault.ErrAssistOver where it is over.
type openers interface {
	SessionKey(ctx context.Context, id consent.IdentityID) (consent.Address, error)
	AssistOpen(ctx context.Context, id consent.IdentityID, nonce [32]byte) (consent.Address, error)
}

// sessions are kept in memory only: a restart ends them all.
type sessions struct {
	keys    openers
	domain  consent.Domain
	vault   string // the log's origin, which the signature names
	origins []string
	now     func() time.Time
	secret  [32]byte // makes nonces: unspent ones take no memory

	mu    sync.Mutex
	open  map[string]*session
	of    map[consent.IdentityID][]string // the ids in open
	spent map[[32]byte]time.Time          // nonce → when it would have ended
	swept time.Time
}

type session struct {
	identity consent.IdentityID
	opener   consent.Address // the session key that opened it, or the assist key
	nonce    [32]byte        // of an assist session; zero for a person's own
	proofKey *ecdsa.PublicKey
	opened   time.Time
	expires  time.Time

	mu   sync.Mutex
	seen map[[32]byte]time.Time // first halves of proofs: a second half has two forms
}

func newSessions(keys openers, domain consent.Domain, vault string, origins []string, now func() time.Time) (*sessions, error) {
	s := &sessions{keys: keys, domain: domain, vault: vault, origins: origins, now: now, open: map[string]*session{}, of: map[consent.IdentityID][]string{}, spent: map[[32]byte]time.Time{}}
	_, err := rand.Read(s.secret[:])
	return s, err
}

// nonce is its end, eight random bytes and a MAC over both.
func (s *sessions) nonce() (nonce [32]byte, expires time.Time) {
	expires = s.now().Add(nonceLife).Truncate(time.Second)
	binary.BigEndian.PutUint64(nonce[:8], uint64(expires.Unix())) //nolint:gosec // after 1970
	_, _ = rand.Read(nonce[8:16])                                 // never fails
	s.seal(&nonce)
	return nonce, expires
}

func (s *sessions) seal(nonce *[32]byte) {
	mac := hmac.New(sha256.New, s.secret[:])
	_, _ = mac.Write(nonce[:16])
	copy(nonce[16:], mac.Sum(nil)[:16])
}

func (s *sessions) nonceEnds(nonce [32]byte) (time.Time, bool) {
	own := nonce
	s.seal(&own)
	ends := time.Unix(int64(binary.BigEndian.Uint64(nonce[:8])), 0) //nolint:gosec // checked by the MAC
	return ends, hmac.Equal(own[:], nonce[:]) && s.now().Before(ends)
}

// start opens a session for a signed statement, whose ProofKey is that of the key
// given; the signature must cover it. Each
// refusal is problemSession; only an unreachable vault is another error.
func (s *sessions) start(ctx context.Context, stated consent.Session, proofKey []byte, sig consent.Signature) (id string, err error) {
	stated.ProofKey = sha256.Sum256(proofKey)
	made, nonceEnds, ok := s.make(stated.Identity, stated.Nonce, stated.Origin, proofKey, stated.Expires, sessionLife)
	if !ok {
		return "", problemSession
	}
	made.opener, err = s.keys.SessionKey(ctx, stated.Identity)
	if nobodyHere(err) {
		return "", problemSession
	}
	if err != nil {
		return "", err
	}
	stated.Vault = s.vault
	if consent.Verify(s.domain.Digest(stated.StructHash()), sig, made.opener) != nil {
		return "", problemSession
	}
	return s.keep(stated.Nonce, nonceEnds, made)
}

// make checks what any session rests on.
func (s *sessions) make(identity consent.IdentityID, nonce [32]byte, origin string, proofKey []byte, ends uint64, life time.Duration) (made *session, nonceEnds time.Time, ok bool) {
	now := s.now()
	expires := time.Unix(int64(min(ends, 1<<40)), 0) //nolint:gosec // bounded
	key, ok := parseProofKey(proofKey)
	nonceEnds, fresh := s.nonceEnds(nonce)
	if !ok || !fresh || !slices.Contains(s.origins, origin) || !expires.After(now) || expires.After(now.Add(life)) {
		return nil, nonceEnds, false
	}
	return &session{identity: identity, proofKey: key, opened: now, expires: expires, seen: map[[32]byte]time.Time{}}, nonceEnds, true
}

// assistOpener begins an assist session in the vault; *vault.Gate documents it.
type assistOpener interface {
	OpenAssist(ctx context.Context, st consent.AssistSession, sig consent.Signature) error
}

// assist opens a helper's device's session. What does not hold of it is problemSession; only to
// who has the assist key the vault says more.
func (s *sessions) assist(ctx context.Context, gate assistOpener, stated consent.AssistSession, proofKey []byte, sig consent.Signature) (id string, err error) {
	stated.ProofKey, stated.Vault = sha256.Sum256(proofKey), s.vault
	made, nonceEnds, ok := s.make(stated.Identity, stated.Nonce, stated.Origin, proofKey, stated.Expires, time.Duration(consent.AssistPeriod)*time.Second)
	if !ok {
		return "", problemSession
	}
	err = gate.OpenAssist(ctx, stated, sig)
	if errors.Is(err, consent.ErrSignature) || nobodyHere(err) {
		return "", problemSession
	}
	if err != nil {
		return "", err
	}
	made.nonce = stated.Nonce
	if made.opener, err = s.keys.AssistOpen(ctx, stated.Identity, stated.Nonce); err != nil {
		return "", err
	}
	return s.keep(stated.Nonce, nonceEnds, made)
}

// nobodyHere: whether somebody was ever enrolled here is not for strangers to learn.
func nobodyHere(err error) bool {
	return errors.Is(err, consent.ErrUnknownIdentity) || errors.Is(err, vault.ErrErased)
}

// keep spends the nonce and stores the session, one act under one lock.
func (s *sessions) keep(nonce [32]byte, nonceEnds time.Time, made *session) (string, error) {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails
	id := base64.RawURLEncoding.EncodeToString(raw[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, twice := s.spent[nonce]; twice {
		return "", problemSession
	}
	s.sweep()
	if len(s.open) >= maxSessions {
		return "", consent.ErrUnavailable
	}
	s.spent[nonce] = nonceEnds
	s.open[id] = made
	if !made.assists() { // of those the vault has one at a time, and neither kind ends the other
		s.dropOldest(made.identity)
		s.of[made.identity] = append(s.of[made.identity], id)
	}
	return id, nil
}

func (s *sessions) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// sweep forgets what has ended, at most once a second or so under load.
func (s *sessions) sweep() {
	now := s.now()
	if now.Sub(s.swept) < time.Second {
		return
	}
	s.swept = now
	for nonce, ends := range s.spent {
		if !now.Before(ends) {
			delete(s.spent, nonce)
		}
	}
	for id, known := range s.open {
		if !now.Before(known.expires) {
			s.drop(id)
		}
	}
}

func (s *sessions) dropOldest(identity consent.IdentityID) {
	ids := s.of[identity]
	if len(ids) < maxPerPerson {
		return
	}
	s.drop(slices.MinFunc(ids, func(a, b string) int { return s.open[a].opened.Compare(s.open[b].opened) }))
}

func (s *sessions) drop(id string) {
	identity := s.open[id].identity
	delete(s.open, id)
	left := slices.DeleteFunc(s.of[identity], func(other string) bool { return other == id })
	if len(left) == 0 {
		delete(s.of, identity)
		return
	}
	s.of[identity] = left
}

// check returns the session that a request is in, by its two headers: a person's own, or a
// helper's device's. Neither passes for the other.
func (s *sessions) check(ctx context.Context, r *http.Request, assist bool) (*session, error) {
	ids, proofs := r.Header.Values("Wrappy-Session"), r.Header.Values("Wrappy-Proof")
	if len(ids) != 1 || len(proofs) != 1 {
		return nil, problemSession
	}
	now := s.now()
	s.mu.Lock()
	known := s.open[ids[0]]
	s.mu.Unlock()
	if known == nil || known.assists() != assist || !now.Before(known.expires) {
		return nil, problemSession
	}
	at, signature, ok := parseProof(proofs[0])
	if !ok || now.Sub(at).Abs() > proofSkew {
		return nil, problemSession
	}
	if !verifyProof(known.proofKey, proofMessage(r.Method, r.RequestURI, ids[0], at), signature) {
		return nil, problemSession
	}
	if err := known.once([32]byte(signature[:32]), at, now); err != nil {
		return nil, err
	}
	current, err := s.opener(ctx, known)
	if err != nil && !nobodyHere(err) && !errors.Is(err, vault.ErrAssistOver) {
		return nil, err
	}
	if err != nil || current != known.opener { // over or erased, or the key was replaced
		return nil, problemSession
	}
	return known, nil
}

// opener is the key that opens such a session now.
func (s *sessions) opener(ctx context.Context, known *session) (consent.Address, error) {
	if known.assists() {
		return s.keys.AssistOpen(ctx, known.identity, known.nonce)
	}
	return s.keys.SessionKey(ctx, known.identity)
}

func (s *session) assists() bool { return s.nonce != [32]byte{} }

// once takes a proof that was not taken before.
func (s *session) once(first [32]byte, at, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, twice := s.seen[first]; twice {
		return problemSession
	}
	if len(s.seen) >= maxProofsSeen {
		for old, then := range s.seen {
			if now.Sub(then) > proofSkew {
				delete(s.seen, old)
			}
		}
	}
	if len(s.seen) >= maxProofsSeen {
		return problemRate
	}
	s.seen[first] = at
	return nil
}

func parseProofKey(der []byte) (*ecdsa.PublicKey, bool) {
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, false
	}
	key, ok := parsed.(*ecdsa.PublicKey)
	return key, ok && key.Curve == elliptic.P256()
}

// parseProof splits "<unix seconds>.<base64url of r and s>".
func parseProof(text string) (at time.Time, signature []byte, ok bool) {
	seconds, encoded, found := strings.Cut(text, ".")
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if !found || err != nil || unix < 0 || strconv.FormatInt(unix, 10) != seconds || len(encoded) != base64.RawURLEncoding.EncodedLen(64) {
		return at, nil, false
	}
	signature, err = base64.RawURLEncoding.Strict().DecodeString(encoded)
	return time.Unix(unix, 0), signature, err == nil && len(signature) == 64
}

// proofMessage is what the session's proof key signs for one request.
func proofMessage(method, pathAndQuery, session string, at time.Time) []byte {
	return []byte(strings.Join([]string{"wrappy session proof v1", method, pathAndQuery, session, strconv.FormatInt(at.Unix(), 10)}, "\n"))
}

func verifyProof(key *ecdsa.PublicKey, message, signature []byte) bool {
	digest := sha256.Sum256(message)
	return ecdsa.Verify(key, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
}

type sessionKey struct{}

// inSession admits a request with a valid session of the person's own and its proof.
func (a *API) inSession(next echo.HandlerFunc) echo.HandlerFunc { return a.inSessionOf(next, false) }

// inAssist admits a request in a helper's device's session.
func (a *API) inAssist(next echo.HandlerFunc) echo.HandlerFunc { return a.inSessionOf(next, true) }

func (a *API) inSessionOf(next echo.HandlerFunc, assist bool) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		known, err := a.sessions.check(r.Context(), r, assist)
		if err != nil {
			return err
		}
		c.SetRequest(r.WithContext(context.WithValue(r.Context(), sessionKey{}, known)))
		return next(c)
	}
}

// whose is the person whose session a request is in.
func whose(ctx context.Context) (consent.IdentityID, error) {
	known, ok := ctx.Value(sessionKey{}).(*session)
	if !ok || known.identity == (consent.IdentityID{}) {
		return consent.IdentityID{}, problemSession
	}
	return known.identity, nil
}

// assistNonce names the assist session that a request is in; zero: in none.
func assistNonce(ctx context.Context) (nonce [32]byte) {
	if known, ok := ctx.Value(sessionKey{}).(*session); ok {
		nonce = known.nonce
	}
	return nonce
}

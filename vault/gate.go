package vault

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// Config is everything a gate needs. No member may be nil or zero except those
// that say so.
type Config struct {
	Heads         Store // heads, grants, tombstones, requests, counters: replicated, never versioned
	Records       Store // record objects: may be versioned and backed up
	Ledger        Ledger
	Relayer       Relayer
	Decider       Decider
	Journal       Journal
	Shape         Shape
	Place         Place
	Keyring       *crypto.Keyring
	Name          string         // the origin of the journal's log: what people sign for this vault names it
	ConsentLedger consent.Domain // of grants, withdrawals, and of all that only a vault checks
	KeyRegistry   consent.Domain // of registrations

	ViewMaxAge time.Duration    // beyond it nothing leaves; 0 = 60 s
	Now        func() time.Time // the wall clock; nil = time.Now
}

const (
	defaultViewMaxAge = time.Minute
	cacheLife         = time.Minute // of opened heads: what an erased key may linger
	cacheSize         = 4096
	memorySize        = 1 << 16 // tombstones seen, revisions seen
)

// Gate decides, writes down, and only then opens. Safe for concurrent use.
type Gate struct {
	crypto.Redacted

	heads, records Store
	ledger         Ledger
	relayer        Relayer
	decider        Decider
	journal        Journal
	shape          Shape
	place          Place
	keyring        *crypto.Keyring
	domain         consent.Domain
	registry       consent.Domain
	vault          string
	viewMaxAge     time.Duration
	wall           func() time.Time

	headNames, recordNames, pseudonyms crypto.Secret
	headSealer, tombstoneSealer        crypto.Sealer

	clock clock
	// Neither plaintext nor data keys are ever remembered.
	subjects  *recent[[32]byte, *subject]     // opened heads, by digest of the object
	documents *recent[[32]byte, *loadedGrant] // decoded grants, likewise
	verdicts  *recent[verdictKey, struct{}]
	stopped   *recent[consent.GrantID, *tombstone]
	revisions *recent[string, uint64] // the highest seen, by object name: a store that goes back shows

	keyLocks, subjectLocks *stripes
	lateSlots              chan struct{}
	lateWork               sync.WaitGroup
}

// New checks a configuration and returns its gate.
func New(cfg Config) (*Gate, error) {
	for name, port := range map[string]any{
		"Heads": cfg.Heads, "Records": cfg.Records, "Ledger": cfg.Ledger, "Relayer": cfg.Relayer,
		"Decider": cfg.Decider, "Journal": cfg.Journal, "Shape": cfg.Shape, "Place": cfg.Place, "Keyring": cfg.Keyring,
	} {
		if v := reflect.ValueOf(port); !v.IsValid() || (v.Kind() == reflect.Pointer || v.Kind() == reflect.Func) && v.IsNil() {
			return nil, fmt.Errorf("vault: %s: missing", name)
		}
	}
	for name, d := range map[string]consent.Domain{"ConsentLedger": cfg.ConsentLedger, "KeyRegistry": cfg.KeyRegistry} {
		if d.ChainID == 0 || d.Contract == (consent.Address{}) {
			return nil, fmt.Errorf("vault: %s: missing", name)
		}
	}
	if cfg.Name == "" {
		return nil, errors.New("vault: Name: missing")
	}
	if cfg.ConsentLedger == cfg.KeyRegistry {
		return nil, errors.New("vault: ConsentLedger and KeyRegistry: want two contracts")
	}
	if cfg.ViewMaxAge < 0 {
		return nil, errors.New("vault: ViewMaxAge: want 0 or more")
	}
	g := &Gate{
		heads: cfg.Heads, records: cfg.Records, ledger: cfg.Ledger, relayer: cfg.Relayer, decider: cfg.Decider,
		journal: cfg.Journal, shape: cfg.Shape, place: cfg.Place, keyring: cfg.Keyring, vault: cfg.Name, domain: cfg.ConsentLedger, registry: cfg.KeyRegistry,
		viewMaxAge: cfg.ViewMaxAge, wall: cfg.Now,
		subjects:  newRecent[[32]byte, *subject](cacheSize, cacheLife),
		documents: newRecent[[32]byte, *loadedGrant](cacheSize, cacheLife),
		verdicts:  newRecent[verdictKey, struct{}](cacheSize, 0),
		stopped:   newRecent[consent.GrantID, *tombstone](memorySize, 0),
		revisions: newRecent[string, uint64](memorySize, 0),
		keyLocks:  newStripes(), subjectLocks: newStripes(), lateSlots: make(chan struct{}, lateEntries),
	}
	if g.viewMaxAge == 0 {
		g.viewMaxAge = defaultViewMaxAge
	}
	if g.wall == nil {
		g.wall = time.Now
	}
	return g, g.openKeys()
}

func (g *Gate) openKeys() error {
	for name, key := range map[string]*crypto.Secret{
		"names.heads": &g.headNames, "names.records": &g.recordNames, "pseudonyms": &g.pseudonyms,
	} {
		var err error
		if *key, err = g.keyring.Raw(name); err != nil {
			return fmt.Errorf("vault: key %s: %w", name, err)
		}
	}
	for name, sealer := range map[string]*crypto.Sealer{"heads": &g.headSealer, "tombstones": &g.tombstoneSealer} {
		var err error
		if *sealer, err = g.keyring.Sealer(name); err != nil {
			return fmt.Errorf("vault: key %s: %w", name, err)
		}
	}
	return nil
}

// Close waits for the entries that are written after an answer. Call it when no call
// is under way any more, before the journal is closed.
func (g *Gate) Close() { g.lateWork.Wait() }

package vault

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
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
	Signable      Signable
	KeyHeld       KeyHeld
	Ended         Ended // nil: the ledger is asked about every grant, again and again
	Keyring       *crypto.Keyring
	Name          string         // the origin of the journal's log: what people sign for this vault names it
	ConsentLedger consent.Domain // of grants, withdrawals, and of all that only a vault checks
	KeyRegistry   consent.Domain // of registrations
	Institutions  consent.Domain // InstitutionRegistry: of writers' signatures

	ViewMaxAge time.Duration // beyond it nothing leaves; 0 = 60 s
	BackupDays int           // backups of the heads are kept for so long; 0 = 90
	// RestoreDelay is how long a restore that was asked for can be stopped; 0 = two days.
	RestoreDelay time.Duration
	// AssistsPerDay is how many grants one institution may help with in a day (UTC); 0 = 50.
	AssistsPerDay uint32
	Watch         Watch            // nil: nobody measures
	Now           func() time.Time // the wall clock; nil = time.Now
}

const (
	defaultViewMaxAge    = time.Minute
	defaultAssistsPerDay = 50
	cacheLife            = time.Minute // of opened heads: what an erased key may linger
	cacheSize            = 1 << 14
	cacheBytes           = 64 << 20 // of ciphertext
	memorySize           = 1 << 16  // tombstones seen, revisions seen
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
	signable       Signable
	keyHeld        KeyHeld
	endedSince     Ended
	keyring        *crypto.Keyring
	domain         consent.Domain
	registry       consent.Domain
	institutions   consent.Domain
	vault          string
	viewMaxAge     time.Duration
	backupDays     int
	restoreDelay   time.Duration
	assistsPerDay  uint32
	watch          Watch
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

	ciphertexts *recent[[32]byte, *record]            // by digest of the object
	noted       *recent[consent.GrantID, reservation] // what is noted as received for a while to come

	keyLocks, subjectLocks *locks
	lateSlots              chan struct{}
	refused                *recent[consent.GrantID, uint64] // how often a code was denied

	dues    *recent[consent.InstitutionID, uint64] // when the earliest deletion is due; 0 = none
	notices *recent[consent.InstitutionID, uint64] // the highest number seen
	bell    *bell
	ends    chan consent.GrantID // ended here, not yet told of
	behind  atomic.Bool          // something that ended is to be searched for
}

// New checks a configuration and returns its gate.
func New(cfg Config) (*Gate, error) {
	for name, port := range map[string]any{
		"Heads": cfg.Heads, "Records": cfg.Records, "Ledger": cfg.Ledger, "Relayer": cfg.Relayer,
		"Decider": cfg.Decider, "Journal": cfg.Journal, "Shape": cfg.Shape, "Place": cfg.Place, "Signable": cfg.Signable, "KeyHeld": cfg.KeyHeld, "Keyring": cfg.Keyring,
	} {
		if v := reflect.ValueOf(port); !v.IsValid() || (v.Kind() == reflect.Pointer || v.Kind() == reflect.Func) && v.IsNil() {
			return nil, fmt.Errorf("vault: %s: missing", name)
		}
	}
	for name, d := range map[string]consent.Domain{"ConsentLedger": cfg.ConsentLedger, "KeyRegistry": cfg.KeyRegistry, "Institutions": cfg.Institutions} {
		if d.ChainID == 0 || d.Contract == (consent.Address{}) {
			return nil, fmt.Errorf("vault: %s: missing", name)
		}
	}
	if cfg.Name == "" {
		return nil, errors.New("vault: Name: missing")
	}
	if cfg.ConsentLedger == cfg.KeyRegistry || cfg.Institutions == cfg.KeyRegistry || cfg.Institutions == cfg.ConsentLedger {
		return nil, errors.New("vault: ConsentLedger, KeyRegistry and Institutions: want three contracts")
	}
	if cfg.ViewMaxAge < 0 || cfg.BackupDays < 0 || cfg.RestoreDelay < 0 {
		return nil, errors.New("vault: ViewMaxAge, BackupDays, RestoreDelay: want 0 or more")
	}
	g := &Gate{
		heads: cfg.Heads, records: cfg.Records, ledger: cfg.Ledger, relayer: cfg.Relayer, decider: cfg.Decider,
		journal: cfg.Journal, shape: cfg.Shape, place: cfg.Place, signable: cfg.Signable, keyHeld: cfg.KeyHeld, endedSince: cfg.Ended, keyring: cfg.Keyring,
		vault: cfg.Name, domain: cfg.ConsentLedger, registry: cfg.KeyRegistry, institutions: cfg.Institutions,
		viewMaxAge: cfg.ViewMaxAge, backupDays: cfg.BackupDays, assistsPerDay: cmp.Or(cfg.AssistsPerDay, defaultAssistsPerDay), watch: cfg.Watch, wall: cfg.Now,
		subjects:  newRecent[[32]byte, *subject](cacheSize, cacheLife),
		documents: newRecent[[32]byte, *loadedGrant](cacheSize, cacheLife),
		verdicts:  newRecent[verdictKey, struct{}](cacheSize, 0),
		stopped:   newRecent[consent.GrantID, *tombstone](memorySize, 0),
		revisions: newRecent[string, uint64](memorySize, 0),
		noted:     newRecent[consent.GrantID, reservation](memorySize, 0),
		keyLocks:  newLocks(), subjectLocks: newLocks(), lateSlots: make(chan struct{}, lateEntries),
		dues:    newRecent[consent.InstitutionID, uint64](cacheSize, overdueLife),
		notices: newRecent[consent.InstitutionID, uint64](memorySize, 0),
		refused: newRecent[consent.GrantID, uint64](memorySize, 0),
		bell:    newBell(), ends: make(chan consent.GrantID, endsWaiting),
	}
	g.ciphertexts = newRecent[[32]byte, *record](cacheBytes, 0)
	g.ciphertexts.weigh = (*record).weight
	if g.viewMaxAge == 0 {
		g.viewMaxAge = defaultViewMaxAge
	}
	if g.backupDays == 0 {
		g.backupDays = defaultBackupDays
	}
	if g.restoreDelay = cfg.RestoreDelay; g.restoreDelay == 0 {
		g.restoreDelay = defaultRestoreDelay
	}
	if g.watch == nil {
		g.watch = unwatched
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
func (g *Gate) Close() {
	for range cap(g.lateSlots) { // all slots are ours when none is another's
		g.lateSlots <- struct{}{}
	}
	for range cap(g.lateSlots) {
		<-g.lateSlots
	}
}

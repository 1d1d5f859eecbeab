package main

import (
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"

	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/ledgerref"
)

// config is all that `wrappy serve` reads. Unknown keys are refused. Every key can
// be overridden by an environment variable: WRAPPY_ and the key in upper case with
// "_" for "." (WRAPPY_LISTEN_PUBLIC). Relative paths are relative to the file's folder.
type config struct {
	// Jurisdiction is the country (ISO 3166-1 alpha-2) whose data this vault keeps;
	// the keyring has a key for it.
	Jurisdiction string `koanf:"jurisdiction"`
	// PassphraseFile holds the keyring's passphrase; its first line counts.
	PassphraseFile string `koanf:"passphrase_file"`
	Listen         struct {
		// Public is host:port of the listener for people and everybody.
		Public string `koanf:"public"`
		// Institutions is host:port of the mutual TLS listener.
		Institutions string `koanf:"institutions"`
		// Internal is ip:port for the operator alone: metrics, health and, on loopback,
		// profiles. It asks nobody who they are, so it takes a loopback or private address
		// only; "": there is none.
		Internal string `koanf:"internal"`
		// Origins are the page origins whose sessions are taken, such as
		// https://vault.example; a listener on loopback takes its own besides.
		Origins []string `koanf:"origins"`
	} `koanf:"listen"`
	Limits struct {
		// PerSecond and Burst bound what one address (IPv6: one /64) may send to the
		// public listener: many people can be behind one.
		PerSecond int `koanf:"per_second"`
		Burst     int `koanf:"burst"`
		// Connections and ConnectionsPerAddress bound how many are open at once, on each
		// listener. What comes beyond is closed.
		Connections           int `koanf:"connections"`
		ConnectionsPerAddress int `koanf:"connections_per_address"`
		// ConnectionsPerSecond is how many TLS handshakes each listener begins in the long run, of one address a
		// quarter of them. What comes faster waits for two seconds at most, or is refused.
		ConnectionsPerSecond int `koanf:"connections_per_second"`
	} `koanf:"limits"`
	TLS struct {
		// Certificate and Key are PEM files of the server, for both listeners.
		Certificate string `koanf:"certificate"`
		Key         string `koanf:"key"`
	} `koanf:"tls"`
	Store struct {
		// Kind is directory (two folders beside this file) or s3.
		Kind string   `koanf:"kind"`
		S3   s3Config `koanf:"s3"`
	} `koanf:"store"`
	Erasure struct {
		// BackupDays is how long backups of the heads are kept. Keys of a month are
		// destroyed so many days after its end; until then a copy could be opened.
		BackupDays int `koanf:"backup_days"`
	} `koanf:"erasure"`
	Cards struct {
		// RestoreDelay is how long a restore that was asked for with a card can be stopped
		// before the seed is given out.
		RestoreDelay time.Duration `koanf:"restore_delay"`
	} `koanf:"cards"`
	Assist struct {
		// DailyLimit is how many permissions one institution may help people to give in a
		// day (UTC), on devices of its own.
		DailyLimit uint32 `koanf:"daily_limit"`
	} `koanf:"assist"`
	Journal journalConfig `koanf:"journal"`
	Ledger  ledgerConfig  `koanf:"ledger"`
	Policy  struct {
		// Bundle is the signed policy bundle, Approvals the reviewers' signatures.
		Bundle    string `koanf:"bundle"`
		Approvals string `koanf:"approvals"`
		// Reviewers is the file of reviewers' public keys, one a line, in hex.
		Reviewers string `koanf:"reviewers"`
	} `koanf:"policy"`
	Page struct {
		// Reviewed says of which languages of people's page somebody of the operator's, whose own
		// language it is, has checked the words: language=digest, such as sw=<64 hex digits>.
		// In a language that nobody has checked people can read and refuse, but not consent.
		Reviewed []string `koanf:"reviewed"`
	} `koanf:"page"`
	Log struct {
		// Level is debug, info, warn or error.
		Level string `koanf:"level"`
	} `koanf:"log"`
	Trace struct {
		// Endpoint is the URL of an OpenTelemetry collector (OTLP over HTTP): https, or http
		// on loopback; "": no traces.
		Endpoint string `koanf:"endpoint"`
		// Ratio of requests that are traced, 0 to 1.
		Ratio float64 `koanf:"ratio"`
		// CAFile is a PEM file of the authorities that its certificate is by; none: the system's.
		CAFile string `koanf:"ca_file"`
	} `koanf:"trace"`

	dir string // folder of the file
}

// s3Config says where S3-compatible storage is.
type s3Config struct {
	// Endpoint is the server's URL: https, or http on loopback.
	Endpoint string `koanf:"endpoint"`
	Region   string `koanf:"region"`
	// Heads and Records are two buckets. That of the heads must not be versioned.
	Heads   string `koanf:"heads"`
	Records string `koanf:"records"`
	// AccessKeyFile and SecretKeyFile hold the credentials, one line each.
	AccessKeyFile string `koanf:"access_key_file"`
	SecretKeyFile string `koanf:"secret_key_file"`
	// CAFile is a PEM file of the authorities that the server's certificate is by; none: the system's.
	CAFile string `koanf:"ca_file"`
}

// ledgerConfig says which chain is followed, and how.
type ledgerConfig struct {
	// ViewMaxAge bounds the age of the ledger view; past it releases stop.
	ViewMaxAge time.Duration `koanf:"view_max_age"`
	// Kind is embedded, or network: any EVM network by JSON-RPC.
	Kind string `koanf:"kind"`
	// EndpointFile holds the network's URL, which may hold a credential. SecondEndpointFile
	// holds that of an independent source which must agree; none: the first is believed.
	EndpointFile       string `koanf:"endpoint_file"`
	SecondEndpointFile string `koanf:"second_endpoint_file"`
	// Confirm says which block counts: safe, finalized or head.
	Confirm string `koanf:"confirm"`
	// OnDemand: the network makes blocks only when there is something to put in.
	OnDemand bool `koanf:"on_demand"`
	// LogsOfBoth is for networks whose receipts are not encoded as Ethereum's, such as
	// rollups: the logs that both endpoints give count. It needs the second.
	LogsOfBoth bool `koanf:"logs_of_both"`
	// Poll is the time between two looks at the network.
	Poll time.Duration `koanf:"poll"`
	// MaxFeeGwei is the most that a transaction may pay per gas; above it acts wait.
	MaxFeeGwei uint64 `koanf:"max_fee_gwei"`
	// DailyGwei is the most that all that is relayed may cost in a day (UTC), withdrawals
	// apart; 0: no limit.
	DailyGwei uint64 `koanf:"daily_gwei"`
	// DailyGrants, DailyInvited, DailyUninvited and DailyInstitution are how many acts are
	// paid for in a day: grants of one institution's requests, registrations by one's
	// invitation, registrations by nobody's, all together, and one institution's own.
	DailyGrants      int `koanf:"daily_grants"`
	DailyInvited     int `koanf:"daily_invited"`
	DailyUninvited   int `koanf:"daily_uninvited"`
	DailyInstitution int `koanf:"daily_institution"`
}

// budgets are the day's, as the relayer takes them.
func (l *ledgerConfig) budgets() ledgerref.Budgets {
	b := ledgerref.Budgets{Grants: l.DailyGrants, Invited: l.DailyInvited, Uninvited: l.DailyUninvited, Institution: l.DailyInstitution}
	if l.DailyGwei > 0 {
		b.Wei = wei(l.DailyGwei)
	}
	return b
}

// wei of so many gwei.
func wei(gwei uint64) *big.Int {
	return new(big.Int).Mul(new(big.Int).SetUint64(gwei), big.NewInt(1_000_000_000))
}

// journalConfig says who else holds the log.
type journalConfig struct {
	// AnchorEvery is the time between two anchors of the log on the ledger.
	AnchorEvery time.Duration `koanf:"anchor_every"`
	// Copy keeps tiles and entries in the record store too, at most two seconds behind.
	Copy bool `koanf:"copy"`
	// CopyMaxLag is how far behind the copy may be before nothing more is released: what
	// a lost disk can lose. 0: a copy that cannot be made is reported and stops nothing.
	CopyMaxLag time.Duration `koanf:"copy_max_lag"`
	// WitnessesFile names the witnesses that cosign checkpoints, by a C2SP witness
	// policy; none: nobody cosigns.
	WitnessesFile string `koanf:"witnesses_file"`
	// WitnessesOptional publishes checkpoints without them where they cannot be reached.
	WitnessesOptional bool `koanf:"witnesses_optional"`
}

var configDefaults = map[string]any{
	"jurisdiction":        "",
	"passphrase_file":     "passphrase",
	"listen.public":       "127.0.0.1:8443",
	"listen.institutions": "127.0.0.1:8444",
	"listen.internal":     "",
	"listen.origins":      []string{},
	"limits.per_second":   2,
	"limits.burst":        20,
	"limits.connections":  4096, "limits.connections_per_address": 256, "limits.connections_per_second": 100,
	"tls.certificate":   "tls/server.crt",
	"tls.key":           "tls/server.key",
	"store.kind":        "directory",
	"store.s3.endpoint": "", "store.s3.region": "us-east-1", "store.s3.heads": "", "store.s3.records": "",
	"store.s3.access_key_file": "", "store.s3.secret_key_file": "", "store.s3.ca_file": "",
	"journal.anchor_every": "1h", "journal.copy": true, "journal.copy_max_lag": "1m", "journal.witnesses_file": "", "journal.witnesses_optional": false,
	"erasure.backup_days": 90, "cards.restore_delay": "48h", "assist.daily_limit": 50,
	"ledger.view_max_age": "60s", "ledger.kind": "embedded",
	"ledger.endpoint_file": "", "ledger.second_endpoint_file": "", "ledger.confirm": "safe",
	"ledger.on_demand": false, "ledger.logs_of_both": false, "ledger.poll": "2s", "ledger.max_fee_gwei": 500, "ledger.daily_gwei": 0,
	"ledger.daily_grants": 10_000, "ledger.daily_invited": 10_000, "ledger.daily_uninvited": 5_000, "ledger.daily_institution": 500,
	"policy.bundle":    "policy/bundle.tar.gz",
	"policy.approvals": "policy/approvals.json",
	"policy.reviewers": "policy/reviewers.txt",
	"page.reviewed":    []string{},
	"log.level":        "info",
	"trace.endpoint":   "", "trace.ratio": traceRatio, "trace.ca_file": "",
}

// traceRatio of requests are traced where there is a collector.
const traceRatio = 0.01

const maxConfigBytes = 64 << 10

// loadConfig reads and validates the configuration file with overrides from environ.
func loadConfig(path string, environ []string) (*config, error) {
	if info, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("configuration: %w; 'wrappy init' makes one", err)
	} else if info.Size() > maxConfigBytes {
		return nil, errors.New("configuration: larger than 64 KiB")
	}
	k := koanf.New(".")
	if err := k.Load(confmap.Provider(configDefaults, "."), nil); err != nil {
		return nil, err
	}
	if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
		return nil, fmt.Errorf("configuration: %s is not YAML as it should be%s", filepath.Base(path), where(err))
	}
	overrides, err := environmentOverrides(environ)
	if err != nil {
		return nil, err
	}
	if err := k.Load(confmap.Provider(overrides, "."), nil); err != nil {
		return nil, err
	}
	c := &config{dir: filepath.Dir(path)}
	var read mapstructure.Metadata
	err = k.UnmarshalWithConf("", c, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: c, TagName: "koanf", Metadata: &read, WeaklyTypedInput: true,
		DecodeHook: mapstructure.ComposeDecodeHookFunc(mapstructure.StringToTimeDurationHookFunc(), mapstructure.StringToSliceHookFunc(",")),
	}})
	if err != nil {
		return nil, badValue(err, overrides)
	}
	if len(read.Unused) > 0 {
		slices.Sort(read.Unused)
		return nil, fmt.Errorf("configuration: unknown key: %s", client.Printable(strings.Join(read.Unused, ", ")))
	}
	return c, c.validate()
}

// badValue names the key, or the variable that overrides it, and not the value: it
// may be a secret in the wrong place.
func badValue(err error, overrides map[string]any) error {
	var one *mapstructure.DecodeError
	if !errors.As(err, &one) {
		return errors.New("configuration: a value is not of its key's type")
	}
	if _, overridden := overrides[one.Name()]; overridden {
		return fmt.Errorf("environment: %s: not a value for this key", variable(one.Name()))
	}
	return fmt.Errorf("configuration: %s: not a value for this key", client.Printable(one.Name()))
}

// variable is the name of the environment variable that overrides a key.
func variable(key string) string {
	return "WRAPPY_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// yamlLine is what may be told of the parser's complaint: the rest can hold values.
var yamlLine = regexp.MustCompile(`\bline \d+`)

func where(err error) string {
	if line := yamlLine.FindString(err.Error()); line != "" {
		return ": " + line
	}
	return ""
}

// environmentOverrides maps WRAPPY_ variables to keys; one that fits no key is
// refused, because a misspelt override would silently not hold.
func environmentOverrides(environ []string) (map[string]any, error) {
	keys := map[string]string{}
	for key := range configDefaults {
		keys[variable(key)] = key
	}
	overrides := map[string]any{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "WRAPPY_") {
			continue
		}
		key, known := keys[name]
		if !known {
			return nil, fmt.Errorf("environment: %s fits no configuration key", name)
		}
		overrides[key] = value
	}
	return overrides, nil
}

// What store.kind and ledger.kind can be.
const (
	storeDirectory = "directory"
	storeS3        = "s3"
	ledgerEmbedded = "embedded"
	ledgerNetwork  = "network"
)

// path resolves a configured path.
func (c *config) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(c.dir, p)
}

// Folders of the state, all below the configuration file's.
func (c *config) keyringFile() string { return filepath.Join(c.dir, "keyring.json") }
func (c *config) headsDir() string    { return filepath.Join(c.dir, "heads") }
func (c *config) recordsDir() string  { return filepath.Join(c.dir, "records") }
func (c *config) chainDir() string    { return filepath.Join(c.dir, "chain") }
func (c *config) viewDir() string     { return filepath.Join(c.dir, "view") }
func (c *config) outboxDir() string   { return filepath.Join(c.dir, "outbox") }
func (c *config) journalDir() string  { return filepath.Join(c.dir, "journal") }
func (c *config) journalSizeFile() string {
	return filepath.Join(c.dir, "journal-size")
}
func (c *config) anchorSizeFile() string { return filepath.Join(c.dir, "anchor-size") }
func (c *config) pageFile() string       { return filepath.Join(c.dir, "page.json") }
func (c *config) storeClockFile() string { return filepath.Join(c.dir, "store-clock") }
func (c *config) deploymentFile() string {
	return filepath.Join(c.dir, "deployment.json")
}
func (c *config) operatorSocket() string { return filepath.Join(c.dir, "operator.sock") }

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"

	"github.com/wrapious/wrappy/consent"
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
		// Origins are the page origins whose sessions are taken, such as
		// https://vault.example; a listener on loopback takes its own besides.
		Origins []string `koanf:"origins"`
	} `koanf:"listen"`
	Limits struct {
		// PerSecond and Burst bound what one address (IPv6: one /64) may send to the
		// public listener: many people can be behind one.
		PerSecond int `koanf:"per_second"`
		Burst     int `koanf:"burst"`
	} `koanf:"limits"`
	TLS struct {
		// Certificate and Key are PEM files of the server, for both listeners.
		Certificate string `koanf:"certificate"`
		Key         string `koanf:"key"`
	} `koanf:"tls"`
	Ledger struct {
		// ViewMaxAge bounds the age of the ledger view; past it releases stop.
		ViewMaxAge time.Duration `koanf:"view_max_age"`
	} `koanf:"ledger"`
	Policy struct {
		// Bundle is the signed policy bundle, Approvals the reviewers' signatures.
		Bundle    string `koanf:"bundle"`
		Approvals string `koanf:"approvals"`
		// Reviewers is the file of reviewers' public keys, one a line, in hex.
		Reviewers string `koanf:"reviewers"`
	} `koanf:"policy"`
	Log struct {
		// Level is debug, info, warn or error.
		Level string `koanf:"level"`
	} `koanf:"log"`

	dir string // folder of the file
}

var configDefaults = map[string]any{
	"jurisdiction":        "",
	"passphrase_file":     "passphrase",
	"listen.public":       "127.0.0.1:8443",
	"listen.institutions": "127.0.0.1:8444",
	"listen.origins":      []string{},
	"limits.per_second":   2,
	"limits.burst":        20,
	"tls.certificate":     "tls/server.crt",
	"tls.key":             "tls/server.key",
	"ledger.view_max_age": "60s",
	"policy.bundle":       "policy/bundle.tar.gz",
	"policy.approvals":    "policy/approvals.json",
	"policy.reviewers":    "policy/reviewers.txt",
	"log.level":           "info",
}

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
		return nil, fmt.Errorf("configuration: unknown key: %s", strings.Join(read.Unused, ", "))
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
	return fmt.Errorf("configuration: %s: not a value for this key", one.Name())
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

func (c *config) validate() error {
	if err := consent.ValidateJurisdiction(c.Jurisdiction); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	for name, address := range map[string]string{"listen.public": c.Listen.Public, "listen.institutions": c.Listen.Institutions} {
		if !isListenAddress(address) {
			return fmt.Errorf("configuration: %s: want host:port", name)
		}
	}
	if c.Limits.PerSecond < 1 || c.Limits.PerSecond > 10_000 || c.Limits.Burst < 10 || c.Limits.Burst > 10_000 {
		return errors.New("configuration: limits: want per_second of 1 to 10000 and burst of 10 to 10000")
	}
	if c.Ledger.ViewMaxAge < time.Second || c.Ledger.ViewMaxAge > 10*time.Minute {
		return errors.New("configuration: ledger.view_max_age: want 1s to 10m")
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level) {
		return errors.New("configuration: log.level: want debug, info, warn or error")
	}
	return nil
}

func isListenAddress(address string) bool {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

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
func (c *config) deploymentFile() string {
	return filepath.Join(c.dir, "deployment.json")
}
func (c *config) operatorSocket() string { return filepath.Join(c.dir, "operator.sock") }

package main

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/telemetry"
)

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
	if c.Limits.ConnectionsPerAddress < 1 || c.Limits.Connections < c.Limits.ConnectionsPerAddress || c.Limits.Connections > 1_000_000 {
		return errors.New("configuration: limits: want connections of 1 to 1000000, and connections_per_address of 1 to as many")
	}
	if c.Limits.ConnectionsPerSecond < 1 || c.Limits.ConnectionsPerSecond > 10_000 {
		return errors.New("configuration: limits: want connections_per_second of 1 to 10000")
	}
	if err := errors.Join(c.validateStore(), c.validateLedger()); err != nil {
		return err
	}
	if c.Erasure.BackupDays < 1 || c.Erasure.BackupDays > 3650 {
		return errors.New("configuration: erasure.backup_days: want 1 to 3650")
	}
	if d := c.Cards.RestoreDelay; d < time.Second || d > 30*24*time.Hour {
		return errors.New("configuration: cards.restore_delay: want 1s to 720h")
	}
	if c.Assist.DailyLimit < 1 || c.Assist.DailyLimit > 10_000 {
		return errors.New("configuration: assist.daily_limit: want 1 to 10000")
	}
	if c.Journal.AnchorEvery < time.Second || c.Journal.AnchorEvery > 7*24*time.Hour {
		return errors.New("configuration: journal.anchor_every: want 1s to 168h")
	}
	if lag := c.Journal.CopyMaxLag; lag != 0 && (lag < 2*time.Second || lag > 24*time.Hour) {
		return errors.New("configuration: journal.copy_max_lag: want 2s to 24h, or 0")
	}
	if _, err := c.reviewed(); err != nil {
		return err
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level) {
		return errors.New("configuration: log.level: want debug, info, warn or error")
	}
	return c.validateTelemetry()
}

// reviewed are the digests of words that the operator's readers have checked, by language.
func (c *config) reviewed() (map[string]consent.Digest, error) {
	all := map[string]consent.Digest{}
	for _, one := range c.Page.Reviewed {
		var digest consent.Digest
		language, text, _ := strings.Cut(one, "=")
		if err := digest.UnmarshalText([]byte("0x" + text)); err != nil || language == "" {
			return nil, errors.New("configuration: page.reviewed: want language=digest, such as sw= and 64 hex digits, the SHA-256 of the language's file as it is served")
		}
		all[language] = digest
	}
	return all, nil
}

func (c *config) validateTelemetry() error {
	if c.Listen.Internal != "" {
		if err := telemetry.CheckAddress(c.Listen.Internal); err != nil {
			return fmt.Errorf("configuration: listen.internal: %w", err)
		}
	}
	if err := (telemetry.Trace{Endpoint: c.Trace.Endpoint, Ratio: c.Trace.Ratio}).Check(); err != nil {
		return fmt.Errorf("configuration: trace: %w", err)
	}
	return nil
}

func (c *config) validateStore() error {
	switch c.Store.Kind {
	case storeDirectory:
		return nil
	case storeS3:
	default:
		return errors.New("configuration: store.kind: want directory or s3")
	}
	s := c.Store.S3
	for name, value := range map[string]string{
		"endpoint": s.Endpoint, "region": s.Region, "heads": s.Heads, "records": s.Records,
		"access_key_file": s.AccessKeyFile, "secret_key_file": s.SecretKeyFile,
	} {
		if value == "" {
			return fmt.Errorf("configuration: store.s3.%s: want a value", name)
		}
	}
	if s.Heads == s.Records {
		return errors.New("configuration: store.s3: heads and records: want two buckets: records may be versioned and backed up, heads must not")
	}
	return nil
}

func (c *config) validateLedger() error {
	l := &c.Ledger
	switch {
	case l.ViewMaxAge < time.Second || l.ViewMaxAge > 10*time.Minute:
		return errors.New("configuration: ledger.view_max_age: want 1s to 10m")
	case l.Kind != ledgerEmbedded && l.Kind != ledgerNetwork:
		return errors.New("configuration: ledger.kind: want embedded or network")
	case l.Kind == ledgerNetwork && l.EndpointFile == "":
		return errors.New("configuration: ledger.endpoint_file: want a file that holds the network's URL")
	case l.Kind == ledgerEmbedded && l.EndpointFile+l.SecondEndpointFile != "":
		return errors.New("configuration: ledger: an endpoint is of no use to the embedded chain; set ledger.kind to network")
	case !slices.Contains([]string{"safe", "finalized", "head"}, l.Confirm):
		return errors.New("configuration: ledger.confirm: want safe, finalized or head")
	case l.LogsOfBoth && l.SecondEndpointFile == "":
		return errors.New("configuration: ledger.logs_of_both: want a second_endpoint_file too: one endpoint alone would be believed")
	case l.Poll < 100*time.Millisecond || l.Poll > time.Minute:
		return errors.New("configuration: ledger.poll: want 100ms to 1m")
	case l.MaxFeeGwei < 1 || l.MaxFeeGwei > 1_000_000:
		return errors.New("configuration: ledger.max_fee_gwei: want 1 to 1000000")
	}
	for name, n := range map[string]int{"grants": l.DailyGrants, "invited": l.DailyInvited, "uninvited": l.DailyUninvited, "institution": l.DailyInstitution} {
		if n < 1 || n > 100_000_000 {
			return fmt.Errorf("configuration: ledger.daily_%s: want 1 to 100000000", name)
		}
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

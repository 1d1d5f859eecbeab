package main

import (
	"cmp"
	"strings"
	"text/template"
)

// configTemplate is the configuration that init writes: every key, with its default
// or what the founding says. Strings are quoted as YAML takes them.
var configTemplate = template.Must(template.New("").Parse(`# Configuration of wrappy serve. Every key can be overridden by an environment
# variable: WRAPPY_ and the key in upper case with "_" for ".", such as
# WRAPPY_LISTEN_PUBLIC. Unknown keys are refused. Paths are relative to this file.

# Country (ISO 3166-1 alpha-2) whose region key protects people's data.
jurisdiction: {{.Jurisdiction}}
# Its first line opens the keyring. Keep it elsewhere than the data.
passphrase_file: {{printf "%q" .PassphraseFile}}

listen:
  # For people and everybody.
  public: {{printf "%q" .Public}}
  # For institutions, by mutual TLS.
  institutions: {{printf "%q" .Institutions}}
  # For the operator alone: metrics, health and, on loopback, profiles. A loopback or
  # private address such as 127.0.0.1:9464; "" for none.
  internal: {{printf "%q" .Internal}}
  # Page origins whose sessions are taken, such as https://vault.example.
  origins: []

limits:
  # What one address may send to the public listener; raise it where many people
  # are behind one address.
  per_second: 2
  burst: 20
  # How many connections may be open at once on each listener, in all and from one address.
  connections: 4096
  connections_per_address: 256
  # How many new ones a second each listener takes in the long run, and from one address a quarter of them. What
  # comes faster waits a little, or is refused: raise it where many people or institutions are behind one address.
  connections_per_second: 100

tls:
  certificate: tls/server.crt
  key: tls/server.key

policy:
  bundle: policy/bundle.tar.gz
  approvals: policy/approvals.json
  # Public keys of the reviewers, one a line. A bundle needs two of them.
  reviewers: policy/reviewers.txt

ledger:
  # embedded, or network: any EVM network by JSON-RPC.
  kind: {{.LedgerKind}}
  # Past this age of the ledger view releases stop.
  view_max_age: 60s
  # The rest is for a network. Files of URLs, which may hold credentials; the second is of
  # an independent endpoint that must agree, "" for none.
  endpoint_file: {{printf "%q" .Network.endpoint}}
  second_endpoint_file: {{printf "%q" .Network.second}}
  # Which block counts: safe, finalized or head.
  confirm: {{.Confirm}}
  # Whether the network makes blocks only when there is something to put in.
  on_demand: {{.OnDemand}}
  # Whether its receipts are not encoded as Ethereum's (rollups): what both endpoints say counts.
  logs_of_both: false
  # Between two looks at the network.
  poll: 2s
  # The most that a transaction may pay per gas; above it acts wait.
  max_fee_gwei: 500
  # What is paid for in a day (UTC): in gwei in all, 0 for no limit; and how many grants of
  # one institution's requests, registrations by one's invitation, registrations by
  # nobody's in all, and acts of one institution. Withdrawals have no limit.
  daily_gwei: 0
  daily_grants: 10000
  daily_invited: 10000
  daily_uninvited: 5000
  daily_institution: 500

store:
  # directory: folders beside this file; or s3.
  kind: {{.StoreKind}}
  s3:
    # https, or http on loopback.
    endpoint: {{printf "%q" .S3.Endpoint}}
    region: {{printf "%q" .Region}}
    # Two buckets; that of the heads must not be versioned.
    heads: {{printf "%q" .S3.Heads}}
    records: {{printf "%q" .S3.Records}}
    access_key_file: {{printf "%q" .S3.AccessKeyFile}}
    secret_key_file: {{printf "%q" .S3.SecretKeyFile}}
    # Authorities of the server's certificate; "" for the system's.
    ca_file: {{printf "%q" .S3.CAFile}}

erasure:
  # How long backups of the heads are kept. So many days after a month's end its key is
  # destroyed, and no copy of a head of that month can be opened any more.
  backup_days: 90

cards:
  # How long a restore that was asked for with a card can be stopped by its person, before
  # the seed is given out.
  restore_delay: 48h

assist:
  # How many permissions one institution may help people to give in a day, on devices of its own.
  daily_limit: 50

journal:
  # Between two anchors of the log on the ledger.
  anchor_every: 1h
  # Entries and tiles are copied to the record store; past this lag releases stop, 0 for never.
  copy: true
  copy_max_lag: 1m
  # Who cosigns checkpoints (a C2SP witness policy), "" for nobody; and whether they are
  # published without them where they cannot be reached.
  witnesses_file: ""
  witnesses_optional: false

page:
  # Languages of people's page whose words a reader of yours has checked, each as
  # language=digest. In others people can read and refuse, but not consent.
  reviewed: []

log:
  # debug, info, warn or error
  level: info

trace:
  # An OpenTelemetry collector (OTLP over HTTP): https, or http on loopback; "" for none.
  endpoint: {{printf "%q" .TraceEndpoint}}
  # Of requests, 0 to 1.
  ratio: {{.TraceRatio}}
  # Authorities of the collector's certificate; "" for the system's.
  ca_file: ""
`))

// text is the configuration file.
func (f *founding) text() (string, error) {
	values := map[string]any{
		"Jurisdiction": f.jurisdiction, "PassphraseFile": f.passphraseFile, "Public": f.public, "Institutions": f.institutions, "Internal": f.internal, "TraceEndpoint": f.trace.endpoint, "TraceRatio": cmp.Or(f.trace.ratio, traceRatio),
		"LedgerKind": ledgerEmbedded, "Confirm": "safe", "OnDemand": f.network.onDemand,
		"StoreKind": storeDirectory, "Region": "us-east-1", "S3": f.s3,
		"Network": map[string]string{"endpoint": f.network.endpoint, "second": f.network.second},
	}
	if f.passphraseFile == "" {
		values["PassphraseFile"] = passphraseFile
	}
	if f.network.contracts != "" {
		values["LedgerKind"] = ledgerNetwork
	}
	if f.network.confirm != "" {
		values["Confirm"] = f.network.confirm
	}
	if f.s3.Endpoint != "" {
		values["StoreKind"] = storeS3
	}
	if f.s3.Region != "" {
		values["Region"] = f.s3.Region
	}
	var b strings.Builder
	err := configTemplate.Execute(&b, values)
	return b.String(), err
}

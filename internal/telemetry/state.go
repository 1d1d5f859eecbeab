package telemetry

import (
	"math/big"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// State is what the vault is like now, read at every scrape.
type State struct {
	LedgerFollows bool // it has not stopped
	LedgerBlock   uint64
	LedgerAge     time.Duration // of the newest head, without asking for one

	JournalWorks                         bool
	Entries, Published, Copied, Anchored uint64        // entries of the log, and how far each has come
	TreeBehind, CopyBehind               time.Duration // since when the oldest entry has been waiting

	PolicyRevision, PolicyExpires, PolicyRefused uint64

	Relayer  Relayer
	Caches   map[string]Cache
	Sessions int
	// CertificateEnds is when the server's certificate does.
	CertificateEnds time.Time
}

// Relayer is what waits to be sent to the chain.
type Relayer struct {
	Pending, InFlight, Unfinal, Parked int
	Oldest                             time.Duration
	Dropped                            uint64
	Spent                              *big.Int // wei, today; nil: nothing
	Limit                              *big.Int // wei a day; nil: none
	Waiting                            string   // one of WaitingFor, or ""
	Budgets                            []Budget
}

// Budget is how much is used of what may be relayed today.
type Budget struct {
	Class       string
	Used, Limit int // acts
}

// Cache says how often what was looked for was there.
type Cache struct{ Hits, Misses uint64 }

// WaitingFor are the reasons for which the relayer may wait.
var WaitingFor = []string{"fee", "budget", "balance", "network", "chain", "view"}

// reading is one metric of a State.
type reading struct {
	desc    *prometheus.Desc
	kind    prometheus.ValueType
	collect func(*State, func(value float64, labels ...string))
}

func gauge(name, help string, value func(*State) float64) reading {
	return labelled(prometheus.GaugeValue, name, help, nil, func(s *State, put func(float64, ...string)) { put(value(s)) })
}

func labelled(kind prometheus.ValueType, name, help string, labels []string, collect func(*State, func(float64, ...string))) reading {
	return reading{prometheus.NewDesc("wrappy_"+name, help, labels, nil), kind, collect}
}

func yes(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

const perEther = 1e18

func ether(wei *big.Int) float64 {
	if wei == nil {
		return 0
	}
	value, _ := new(big.Float).SetInt(wei).Float64()
	return value / perEther
}

var readings = []reading{
	gauge("ledger_follows", "1 while the ledger is followed; 0 when the view has stopped for good.", func(s *State) float64 { return yes(s.LedgerFollows) }),
	gauge("ledger_view_block", "Newest confirmed block that the view has.", func(s *State) float64 { return float64(s.LedgerBlock) }),
	gauge("ledger_view_age_seconds", "Age of the newest head. On the embedded chain, which makes blocks when it is asked, it grows while nobody asks.", func(s *State) float64 { return s.LedgerAge.Seconds() }),
	gauge("journal_works", "1 while entries can be written; 0 when the journal has stopped.", func(s *State) float64 { return yes(s.JournalWorks) }),
	labelled(prometheus.GaugeValue, "journal_size_entries", "Entries of the log, and how many of them have come where.", []string{"where"}, func(s *State, put func(float64, ...string)) {
		put(float64(s.Entries), "intake")
		put(float64(s.Published), "tree")
		put(float64(s.Copied), "copy")
		put(float64(s.Anchored), "ledger")
	}),
	labelled(prometheus.GaugeValue, "journal_behind_seconds", "Since when the oldest entry that has not come there has been waiting.", []string{"where"}, func(s *State, put func(float64, ...string)) {
		put(s.TreeBehind.Seconds(), "tree")
		put(s.CopyBehind.Seconds(), "copy")
	}),
	gauge("policy_revision", "Revision of the policy bundle in force; 0: none is.", func(s *State) float64 { return float64(s.PolicyRevision) }),
	gauge("policy_expires_timestamp_seconds", "When the bundle in force expires, in Unix seconds.", func(s *State) float64 { return float64(s.PolicyExpires) }),
	labelled(prometheus.CounterValue, "policy_bundles_refused_total", "Bundles that were not put into force.", nil, func(s *State, put func(float64, ...string)) { put(float64(s.PolicyRefused)) }),
	labelled(prometheus.GaugeValue, "relayer_waiting_acts", "Signed acts that the confirmed chain does not show yet.", []string{"state"}, func(s *State, put func(float64, ...string)) {
		put(float64(s.Relayer.Pending), "pending")
		put(float64(s.Relayer.Parked), "aside")
	}),
	labelled(prometheus.GaugeValue, "relayer_transactions", "Transactions on their way.", []string{"state"}, func(s *State, put func(float64, ...string)) {
		put(float64(s.Relayer.InFlight), "sent")
		put(float64(s.Relayer.Unfinal), "mined")
	}),
	gauge("relayer_oldest_seconds", "Since when the oldest act has been waiting.", func(s *State) float64 { return s.Relayer.Oldest.Seconds() }),
	labelled(prometheus.CounterValue, "relayer_dropped_total", "Acts given up: refused by the contract, or too late.", nil, func(s *State, put func(float64, ...string)) { put(float64(s.Relayer.Dropped)) }),
	labelled(prometheus.GaugeValue, "relayer_waits", "1 where acts are not sent now for this reason.", []string{"for"}, func(s *State, put func(float64, ...string)) {
		for _, why := range WaitingFor {
			put(yes(s.Relayer.Waiting == why), why)
		}
	}),
	gauge("relayer_spent_ether", "What transactions have cost today (UTC).", func(s *State) float64 { return ether(s.Relayer.Spent) }),
	gauge("relayer_spend_limit_ether", "What they may cost in a day; 0: no limit.", func(s *State) float64 { return ether(s.Relayer.Limit) }),
	labelled(prometheus.GaugeValue, "relayer_budget_used_acts", "Acts charged today; of each institution's own budget, the one used most.", []string{"class"}, func(s *State, put func(float64, ...string)) {
		for _, b := range s.Relayer.Budgets {
			put(float64(b.Used), in(budgetClasses, b.Class))
		}
	}),
	labelled(prometheus.GaugeValue, "relayer_budget_limit_acts", "Acts that are paid for in a day.", []string{"class"}, func(s *State, put func(float64, ...string)) {
		for _, b := range s.Relayer.Budgets {
			put(float64(b.Limit), in(budgetClasses, b.Class))
		}
	}),
	labelled(prometheus.CounterValue, "cache_lookups_total", "Looks into caches.", []string{"cache", "result"}, func(s *State, put func(float64, ...string)) {
		for name, c := range s.Caches {
			put(float64(c.Hits), name, "hit")
			put(float64(c.Misses), name, "miss")
		}
	}),
	gauge("sessions_open", "People's sessions in memory.", func(s *State) float64 { return float64(s.Sessions) }),
	gauge("certificate_expires_timestamp_seconds", "When the server's certificate expires, in Unix seconds.", func(s *State) float64 { return float64(s.CertificateEnds.Unix()) }),
}

var budgetClasses = set("grants", "invited", "uninvited", "institution")

type collector func() State

// Describe is prometheus.Collector's.
func (c collector) Describe(into chan<- *prometheus.Desc) {
	for _, r := range readings {
		into <- r.desc
	}
}

// Collect is prometheus.Collector's.
func (c collector) Collect(into chan<- prometheus.Metric) {
	state := c()
	for _, r := range readings {
		r.collect(&state, func(value float64, labels ...string) {
			into <- prometheus.MustNewConstMetric(r.desc, r.kind, value, labels...)
		})
	}
}

// Read has every scrape read the state, which must not change it and take no time.
func (t *Telemetry) Read(state func() State) error {
	if t == nil {
		return nil
	}
	return t.registry.Register(collector(state))
}

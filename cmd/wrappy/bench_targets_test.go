package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// target is what a figure of bench.json is to reach.
type target struct {
	what  string
	path  string // in bench.json
	most  bool   // the figure is to be at most limit, otherwise at least
	limit float64
	unit  string
}

var targets = []target{
	{"release, warm, 128 clients: part of the bare handler's answers/s", "release_warm.128.ratio", false, .35, "×"},
	{"release, warm, 64 clients: likewise", "release_warm.64.ratio", false, .35, "×"},
	{"release, warm, 16 clients: likewise", "release_warm.16.ratio", false, .30, "×"},
	{"release, warm, 1 client: p50 over one append and fsync", "release_warm.1.p50_over_fsync_ms", true, .35, "ms"},
	{"release, warm, 16 clients: p99", "release_warm.16.p99_ms", true, 12, "ms"},
	{"release, warm, 64 clients: p99", "release_warm.64.p99_ms", true, 25, "ms"},
	{"server CPU for a release, warm, 64 clients: of the bare handler's", "release_warm.64.cpu_ratio", true, 3.5, "×"},
	{"release, caches cold, directory store", "release_cold_dir.16.ratio", false, .15, "×"},
	{"release, caches cold, S3 on loopback", "release_cold_s3.16.ratio", false, .06, "×"},
	{"release from a grant with a count", "release_limited.16.ratio", false, .10, "×"},
	{"write of ten fields, 16 clients", "write.16.per_s", false, 600, "/s"},
	{"write of ten fields, 16 clients: p99", "write.16.p99_ms", true, 80, "ms"},
	{"decision, engine alone, one core", "decision_engine_us", true, 70, "µs"},
	{"decision, from the cache, one core", "decision_cached_us", true, 1, "µs"},
	{"one field of 100 bytes opened", "open_field_us", true, 1.5, "µs"},
	{"one field of 100 bytes opened: allocations", "open_field_allocs", true, 6, ""},
	{"releases that began after their withdrawal was acknowledged", "withdrawal.released_after", true, 0, ""},
	{"grants through the relayer in batches", "grants_per_s", false, 800, "/s"},
	{"one grant alone, two seconds after the last: p50", "grant_alone_p50_ms", true, 50, "ms"},
	{"follower's replay", "replay_per_s", false, 15_000, "events/s"},
	{"1,000,000 people and live grants: resident", "release_many.resident_mib", true, 1024, "MiB"},
	{"1,000,000 people and live grants: from start to ready", "release_many.boot_s", true, 90, "s"},
	{"1,000,000 people and live grants: release, p50, of that with 10,000", "release_many.p50_ratio", true, 1.3, "×"},
	{"others' p99 while the vault is flooded, of that before: the worst of 13 attacks", "floods.p99_ratio", true, 3, "×"},
	{"failures under all of this", "failures", true, 0, ""},
	{"calls put off by 503 under all of this", "put_off", true, 0, ""},
	{"promises of answers that the journal does not keep", "promises.lost", true, 0, ""},
}

// table is the figures beside their targets, in Markdown.
func (b *bench) table() string {
	var text strings.Builder
	text.WriteString("| measure | to reach | measured | |\n|---|---|---|---|\n")
	for _, t := range targets {
		measured, verdict := "–", "not measured"
		if v, found := b.figure(t.path); found {
			measured, verdict = fmt.Sprintf("%.4g %s", v, t.unit), "missed"
			if t.most && v <= t.limit || !t.most && v >= t.limit {
				verdict = "reached"
			}
			if people, found := b.figure("release_many.people"); found && people < 1e6 && strings.HasPrefix(t.path, "release_many.") {
				verdict = fmt.Sprintf("with %.0f people only", people)
			}
		}
		fmt.Fprintf(&text, "| %s%s | %s |\n", t.row(), measured, verdict)
	}
	return text.String()
}

// row is how the target's line begins.
func (t *target) row() string {
	relation := "≥"
	if t.most {
		relation = "≤"
	}
	return fmt.Sprintf("%s | %s %s %s | ", t.what, relation, strconv.FormatFloat(t.limit, 'f', -1, 64), t.unit)
}

const (
	performancePage = "../../docs/performance.md"
	pageBegin       = "<!-- figures: written by make bench-page from bench.json -->\n"
	pageEnd         = "<!-- end -->"
)

// page writes the table into the page.
func (b *bench) page() {
	text, err := os.ReadFile(performancePage)
	must(b.t, err)
	before, rest, found := strings.Cut(string(text), pageBegin)
	_, after, ended := strings.Cut(rest, pageEnd)
	if !found || !ended {
		b.t.Fatal("docs/performance.md has no place for the figures")
	}
	must(b.t, os.WriteFile(performancePage, []byte(before+pageBegin+b.table()+pageEnd+after), 0o644)) //nolint:gosec // a page for everybody
}

// paged: the page speaks of every target, and of no other.
func (b *bench) paged() {
	text, err := os.ReadFile(performancePage)
	must(b.t, err)
	_, rest, _ := strings.Cut(string(text), pageBegin)
	table, _, _ := strings.Cut(rest, pageEnd)
	for _, t := range targets {
		if !strings.Contains(table, "| "+t.row()) {
			b.t.Errorf("docs/performance.md lacks %q: run make bench-page", t.row())
		}
	}
	if rows := strings.Count(table, "\n") - 2; rows != len(targets) {
		b.t.Errorf("docs/performance.md has %d rows of figures for %d targets: run make bench-page", rows, len(targets))
	}
}

func (b *bench) figure(path string) (float64, bool) {
	var at any = b.results
	for name := range strings.SplitSeq(path, ".") {
		switch within := at.(type) {
		case map[string]any:
			at = within[name]
		case figures:
			at = within[name]
		default:
			return 0, false
		}
	}
	v, found := at.(float64)
	return v, found
}

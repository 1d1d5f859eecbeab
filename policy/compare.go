package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/wrapious/wrappy/consent"
)

// Class says which way a change goes.
type Class string

// The classes. Whatever is not known to narrow is to be treated as widening.
const (
	Widening  Class = "widening"
	Narrowing Class = "narrowing"
	Neutral   Class = "neutral" // what people are shown, and tests: nothing is decided by it
	Unknown   Class = "unknown" // counts as widening
)

// Change is one difference between two bundles, by its meaning.
type Change struct {
	Class  Class    `json:"class"`
	Part   string   `json:"part"`             // purpose, field, codes, rule, test, data, manifest
	Name   string   `json:"name"`             // of the purpose, field, matter or file
	Member string   `json:"member,omitempty"` // kinds, bases, countries, read, write, retention_days …
	Gained []string `json:"gained,omitempty"`
	Lost   []string `json:"lost,omitempty"`
	What   string   `json:"what"`  // the change in a sentence
	Place  string   `json:"place"` // file:line in the later bundle, or in the earlier where something is gone
}

// pure says whether a bundle with this change may still be a pure narrowing. Texts that
// people are shown are not: under another label they would have consented to something else.
func (c Change) pure() bool { return c.Class == Narrowing || c.Part == "test" }

// Comparison is what a reviewer wants to know of the step from one bundle to another.
type Comparison struct {
	From    Side     `json:"from"`
	To      Side     `json:"to"`
	Verdict Class    `json:"verdict"` // the widest class of all changes; neutral where there is none
	Pure    bool     `json:"pure_narrowing"`
	Changes []Change `json:"changes"`
	Access  []Access `json:"access"`
}

// Side names one of the two.
type Side struct {
	Digest   consent.Digest `json:"digest"`
	Revision uint64         `json:"revision,omitempty"`
	Expires  uint64         `json:"expires,omitempty"`
}

// Compare says what changes from one bundle to another: widening first.
func Compare(from, to *Draft) (*Comparison, error) {
	changes, err := compareFiles(from.loaded.files, to.loaded.files)
	if err != nil {
		return nil, err
	}
	if from.bundle && to.bundle {
		changes = append(changes, compareExpiry(from.loaded.manifest.Expires, to.loaded.manifest.Expires)...)
	}
	order := []Class{Widening, Unknown, Narrowing, Neutral}
	slices.SortStableFunc(changes, func(a, b Change) int { return slices.Index(order, a.Class) - slices.Index(order, b.Class) })
	c := &Comparison{From: from.side(), To: to.side(), Verdict: Neutral, Pure: true, Changes: changes, Access: compareAccess(from.loaded, to.loaded)}
	for _, change := range changes {
		c.Pure = c.Pure && change.pure()
	}
	if len(changes) > 0 {
		c.Verdict = changes[0].Class
	}
	return c, nil
}

func (d *Draft) side() Side {
	return Side{Digest: d.loaded.digest, Revision: d.loaded.manifest.Revision, Expires: d.loaded.manifest.Expires}
}

func compareExpiry(from, to uint64) []Change {
	c := Change{Part: "manifest", Name: manifestName, Member: "expires", Place: manifestName + ":1"}
	switch {
	case to > from:
		c.Class, c.What = Widening, "it permits for longer"
	case to < from:
		c.Class, c.What = Narrowing, "it permits for less time"
	default:
		return nil
	}
	return []Change{c}
}

// comparer collects the changes of one pair of files.
type comparer struct {
	name          string // of the file
	before, after []byte
	changes       []Change
}

func compareFiles(before, after map[string][]byte) (changes []Change, err error) {
	names := maps.Clone(before)
	maps.Copy(names, after)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		old, had := before[name]
		now, has := after[name]
		if had && has && bytes.Equal(old, now) {
			continue
		}
		c := &comparer{name: name, before: old, after: now}
		folder := strings.TrimSuffix(path.Dir(name), "/")
		switch compare := comparers[folder]; {
		case path.Ext(name) == ".rego":
			c.text(had, has)
		case compare == nil || !had || !has:
			c.data(folder, had, has)
		default:
			err = errors.Join(err, c.entries(compare))
		}
		changes = append(changes, c.changes...)
	}
	return changes, err
}

// comparers know what the data means. Data that they do not know is unknown.
var comparers = map[string]func(c *comparer, name string, before, after any){
	"purposes":    (*comparer).purpose,
	"fields":      (*comparer).field,
	"codes":       (*comparer).matter,
	"accreditors": (*comparer).accreditor,
}

func (c *comparer) add(change Change, path ...string) {
	content := c.after
	if change.Part != "test" && change.Part != "rule" && !c.there(c.after, path...) {
		content = c.before
	}
	change.Place = c.name + ":" + strconv.Itoa(lineOf(content, path...))
	c.changes = append(c.changes, change)
}

// there says whether a document has a path.
func (c *comparer) there(content []byte, path ...string) bool {
	dec := json.NewDecoder(bytes.NewReader(content))
	for _, name := range path {
		if _, ok := seek(dec, name); !ok {
			return false
		}
	}
	return len(content) > 0
}

// text is a rule, of which nothing is known, or a test, by which nothing is decided.
func (c *comparer) text(had, has bool) {
	change := Change{Class: Unknown, Part: "rule", Name: c.name}
	if isTest(c.name) {
		change.Class, change.Part = Neutral, "test"
	}
	switch {
	case !had:
		change.What = change.Part + "s added"
	case !has:
		change.What = change.Part + "s removed"
	default:
		change.What = change.Part + "s changed: read them"
	}
	change.Place = c.name + ":" + strconv.Itoa(firstDifference(c.before, c.after))
	c.changes = append(c.changes, change)
}

func firstDifference(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return 1 + bytes.Count(b[:n], []byte("\n"))
}

// data is a file of which it is not known what rules make of it. Gained and lost are the
// names in it, so that a country that comes or goes is seen.
func (c *comparer) data(folder string, had, has bool) {
	change := Change{Class: Unknown, Part: "data", Name: folder, What: "data changed that rules may read either way"}
	if !had || !has {
		change.What = "data added or removed that rules may read either way"
	}
	names := func(content []byte) map[string]bool {
		all := map[string]bool{}
		if value, err := decodeUnique(c.name, content); err == nil {
			pathsOf("", value, all)
		}
		return all
	}
	before, after := names(c.before), names(c.after)
	change.Gained, change.Lost = lacking(after, before), lacking(before, after)
	content := c.after
	if !has {
		content = c.before
	}
	line := 1
	if has && had {
		line = firstDifference(c.before, content)
	}
	change.Place = c.name + ":" + strconv.Itoa(line)
	c.changes = append(c.changes, change)
}

func pathsOf(at string, value any, all map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		for name, one := range v {
			pathsOf(strings.TrimPrefix(at+"/"+name, "/"), one, all)
		}
	case []any:
		for _, one := range v {
			pathsOf(at, one, all)
		}
	default:
		all[strings.TrimPrefix(fmt.Sprintf("%s=%v", at, v), "=")] = true
	}
}

// lacking are the names of a that b lacks, in order.
func lacking(a, b map[string]bool) (names []string) {
	for name := range a {
		if !b[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// entries compares two objects name by name.
func (c *comparer) entries(compare func(c *comparer, name string, before, after any)) error {
	old, errOld := decodeUnique(c.name, c.before)
	now, errNow := decodeUnique(c.name, c.after)
	before, isObject := old.(map[string]any)
	after, areObjects := now.(map[string]any)
	if err := errors.Join(errOld, errNow); err != nil || !isObject || !areObjects {
		return errors.Join(err, fmt.Errorf("%w: %s: want a JSON object", ErrBundle, c.name))
	}
	names := maps.Clone(before)
	maps.Copy(names, after)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !reflect.DeepEqual(before[name], after[name]) {
			compare(c, name, before[name], after[name])
		}
	}
	return nil
}

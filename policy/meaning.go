package policy

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/wrapious/wrappy/consent"
)

// What the members of purposes and fields mean. A member that is not named here is
// unknown, and so is one that a later version adds.
var (
	purposeSets = map[string]string{ // sets of what is open
		"kinds": "kinds of institution", "bases": "legal bases", "read": "fields to read", "write": "fields to write",
	}
	fieldSets = map[string]string{"read": "kinds that read it", "write": "kinds that write it"}
	shown     = map[string]bool{"label": true, "note": true, "picture": true, "source": true, "law": true, "iri": true, "name": true}
)

func (c *comparer) purpose(name string, before, after any) {
	old, had := before.(map[string]any)
	now, has := after.(map[string]any)
	change := Change{Part: "purpose", Name: name}
	switch {
	case !had:
		change.Class, change.What, change.Gained = Widening, "purpose gained: "+opens(now), []string{name}
	case !has:
		change.Class, change.What, change.Lost = Narrowing, "purpose lost: "+opens(old), []string{name}
	default:
		c.members("purpose", name, old, now, purposeSets)
		return
	}
	c.add(change, name)
}

// opens sums up a purpose.
func opens(p map[string]any) string {
	list := func(member string) string { return strings.Join(slices.Sorted(maps.Keys(setOf(p[member]))), ", ") }
	return fmt.Sprintf("kinds %s; reads %s; writes %s", list("kinds"), list("read"), list("write"))
}

func (c *comparer) field(name string, before, after any) {
	old, had := before.(map[string]any)
	now, has := after.(map[string]any)
	change := Change{Part: "field", Name: name}
	switch {
	case !had:
		change.Class, change.What, change.Gained = Widening, "field gained: it can be kept and asked for", []string{name}
	case has:
		c.members("field", name, old, now, fieldSets)
		return
	default:
		change.Class, change.What, change.Lost = Narrowing, "field lost: what is kept in it is released to nobody", []string{name}
		if old["resource"] != nil || old["matter"] != nil {
			change.Class, change.What = Unknown, "field of FHIR resources lost: they may come to stand in another"
		}
	}
	c.add(change, name)
}

// members compares two entries member by member.
func (c *comparer) members(part, name string, before, after map[string]any, sets map[string]string) {
	all := maps.Clone(before)
	maps.Copy(all, after)
	for _, member := range slices.Sorted(maps.Keys(all)) {
		old, had := before[member]
		now, has := after[member]
		if had && has && reflect.DeepEqual(old, now) {
			continue
		}
		change := Change{Part: part, Name: name, Member: member}
		switch words, isSet := sets[member]; {
		case isSet:
			c.set(change, words, old, now)
			continue
		case part == "purpose" && member == "countries":
			c.countries(change, had, has, old, now)
			continue
		case part == "accreditor" && member == "countries":
			c.countries(change, !setOf(old)[AnyCountry], !setOf(now)[AnyCountry], old, now)
			continue
		case part == "purpose" && member == "retention_days":
			change.Class, change.What = grows(old, now, Widening, Narrowing), fmt.Sprintf("days kept at most: %v, was %v", now, old)
		case part == "purpose" && member == "from":
			change.Class, change.What = grows(old, now, Narrowing, Widening), fmt.Sprintf("first second in force: %v, was %v", now, old)
		case part == "purpose" && member == "effective":
			// the day of "from", as the loader sees to: that one is counted
			if reflect.DeepEqual(before["from"], after["from"]) {
				change.Class, change.What = Unknown, "day changed without its second"
				break
			}
			continue
		case shown[member] && (part != "field" || member != "name"):
			change.Class, change.What = Neutral, member+" changed: people and reviewers read it"
		default:
			change.Class, change.What = Unknown, member+" changed"
		}
		c.add(change, name, member)
	}
}

// grows classes two numbers; whatever is none is unknown.
func grows(before, after any, up, down Class) Class {
	a, okA := before.(json.Number)
	b, okB := after.(json.Number)
	old, errOld := a.Int64()
	now, errNow := b.Int64()
	switch {
	case !okA || !okB || errOld != nil || errNow != nil:
		return Unknown
	case now > old:
		return up
	}
	return down
}

// accreditor: a word that counts for more kinds or countries opens what rests on it.
func (c *comparer) accreditor(name string, before, after any) {
	old, had := before.(map[string]any)
	now, has := after.(map[string]any)
	change := Change{Part: "accreditor", Name: name}
	switch {
	case !had:
		change.Class, change.What, change.Gained = Widening, "accreditor gained: its word counts", []string{name}
	case !has:
		change.Class, change.What, change.Lost = Narrowing, "accreditor lost: its word counts no more", []string{name}
	default:
		c.members("accreditor", name, old, now, map[string]string{"kinds": "kinds that it vouches for"})
		return
	}
	c.add(change, name)
}

// setOf reads an object of true. Anything else in it is kept apart by its value, so that
// it is a change and no member.
func setOf(value any) map[string]bool {
	object, _ := value.(map[string]any)
	set := map[string]bool{}
	for name, open := range object {
		if open == true {
			set[name] = true
		} else {
			set[fmt.Sprintf("%s (%v)", name, open)] = true
		}
	}
	return set
}

func (c *comparer) set(change Change, words string, before, after any) {
	old, now := setOf(before), setOf(after)
	if gained := lacking(now, old); len(gained) > 0 {
		one := change
		one.Class, one.Gained, one.What = Widening, gained, words+" gained: "+strings.Join(gained, ", ")
		c.add(one, change.Name, change.Member, gained[0])
	}
	if lost := lacking(old, now); len(lost) > 0 {
		one := change
		one.Class, one.Lost, one.What = Narrowing, lost, words+" lost: "+strings.Join(lost, ", ")
		c.add(one, change.Name, change.Member, lost[0])
	}
}

// countries: none named is everywhere, so that the first one narrows.
func (c *comparer) countries(change Change, had, has bool, before, after any) {
	old, now := setOf(before), setOf(after)
	switch {
	case !had:
		change.Class, change.Lost, change.What = Narrowing, []string{"everywhere"}, "countries: no longer everywhere but "+strings.Join(slices.Sorted(maps.Keys(now)), ", ")
		c.add(change, change.Name, change.Member)
	case !has:
		change.Class, change.Gained, change.What = Widening, []string{"everywhere"}, "countries: everywhere, no longer "+strings.Join(slices.Sorted(maps.Keys(old)), ", ")
		c.add(change, change.Name, change.Member)
	default:
		c.set(change, "countries", before, after)
	}
}

// matter compares the code lists of a sensitive matter. A code that goes leaves its
// resources among all others; one that comes moves them to those who may read the matter.
func (c *comparer) matter(name string, before, after any) {
	old, now := codesOf(before), codesOf(after)
	gained, lost := lacking(now, old), lacking(old, now)
	change := Change{Part: "codes", Name: name}
	if len(lost) > 0 {
		one := change
		one.Class, one.Lost, one.What = Widening, lost, fmt.Sprintf("%d codes lost: what has them stands among everything else", len(lost))
		c.add(one, name)
	}
	if len(gained) > 0 {
		one := change
		one.Class, one.Gained, one.What = Unknown, gained, fmt.Sprintf("%d codes gained: what has them moves into the matter's field", len(gained))
		c.add(one, name)
	}
	if len(gained)+len(lost) == 0 {
		change.Class, change.What = Neutral, "names or sources of codes changed, or their order"
		c.add(change, name)
	}
}

func codesOf(value any) map[string]bool {
	codes := map[string]bool{}
	lists, _ := value.([]any)
	for _, one := range lists {
		list, _ := one.(map[string]any)
		for _, member := range []string{"codes", "prefixes"} {
			for code := range setOf(list[member]) {
				code, _, _ = strings.Cut(code, " (") // its name follows
				codes[fmt.Sprintf("%v|%s%s", list["system"], code, map[string]string{"prefixes": "…"}[member])] = true
			}
		}
	}
	return codes
}

// Access is what one kind of institution may do for one purpose, gained or lost, as the
// default rules read the data. Other rules may read it otherwise.
type Access struct {
	Class   Class               `json:"class"` // widening: gained
	Kind    string              `json:"kind"`
	Purpose consent.Purpose     `json:"purpose"`
	Action  string              `json:"action"`
	Fields  []consent.FieldName `json:"fields"`
}

type accessKey struct {
	purpose consent.Purpose
	kind    string
	action  string
}

func compareAccess(from, to *Loaded) []Access {
	before, after := from.access(), to.access()
	all := map[accessKey]bool{}
	for key := range before {
		all[key] = true
	}
	for key := range after {
		all[key] = true
	}
	keys := slices.SortedFunc(maps.Keys(all), func(a, b accessKey) int {
		return strings.Compare(string(a.purpose)+"\x00"+a.kind+"\x00"+a.action, string(b.purpose)+"\x00"+b.kind+"\x00"+b.action)
	})
	out := []Access{}
	for _, class := range []Class{Widening, Narrowing} {
		more, less := after, before
		if class == Narrowing {
			more, less = before, after
		}
		for _, key := range keys {
			fields := slices.DeleteFunc(slices.Clone(more[key]), func(f consent.FieldName) bool { return slices.Contains(less[key], f) })
			if len(fields) > 0 {
				out = append(out, Access{Class: class, Kind: key.kind, Purpose: key.purpose, Action: key.action, Fields: fields})
			}
		}
	}
	return out
}

func (l *Loaded) access() map[accessKey][]consent.FieldName {
	out := map[accessKey][]consent.FieldName{}
	for name, p := range l.purposes {
		for kind := range p.Kinds {
			for _, f := range slices.Sorted(maps.Keys(p.Read)) {
				if l.fields[string(f)].Read[kind] {
					out[accessKey{name, kind, "read"}] = append(out[accessKey{name, kind, "read"}], f)
				}
			}
			for _, f := range slices.Sorted(maps.Keys(p.Write)) {
				if l.fields[string(f)].Write[kind] {
					out[accessKey{name, kind, "write"}] = append(out[accessKey{name, kind, "write"}], f)
				}
			}
		}
	}
	return out
}

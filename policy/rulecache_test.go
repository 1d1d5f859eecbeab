package policy

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// Whatever is put and asked, in whatever frames, the answers are those of OPA's own cache;
// a cache that was in use before has nothing left of it.
func TestRuleCacheAnswersAsOPAs(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same each time
	for range 50 {
		own, theirs, depth := newRuleCache(), topdown.NewVirtualCache(), 1
		rules := 1 + r.IntN(3*fewRules)
		written := ast.MustParseRef("data.wrappy.release.x") // the caller's, and written over
		for range 500 {
			written[len(written)-1] = ast.StringTerm(strconv.Itoa(r.IntN(rules)))
			ref := written
			if r.IntN(4) == 0 {
				ref = written[:3]
			}
			switch n := r.IntN(12); {
			case n == 0 && depth < 4:
				own.Push()
				theirs.Push()
				depth++
			case n == 1 && depth > 1:
				own.Pop()
				theirs.Pop()
				depth--
			case n < 5:
				var value *ast.Term
				if r.IntN(3) > 0 {
					value = ast.InternedTerm(r.IntN(100))
				}
				own.Put(ref, value)
				theirs.Put(ref.Copy(), value)
			default:
				a, undefined := own.Get(ref)
				b, theirsUndefined := theirs.Get(ref)
				if a != b || undefined != theirsUndefined {
					t.Fatalf("%v: %v %v, want %v %v", ref, a, undefined, b, theirsUndefined)
				}
			}
		}
		a, b := own.Keys(), theirs.Keys()
		if got, want := sorted(a), sorted(b); !slices.Equal(got, want) {
			t.Fatalf("keys %v, want %v", got, want)
		}
		own.release()
	}
}

func sorted(refs []ast.Ref) (texts []string) {
	for _, ref := range refs {
		texts = append(texts, ref.String())
	}
	slices.Sort(texts)
	return texts
}

// Data is read as the store has it, and what is not there is not.
func TestBaseData(t *testing.T) {
	d, err := ReadSource(Default())
	if err != nil {
		t.Fatal(err)
	}
	data := d.loaded.rules.data
	for text, want := range map[string]string{
		"data.retention.overdue.grace_days":                   "30",
		`data.purposes["dpv:PersonnelHiring"].kinds.employer`: "true",
		`data.fields["identity.name"].read.hospital`:          "true",
		`data.purposes["dpv:PersonnelHiring"].kinds.hospital`: "",
		`data.purposes["dpv:Marketing"]`:                      "",
		`data.fields["identity.name"].read.hospital.more`:     "",
		"data.nothing":              "",
		"data.retention.overdue[0]": "",
		"data[0]":                   "",
		"data":                      "",
		"input.retention":           "",
		`data.purposes["dpv:PersonnelHiring"].kinds["employer"]`: "true",
	} {
		got := ""
		if value := data.Get(ast.MustParseRef(text)); value != nil {
			got = value.String()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

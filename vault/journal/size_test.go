package journal

import (
	"fmt"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/vault"
)

// The institution gets the leaf and chooses what it asks, so it can tune the evidence
// to the edge of a size class. Whatever it asks, facts and untold reasons must not show.
func TestSizeSaysNothingOfThePerson(t *testing.T) {
	j := mustOpen(t, configIn(tempDir(t)))
	size := func(asked int, change func(*vault.Entry)) int {
		e := entryOf(1)
		for n := range asked {
			e.Evidence.Asked = append(e.Evidence.Asked, consent.FieldName(fmt.Sprintf("work.field_%d", n)))
			e.Evidence.Withheld = append(e.Evidence.Withheld, consent.Withheld{Field: e.Evidence.Asked[n], Reason: consent.ReasonPolicy})
		}
		e.Shared.Withheld, e.Shared.Reasons = e.Evidence.Withheld, []consent.Reason{consent.ReasonPolicy}
		e.Evidence.Reasons = e.Shared.Reasons
		change(&e)
		leaf, err := consent.ParseLeaf(mustAppend(t, j, e).Leaf)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := crypto.OpenPart(key(2), consent.PartEvidence, leaf.Commitments[1], leaf.Evidence); err != nil {
			t.Fatal(err)
		}
		return len(leaf.Evidence)
	}
	for asked := range 40 {
		plain := size(asked, func(*vault.Entry) {})
		known := size(asked, func(e *vault.Entry) {
			e.Evidence.Facts = consent.PolicyFacts{Minor: true, Representative: true, NeverCountries: []string{"ER", "SD"}}
			e.Evidence.Reasons = []consent.Reason{consent.ReasonCountry}
			e.Evidence.Withheld = append([]consent.Withheld{}, e.Evidence.Withheld...)
			for i := range e.Evidence.Withheld {
				e.Evidence.Withheld[i].Reason = consent.ReasonCountry
			}
		})
		if plain != known {
			t.Errorf("%d fields asked: %d bytes without facts, %d with", asked, plain, known)
		}
	}
}

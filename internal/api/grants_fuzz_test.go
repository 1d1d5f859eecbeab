package api

import (
	"testing"

	"github.com/wrapious/wrappy/internal/api/strict"
	"github.com/wrapious/wrappy/openapi"
)

// FuzzGrantDocument: what is taken for a person's grant has one meaning. Written again it is
// the same document under the same id, which is what was signed.
func FuzzGrantDocument(f *testing.F) {
	f.Add([]byte(yes(newActor())))
	f.Add([]byte(`{"grant":{"version":1,"audience":"bearer"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var sent openapi.SignedGrant
		if strict.Decode(body, &sent) != nil {
			return
		}
		read, err := signedGrant(&sent)
		if err != nil {
			if p := problemOf(err); p.status != problemInvalid.status {
				t.Fatalf("refused as %s", p.name)
			}
			return
		}
		if err := read.Grant.Validate(); err != nil {
			t.Fatal(err)
		}
		again := sent
		again.Grant = wireGrant(&read.Grant)
		twice, err := signedGrant(&again)
		if err != nil || twice.Act != read.Act || twice.Binding != read.Binding || read.Act.ID != read.Grant.ID() {
			t.Fatalf("two readings of one grant: %v", err)
		}
		sent.Grant.Actions = again.Grant.Actions // a set: in any order
		if string(mustJSON(again)) != string(mustJSON(sent)) {
			t.Fatalf("two spellings of one grant:\n%s\n%s", mustJSON(again), mustJSON(sent))
		}
	})
}

package client

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/internal/api/strict"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
)

// MaxReleased is the largest release that is read from a file, in bytes.
const MaxReleased = 96 << 20

// The checks of a released value.
const (
	CheckValue = "value" // that its writer signed it
	CheckKey   = "key"   // that the key was the writer's
)

// ErrReleased: not a release as the vault answers it in JSON.
var ErrReleased = errors.New("not a release in JSON, as 'wrappy institution release -o json' and the API give it")

// ParseReleased reads a release. ErrReleased.
func ParseReleased(data []byte) (*openapi.Released, error) {
	r := new(openapi.Released)
	if len(data) > MaxReleased || strict.Decode(data, r) != nil {
		return nil, ErrReleased
	}
	return r, nil
}

// CheckedValue is one writer's value of a field and what came of its signatures.
type CheckedValue struct {
	Field  consent.FieldName
	Writer consent.InstitutionID // zero: the person
	Name   string                // of the writer, where keys name it
	Items  int
	Days   [2]uint64 // Unix days of the first and the last signature
	proof.Report
}

const (
	doUnsigned = "do not rely on it: the value, or what it says of its writer, is not what was signed; fetch it again, and if it fails again ask the writer"
	doKeys     = "do not rely on it: the key was not that institution's; read the keys again from a source that you trust, and if it fails again ask the writer"
)

// VerifyValues checks each value of a release against its writer's signatures, made for
// a registry; with keys, that the signing keys were the writers'. What cannot be shown is
// reported as not proven. The first signature that fails ends it, a *proof.Failure.
func VerifyValues(released *openapi.Released, registry consent.Domain, keys *proof.KeysFile) ([]CheckedValue, error) {
	var all []CheckedValue
	for _, name := range slices.Sorted(maps.Keys(released.Released)) {
		field := consent.FieldName(name)
		if field.Validate() != nil {
			return nil, &proof.Failure{Check: "file", Do: "fetch it again", Err: fmt.Errorf("%w: %w", ErrReleased, consent.ErrFieldName)}
		}
		for _, v := range released.Released[name] {
			c, err := verifyValue(field, &v, registry, keys)
			if err != nil {
				return nil, err
			}
			all = append(all, *c)
		}
	}
	return all, nil
}

func verifyValue(field consent.FieldName, v *openapi.SourcedValue, registry consent.Domain, keys *proof.KeysFile) (*CheckedValue, error) {
	c := &CheckedValue{Field: field}
	if c.Writer.UnmarshalText([]byte(v.Writer)) != nil {
		return nil, &proof.Failure{Check: "file", Do: "fetch it again", Err: ErrReleased}
	}
	person := c.Writer == consent.InstitutionID{}
	if person || v.Derived != nil {
		if len(v.Signatures) > 0 {
			return nil, c.failed(CheckValue, doUnsigned, errors.New("signatures where nobody has signed"))
		}
		c.open(CheckValue, map[bool]string{true: "that the person wrote it: their own value is not signed to you", false: "who computed it: 'wrappy verify answers' checks derived answers"}[person])
		return c, nil
	}
	items, err := fhir.Signable(field, v.Value)
	if err != nil {
		return nil, c.failed(CheckValue, doUnsigned, err)
	}
	if len(items) == 0 || len(items) != len(v.Signatures) {
		return nil, c.failed(CheckValue, doUnsigned, fmt.Errorf("%d signatures for %d items", len(v.Signatures), len(items)))
	}
	used := map[keyDay]bool{}
	for i := range items {
		at, err := verifyItem(field, c.Writer, items[i], &v.Signatures[i], registry)
		if err != nil {
			return nil, c.failed(CheckValue, doUnsigned, fmt.Errorf("item %d of %d: %w", i+1, len(items), err))
		}
		used[at] = true
	}
	c.Items = len(items)
	days := slices.SortedFunc(maps.Keys(used), func(a, b keyDay) int { return cmp.Or(cmp.Compare(a.day, b.day), slices.Compare(a.hash[:], b.hash[:])) })
	c.Days = [2]uint64{days[0].day, days[len(days)-1].day}
	c.Report = append(c.Report, proof.Finding{Check: CheckValue, Proven: true, What: fmt.Sprintf("%s: all of it (%s) was signed as written by %s, %s, for this field", field, plural(c.Items, "item"), c.Writer, c.When())})
	return c, c.checkKeys(days, keys)
}

// keyDay is a key, by its hash, and a day on which something was signed with it.
type keyDay struct {
	day  uint64
	hash consent.Digest
}

func verifyItem(field consent.FieldName, writer consent.InstitutionID, item consent.Digest, w *openapi.ValueSignature, registry consent.Domain) (at keyDay, err error) {
	statement := consent.ValueStatement{Registry: registry, Writer: writer, Field: field, Item: item, Day: w.Day}
	var key consent.WriterKey
	var signature consent.WriterSignature
	if statement.Grant.UnmarshalText([]byte(w.GrantCommitment)) != nil || len(w.Key) != len(key) || len(w.Signature) != len(signature) {
		return at, consent.ErrValueSignature
	}
	copy(key[:], w.Key)
	copy(signature[:], w.Signature)
	if err := statement.Verify(key, signature); err != nil {
		return at, err
	}
	at.day = w.Day
	at.hash, err = key.Hash()
	return at, err
}

// checkKeys holds the keys that were used against what is known of their owner.
func (c *CheckedValue) checkKeys(used []keyDay, keys *proof.KeysFile) error {
	var holder *proof.KeyHolder
	if keys != nil {
		holder = keys.Holder(c.Writer)
	}
	if holder == nil {
		var hashes []string
		for _, at := range used {
			if hash := at.hash.String(); !slices.Contains(hashes, hash) {
				hashes = append(hashes, hash)
			}
		}
		c.open(CheckKey, fmt.Sprintf("that the key %s was %s's: 'wrappy institution key export --of %s' shows what the ledger has, and --keys-file takes it", strings.Join(hashes, ", "), c.Writer, c.Writer))
		return nil
	}
	c.Name = holder.Name
	later := false
	for _, at := range used {
		switch known := holder.HeldOn(at.hash, at.day); {
		case at.day > keys.Time/consent.Day:
			later = true
		case !known:
			return c.failed(CheckKey, doKeys, fmt.Errorf("key %s was not its writer's on %s", at.hash, dayText(at.day)))
		}
	}
	if later {
		c.open(CheckKey, fmt.Sprintf("that the key was its writer's: the keys are of %s, and it was signed later; export them again", dayText(keys.Time/consent.Day)))
		return nil
	}
	c.Report = append(c.Report, proof.Finding{Check: CheckKey, Proven: true, What: fmt.Sprintf("the key was that of %q, %s, by what %s said on %s", c.Name, c.When(), keys.Source, dayText(keys.Time/consent.Day))})
	return nil
}

// When is the days of the signatures in words.
func (c *CheckedValue) When() string {
	if c.Days[0] == c.Days[1] {
		return "on " + dayText(c.Days[0])
	}
	return "from " + dayText(c.Days[0]) + " to " + dayText(c.Days[1])
}

func (c *CheckedValue) open(check, what string) {
	c.Report = append(c.Report, proof.Finding{Check: check, What: string(c.Field) + ": " + what})
}

func (c *CheckedValue) failed(check, do string, err error) error {
	return &proof.Failure{Check: check, Do: do, Err: fmt.Errorf("%s, by %s: %w", c.Field, c.Writer, err)}
}

func dayText(day uint64) string {
	return time.Unix(int64(min(day, 1<<30)*consent.Day), 0).UTC().Format("2006-01-02") //nolint:gosec // bounded
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

package vault

import (
	"bytes"
	"slices"

	"github.com/wrapious/wrappy/consent"
)

// What is here already, and what comes from another vault: of one writer the newer counts,
// by the day that the writer signed, and within a day by what the vaults say. Of two that
// cannot be told apart the one that is here stays.

// newer puts what is newer of an incoming value in place of what is here, and says whether
// that changed any. ErrFieldTooLarge.
func (m *importing) newer(field consent.FieldName, here, v *Sourced) (changed bool, err error) {
	entry, _ := m.catalog.Field(field)
	if entry.Type == consent.TypeFHIR && v.Writer != (consent.InstitutionID{}) {
		return newerResources(entry, here, v)
	}
	if v.Writer == (consent.InstitutionID{}) || later(v, len(v.Signatures)-1, here, len(here.Signatures)-1) && !bytes.Equal(v.Value, here.Value) {
		*here = *v
		return true, nil
	}
	return false, nil
}

// later reports whether item i of a value is newer than item n of another.
func later(v *Sourced, i int, here *Sourced, n int) bool {
	if i < 0 || n < 0 {
		return v.Written > here.Written
	}
	a, b := v.Signatures[i].Day, here.Signatures[n].Day
	return a > b || a == b && v.Written > here.Written
}

// newerResources goes resource by resource, each with the signature that it came with.
func newerResources(entry consent.CatalogField, here, v *Sourced) (changed bool, err error) {
	merged, ok := asResources(entry, here.Value)
	added, okAdded := asResources(entry, v.Value)
	if !ok || !okAdded || len(merged) != len(here.Signatures) || len(added) != len(v.Signatures) {
		*here = *v // the catalog's type has changed since: nothing to merge with
		return true, nil
	}
	signatures := slices.Clone(here.Signatures)
	place := make(map[string]int, len(merged))
	for n, r := range merged {
		place[r.id] = n
	}
	for i, r := range added {
		n, found := place[r.id]
		switch {
		case !found:
			merged, signatures = append(merged, r), append(signatures, v.Signatures[i])
		case later(v, i, here, n) && !bytes.Equal(r.raw, merged[n].raw):
			merged[n], signatures[n] = r, v.Signatures[i]
		default:
			continue
		}
		changed = true
	}
	if !changed {
		return false, nil
	}
	value := joinResources(merged)
	if len(merged) > maxElements || len(value) > maxValue || checkJSON(value) != nil {
		return false, ErrFieldTooLarge
	}
	next := Sourced{Writer: here.Writer, Written: here.Written, Grant: here.Grant, Value: value, Signatures: signatures}
	if v.Written > here.Written {
		next.Written, next.Grant = v.Written, v.Grant
	}
	*here = next
	return true, nil
}

func joinResources(list []resource) []byte {
	out := []byte{'['}
	for i, r := range list {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, r.raw...)
	}
	return append(out, ']')
}

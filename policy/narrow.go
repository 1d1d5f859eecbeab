package policy

import (
	"errors"
	"fmt"

	"github.com/wrapious/wrappy/consent"
)

// A bundle that one reviewer has approved may come into force if it is a pure narrowing
// of the one in force: a stop must not wait for a second person. It is reviewed after.
//
// No flag says so. The manifest names the narrowed bundle by its digest, so that the
// reviewer has signed what it was compared with; the loader has that bundle at hand,
// verifies it as any other, and compares the two itself, on every load and restart:
//
//   - it is the bundle in force, or the chain that is in force already;
//   - the revision is the next one: a single reviewer cannot use up all numbers;
//   - it expires no later;
//   - every module but tests is the same, byte for byte;
//   - the data differs in nothing but changes that Compare classes as narrowing.
//
// Rules can read data in reverse ("not data.purposes[p].kinds.school"), and no comparison
// of texts would see it. So while one approval is all there is, every question is put to
// the narrowed bundle too, and what that does not permit is not permitted.

// maxNarrowings bounds how many narrowings may stand on each other unreviewed: each
// costs every decision an evaluation.
const maxNarrowings = 4

// narrowed is the bundle that l narrows, or why it is no pure narrowing.
func (t Terms) narrowed(l *Loaded, depth int) (*Loaded, error) {
	refuse := func(why string) (*Loaded, error) {
		return nil, errors.New("one approval is enough for a pure narrowing only: " + why)
	}
	named := l.manifest.Narrows
	switch {
	case named == nil:
		return refuse("its manifest names no bundle that it narrows")
	case depth >= maxNarrowings:
		return refuse(fmt.Sprintf("%d stand on each other unreviewed already", maxNarrowings))
	case depth == 0 && (t.InForce == consent.Digest{} || (*named != t.InForce && l.digest != t.InForce)):
		return refuse("it narrows another bundle than the one in force")
	}
	for _, o := range t.Before {
		if o.digest() != *named {
			continue
		}
		before, err := t.approved(o, depth+1)
		if err != nil {
			return refuse(fmt.Sprintf("the bundle that it narrows: %v", err))
		}
		if why := widens(before, l); why != "" {
			return refuse(why)
		}
		return before, nil
	}
	return refuse("the bundle that it narrows is not at hand")
}

// widens says why after is not a pure narrowing of before; "" where it is.
func widens(before, after *Loaded) string {
	switch {
	case after.manifest.Revision != before.manifest.Revision+1:
		return fmt.Sprintf("its revision is not %d", before.manifest.Revision+1)
	case after.manifest.Expires > before.manifest.Expires:
		return "it expires later"
	}
	changes, err := compareFiles(before.files, after.files)
	if err != nil {
		return err.Error()
	}
	for _, c := range changes {
		if !c.pure() {
			return fmt.Sprintf("%s: %s (%s)", c.Place, c.What, c.Class)
		}
	}
	return ""
}

// PureNarrowing says why one bundle is no pure narrowing of another, as the loader will
// see it; nil where it is. Errors wrap ErrApproval: two reviewers must approve it.
func PureNarrowing(before, after *Draft) error {
	why := ""
	if named := after.loaded.manifest.Narrows; named == nil || *named != before.loaded.digest {
		why = "its manifest does not name that bundle"
	} else {
		why = widens(before.loaded, after.loaded)
	}
	if why != "" {
		return fmt.Errorf("%w: no pure narrowing: %s", ErrApproval, why)
	}
	return nil
}

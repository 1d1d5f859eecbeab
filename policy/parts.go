package policy

import (
	"encoding/binary"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/wrapious/wrappy/consent"
)

// parts are grants and institutions as rules see them, kept from one question to the
// next: building them costs as much as some of the rules. What no rule can see is left
// out, so that most grants of a purpose are one part. Safe for concurrent use.
type parts struct {
	reads reads
	grant [11]bool // the members that rules can see, in the order of grantMembers
	in    [8]bool  // likewise of institutionMembers

	mu   sync.RWMutex
	kept map[string]*ast.Term
}

// partsKept bounds the parts: then they begin anew.
const partsKept = 4096

func newParts(r reads) *parts {
	p := &parts{reads: r, kept: map[string]*ast.Term{}}
	for i, member := range grantMembers(&consent.Grant{}) {
		p.grant[i] = p.sees("grant", member)
	}
	for i, member := range institutionMembers(consent.Institution{}, 0) {
		p.in[i] = p.sees("institution", member)
	}
	return p
}

func (p *parts) sees(whole string, member [2]*ast.Term) bool {
	name, _ := member[0].Value.(ast.String)
	return p.reads.sees(whole + "." + string(name))
}

// of returns the part with this key, or makes it of those members that rules can see.
func (p *parts) of(key []byte, whole string, members func() [][2]*ast.Term) *ast.Term {
	p.mu.RLock()
	part, ok := p.kept[string(key)]
	p.mu.RUnlock()
	if ok {
		return part
	}
	var seen [][2]*ast.Term
	for _, member := range members() {
		if p.sees(whole, member) {
			seen = append(seen, member)
		}
	}
	part = ast.ObjectTerm(seen...)
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.kept) >= partsKept {
		clear(p.kept)
	}
	p.kept[string(key)] = part
	return part
}

func (p *parts) ofGrant(g *consent.Grant) *ast.Term {
	b := append(make([]byte, 0, 256), 'g')
	for i, s := range [...]string{string(g.Purpose), string(g.LegalBasis), g.Jurisdiction} {
		if p.grant[i] {
			b = appendText(b, s)
		}
	}
	for i, n := range [...]uint64{uint64(g.Audience), uint64(g.Representation), uint64(g.Assistance), uint64(g.Actions), g.NotBefore, g.Expires, uint64(g.MaxReleases), uint64(g.RetentionDays)} {
		if p.grant[3+i] {
			b = binary.BigEndian.AppendUint64(b, n)
		}
	}
	return p.of(b, "grant", func() [][2]*ast.Term { m := grantMembers(g); return m[:] })
}

func (p *parts) ofInstitution(in consent.Institution, overdue uint64) *ast.Term {
	b := append(make([]byte, 0, 256), 'i')
	if p.in[0] {
		b = append(b, in.ID[:]...)
	}
	if p.in[1] {
		b = appendText(b, in.Jurisdiction)
	}
	for i, n := range [...]uint64{uint64(in.Kind), uint64(bit(in.Suspended)), uint64(bit(in.Attested)), in.AttestedTo, overdue} {
		if p.in[2+i] {
			b = binary.BigEndian.AppendUint64(b, n)
		}
	}
	if p.in[7] {
		for _, id := range in.Accreditors { // the last: their number is in the length
			b = append(b, id[:]...)
		}
	}
	return p.of(b, "institution", func() [][2]*ast.Term { m := institutionMembers(in, overdue); return m[:] })
}

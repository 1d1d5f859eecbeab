package main

import (
	"fmt"
	"strings"
	"testing"
)

// Who is asked is told who vouches for whoever asks, and warned where nobody does, where it is more than
// usual, and where that cannot be said. The vault itself takes no request that policy forbids today: the
// other answers are those of another day.
func (v *running) warned(t *testing.T) {
	request := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}}).ID().String()
	p := v.handset(t)
	p.starts("#r="+request).sees("They ask you").sees("vouches for them").doesNotSee("Be careful", "somebody vouches")
	for _, c := range []struct{ name, change, want string }{
		{"nobody vouches", "a.institution.attested = false", "nobody vouches for them"},
		{"suspended", "a.institution.suspended = true", "not allowed to ask now"},
		{"it cannot be said", "delete a.now", "it could not be checked"},
		{"not at all", "a.now.reasons = ['purpose']", "more than such places usually may"},
		{"one field is more", "a.now.withheld = [{ field: 'work.employer', reason: 'field_kind' }]", "Employer"},
	} {
		p.before(fmt.Sprintf(`{ const real = fetch; window.fetch = async (url, init) => { const r = await real(url, init); if (!String(url).includes("/v1/asked/")) return r; const a = await r.json(); a.institution.attested = true; a.institution.suspended = false; a.now = { reasons: [], withheld: [] }; %s; return new Response(JSON.stringify(a), { status: r.status, headers: r.headers }) } }`, c.change))
		p.returns("#r=" + request).sees("They ask you")
		var shown string
		p.js("[...document.querySelectorAll('.warning')].map(w => w.innerText).join()", &shown)
		if !strings.Contains(shown, c.want) {
			t.Errorf("%s: %q", c.name, shown)
		}
		if c.want == "Employer" {
			p.fine("asked-beyond")
		}
	}
}

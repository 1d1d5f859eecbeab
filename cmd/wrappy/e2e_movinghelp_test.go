package main

import (
	"os"
	"slices"
	"strings"

	"github.com/wrapious/wrappy/proof"
)

// movedWithHelp: what was written under a permission that was given on a helper's device moves, by the ledger's own word of whose keys they were.
func (e *estate) movedWithHelp(a, b *vaultHouse) {
	e.t.Helper()
	must(e.t, os.WriteFile(e.file("pin"), []byte("271828\n"), 0o600))
	e.run(e.person(a, "ruth", "new", "--jurisdiction", "KE")...)
	must(e.t, os.WriteFile(e.file("ruth.card"), []byte(e.run(e.person(a, "ruth", "card", "new", "--assist", "--pin-file", "pin")...)+"\n"), 0o600))
	request := e.run(append([]string{"institution", "request", "--dir", "hospital", "--purpose", "sector-health:ServiceProvision", "--jurisdiction", "KE", "--fields", heldFields, "--notice", "To treat you.", "--write"}, a.desk()...)...)
	request, _, _ = strings.Cut(request, "\n")
	e.run(append([]string{"person", "assist", "--card-file", "ruth.card", "--pin-file", "pin", "--request", request, "--helper", "clinic"}, a.at()...)...)
	status := e.run(append([]string{"institution", "status", request, "--dir", "hospital", "--wait", "1m"}, a.desk()...)...)
	_, grant, found := strings.Cut(status, "given, grant ")
	if !found {
		e.t.Fatal(status)
	}
	e.run(append([]string{"institution", "write", strings.Fields(grant)[0], "--dir", "hospital", "--file", "values.json"}, a.desk()...)...)
	e.run(e.person(a, "ruth", "export", "--out", "ruth.jsonl", "--plain")...)

	e.run(e.person(b, "ruth", "enrol", "--jurisdiction", "UG")...)
	mine := e.read("ruth.jsonl")
	for name, change := range map[string]func(g *proof.ExportedGrant){
		"no help":           func(g *proof.ExportedGrant) { g.Help = nil },
		"the asker as help": func(g *proof.ExportedGrant) { must(e.t, g.Help.Institution.UnmarshalText([]byte(e.ids["hospital"]))) },
		"a day before":      func(g *proof.ExportedGrant) { g.Help.NotBefore -= 86400 },
		"another vault":     func(g *proof.ExportedGrant) { g.Help.Vault = "vault.example/other" },
		"another key":       func(g *proof.ExportedGrant) { g.Help.AssistKey[0]++ },
	} {
		l := mine.clone()
		l.grants = slices.Clone(l.grants)
		help := *l.grants[0].Help
		l.grants[0].Help = &help
		change(&l.grants[0])
		file := strings.ReplaceAll("ruth "+name, " ", "-") + ".jsonl"
		l.write(e.t, e.file(file))
		e.denied(exitRefused, "another_person", e.person(b, "ruth", "import", file)...)
	}
	if moved := e.run(e.person(b, "ruth", "import", "ruth.jsonl")...); !strings.Contains(moved, "2 fields are new here") || strings.Count(moved, "taken") != 2 {
		e.t.Error(moved)
	}
	e.run(e.person(b, "ruth", "export", "--out", "ruth-onward.jsonl", "--plain")...)
	onward := e.read("ruth-onward.jsonl")
	if len(onward.grants) != 1 || onward.grants[0].Help == nil || onward.grants[0].Help.Vault != mine.grants[0].Help.Vault || onward.head.Log == mine.head.Log {
		e.t.Errorf("it goes on with %+v", onward.grants)
	}
}

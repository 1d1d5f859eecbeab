package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/wallet"
)

// unavailableNow tries everything while something is missing.
func (c *canaryRun) unavailableNow(what string, g *wallet.SignedGrant) {
	c.t.Helper()
	for name, got := range map[string]answer{
		"release": c.hospital.release(c.hospitals(), "{}", c.key()),
		"write":   c.hospital.write(g, `{"values":{"identity.race":{"comment":"`+c.c.text("written without "+what)+`"}}}`, c.key()),
		"FHIR":    c.hospital.write(g, `{"resourceType":"Patient","id":"`+c.c.text("FHIR id without "+what)+`","name":[{"family":"`+c.c.text("FHIR without "+what)+`"}]}`, fhirHeader, c.key()),
		"request": c.hospital.call("POST", "/v1/requests", asking(object{"fields": []string{"identity.shoe_size"},
			"notices": []object{{"language": "en", "text": c.c.text("notice without " + what)}}}), c.key()),
	} {
		if got.status != http.StatusServiceUnavailable {
			c.t.Errorf("%s without %s: %d %s", name, what, got.status, got.body)
		}
		c.silent(name+" without "+what, got, false)
	}
}

func (c *canaryRun) hospitals() *wallet.SignedGrant {
	for w, g := range c.reading {
		if w.kind == consent.KindHospital || w.kind == consent.KindClinic {
			return g
		}
	}
	c.t.Fatal("nothing for the hospital to read")
	return nil
}

func (c *canaryRun) withoutStores(g *wallet.SignedGrant) {
	c.t.Helper()
	back := c.lose(c)
	c.unavailableNow("stores", g)
	back()
	_ = c.shut() // a store that was away does not close well
}

// kill runs the vault in a process of its own, with all of its log, kills it in the
// middle, and ends it well another time.
func (c *canaryRun) kill(g *wallet.SignedGrant) {
	c.t.Helper()
	t := c.c.t
	file := c.config.path(configFile)
	settings, err := os.ReadFile(file)
	must(t, err)
	must(t, os.WriteFile(file, bytes.Replace(settings, []byte("level: info"), []byte("level: debug"), 1), 0o600))
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
		c.start(t)
		c.released(false)
		c.sendWrongly(g)
		c.openSession()
		c.readAsPerson()
		var at addresses
		data, err := os.ReadFile(c.config.addressesFile())
		must(t, errors.Join(err, json.Unmarshal(data, &at)))
		c.lookInside(at.Internal)
		done := make(chan struct{})
		go func() { // a write that is on its way
			defer close(done)
			body := `{"values":{"identity.mother_maiden_name":"` + c.shown["identity.mother_maiden_name"][0] + `"}}`
			path := "/v1/grants/" + g.Grant.ID().String() + "/fields"
			body = signed(c.signer(c.hospital.keys), nil, path, body, false)
			_, _ = send(c.hospital.http, "POST", c.institutionsURL+path, strings.NewReader(body), "Idempotency-Key: "+client.NewIdempotencyKey())
		}()
		must(t, c.process.Process.Signal(signal))
		var ended *exec.ExitError
		if err := c.process.Wait(); signal == syscall.SIGTERM && err != nil || err != nil && !errors.As(err, &ended) {
			t.Errorf("%s: %v: %s", signal, err, tail(c.output.String()))
		}
		<-done
		for _, a := range c.askers {
			a.http.CloseIdleConnections()
		}
	}
	if lines := strings.Count(c.output.String(), "\n"); lines < 200 || !strings.Contains(c.output.String(), `"DEBUG"`) {
		t.Errorf("only %d lines of log, or not all: %s", lines, tail(c.output.String()))
	}
}

// withoutJournal comes last: a journal that failed stays stopped while the process lives.
func (c *canaryRun) withoutJournal(g *wallet.SignedGrant) {
	c.t.Helper()
	c.released(false) // opens what it reads from
	c.rest()
	back := c.away(c.c.t, c.config.journalDir())
	c.unavailableNow("journal", g)
	_ = c.shut()
	back()
}

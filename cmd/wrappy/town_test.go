package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

// town is a running vault with an accreditor, a hospital and a school on its ledger,
// made by the commands that users have. The embedded chain seals one block a second
// at most, so tests share it.
var town shared

type shared struct {
	once   sync.Once
	failed error

	dir, accreditor, hospital, school string
	at                                addresses
	cancel                            context.CancelFunc
	ended                             chan int
	log                               lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// running starts the town with the first test that needs it.
func (s *shared) running(t *testing.T) *shared {
	t.Helper()
	s.once.Do(func() { s.failed = s.start() })
	if s.failed != nil {
		t.Fatalf("the shared vault: %v\n%s", s.failed, s.log.String())
	}
	return s
}

func (s *shared) file(name string) string { return filepath.Join(s.dir, name) }

// command runs the program in this process and returns the first line of its output.
func (s *shared) command(args ...string) (string, error) {
	var out, errs bytes.Buffer
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if code := run(ctx, args, streams{strings.NewReader(""), &out, &errs}); code != exitOK {
		return "", fmt.Errorf("wrappy %s %s: status %d: %s", args[0], args[1], code, errs.String())
	}
	first, _, _ := strings.Cut(out.String(), "\n")
	return first, nil
}

func (s *shared) start() (err error) {
	if s.dir, err = os.MkdirTemp("", "wrappy-"); err != nil { // short: there is a socket in it
		return err
	}
	if err := os.WriteFile(s.file("passphrase"), []byte("correct horse battery staple\n"), 0o600); err != nil {
		return err
	}
	_, err = s.command("init", "--data", s.file("vault"), "--jurisdiction", "KE", "--listen-public", "127.0.0.1:0", "--listen-institutions", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if err := s.allowMany(); err != nil {
		return err
	}
	if err := s.serve(); err != nil {
		return err
	}
	return s.people()
}

// allowMany: everybody in town is behind one address, and nobody waits an hour for an anchor,
// or two days to be back.
func (s *shared) allowMany() error {
	file := s.file("vault/config.yaml")
	text, err := os.ReadFile(file) //nolint:gosec // the test's own folder
	if err != nil {
		return err
	}
	text = bytes.Replace(text, []byte("per_second: 2\n  burst: 20\n"), []byte("per_second: 1000\n  burst: 1000\n"), 1)
	text = bytes.Replace(text, []byte("anchor_every: 1h\n"), []byte("anchor_every: 3s\n"), 1)
	text = bytes.Replace(text, []byte("restore_delay: 48h\n"), []byte("restore_delay: 2s\n"), 1)
	return os.WriteFile(file, text, 0o600)
}

func (s *shared) serve() error {
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel, s.ended = cancel, make(chan int, 1)
	served, end := context.WithTimeout(ctx, time.Minute)
	defer end()
	go func() {
		s.ended <- run(ctx, []string{"serve", "--config", s.file("vault/config.yaml")}, streams{strings.NewReader(""), &s.log, &s.log})
		end()
	}()
	if err := awaitFile(served, s.file("vault/addresses.json")); err != nil {
		return errors.New("serve does not come up")
	}
	data, err := os.ReadFile(s.file("vault/addresses.json"))
	if err != nil {
		return err
	}
	return json.Unmarshal(data, &s.at)
}

// people makes and attests the institutions.
func (s *shared) people() error {
	online := []string{"--vault", s.at.Public, "--cacert", s.at.Certificate, "--passphrase-file", s.file("passphrase")}
	var g errgroup.Group
	for _, one := range []struct {
		id   *string
		kind string
	}{{&s.accreditor, "accreditor"}, {&s.hospital, "hospital"}, {&s.school, "school"}} {
		g.Go(func() (err error) {
			dir := s.file(one.kind)
			*one.id, err = s.command("institution", "new", "--dir", dir, "--name", "The "+one.kind, "--kind", one.kind, "--jurisdiction", "KE", "--passphrase-file", s.file("passphrase"))
			if err != nil {
				return err
			}
			_, err = s.command(append([]string{"institution", "register", "--dir", dir}, online...)...)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if _, err := s.command("institution", "appoint", s.accreditor, "--operator", s.file("vault")); err != nil {
		return err
	}
	for _, id := range []string{s.hospital, s.school} {
		g.Go(func() error {
			_, err := s.command(append([]string{"accreditor", "attest", id, "--dir", s.file("accreditor")}, online...)...)
			return err
		})
	}
	return g.Wait()
}

func (s *shared) stop() error {
	if s.cancel == nil {
		return nil
	}
	s.cancel()
	var err error
	if code := <-s.ended; code != exitOK {
		err = fmt.Errorf("status %d\n%s", code, s.log.String())
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// environment is what scripts and the commands of README and guides find set.
func (s *shared) environment() []string {
	return []string{
		"VAULT=" + s.at.Public,
		"VAULT_INSTITUTIONS=" + s.at.Institutions,
		"SSL_CERT_FILE=" + s.at.Certificate,
		"DATA=" + s.file("vault"),
		"PASSPHRASE=" + s.file("passphrase"),
		"ACCREDITOR_DIR=" + s.file("accreditor"), "ACCREDITOR=" + s.accreditor,
		"HOSPITAL_DIR=" + s.file("hospital"), "HOSPITAL=" + s.hospital,
		"SCHOOL_DIR=" + s.file("school"), "SCHOOL=" + s.school,
	}
}

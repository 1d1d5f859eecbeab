package demo

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/wallet"
)

// Three of the synthetic patients of patients/NOTICE.
//
//go:embed patients/*.json
var patients embed.FS

// person is one of the three people, with the FHIR R4 Bundle that is theirs.
type person struct {
	*client.Person
	file   *wallet.File
	path   string
	bundle string
}

// cast is who takes part. The institutions' ids are on the ledger.
type cast struct {
	accreditor, hospital, school, agency *client.InstitutionKeys
	atHospital, atSchool, atAgency       *client.Institution
	people                               []*person
	returning                            bool // a second run on the same folder
}

const (
	day  = 24 * time.Hour
	year = 365 * day
)

// Marks that a step is done once and for all in this folder. Without the first the keys
// of a run that was cut short are of no use: nobody on the ledger knows them.
const (
	enrolledMark = "enrolled"
	recordedMark = "recorded"
)

func (s *story) marked(mark string) bool {
	_, err := os.Stat(filepath.Join(s.stage.Dir, mark))
	return err == nil
}

func (s *story) mark(mark string) error {
	return os.WriteFile(filepath.Join(s.stage.Dir, mark), nil, 0o600)
}

// assemble makes the cast, or finds that of an earlier run on the same folder.
func (s *story) assemble(ctx context.Context) error {
	c := &s.cast
	if c.returning = s.marked(enrolledMark); !c.returning {
		if err := os.RemoveAll(s.stage.Dir); err != nil {
			return err
		}
		if err := os.MkdirAll(s.stage.Dir, 0o700); err != nil {
			return err
		}
	}
	for _, one := range []struct {
		keys **client.InstitutionKeys
		role string
		name string
		kind consent.Kind
	}{
		{&c.accreditor, "accreditor", "Health and Schools Accreditation Board", consent.KindAccreditor},
		{&c.hospital, "hospital", "Lakeside Hospital", consent.KindHospital},
		{&c.school, "school", "Riverbank School", consent.KindSchool},
		{&c.agency, "agency", "Relief Agency", consent.KindAgency},
	} {
		dir := filepath.Join(s.stage.Dir, one.role)
		keys, err := client.OpenInstitutionKeys(ctx, dir, s.stage.Passphrase)
		if errors.Is(err, fs.ErrNotExist) {
			keys, err = client.NewInstitutionKeys(ctx, dir, one.name, one.kind, s.stage.Jurisdiction, s.stage.Passphrase)
		}
		if err != nil {
			return err
		}
		*one.keys = keys
	}
	return s.people(ctx)
}

func (s *story) people(ctx context.Context) error {
	entries, err := patients.ReadDir("patients")
	if err != nil {
		return err
	}
	for i, entry := range entries {
		p := &person{bundle: "patients/" + entry.Name(), path: filepath.Join(s.stage.Dir, fmt.Sprintf("person-%d.wallet", i+1))}
		p.file, err = wallet.Load(ctx, p.path, s.stage.Passphrase)
		if errors.Is(err, fs.ErrNotExist) {
			p.file = &wallet.File{Identity: *wallet.NewIdentity(), Vaults: []wallet.Vault{{URL: s.stage.Public}}}
			err = p.file.Save(ctx, p.path, s.stage.Passphrase)
		}
		if err != nil {
			return err
		}
		if p.Person, err = client.NewPerson(ctx, s.stage.Public, s.stage.ServerCertificate, &p.file.Identity); err != nil {
			return err
		}
		p.file.Vaults[0].URL = s.stage.Public // the port is another at each run
		if err := p.Deployment.Keep(&p.file.Vaults[0]); err != nil {
			return err
		}
		s.cast.people = append(s.cast.people, p)
	}
	if len(s.cast.people) != 3 {
		return errors.New("the story needs three people")
	}
	return nil
}

// enrol brings everybody to the ledger. What does not depend on each other is sent
// at once, so that it shares blocks.
func (s *story) enrol(ctx context.Context) error {
	c := &s.cast
	var g errgroup.Group
	for _, p := range c.people {
		g.Go(func() error { return p.Enrol(ctx, s.stage.Jurisdiction) })
	}
	registry, err := client.NewRegistry(ctx, s.stage.Public, s.stage.ServerCertificate)
	if err != nil {
		return err
	}
	all := []*client.InstitutionKeys{c.accreditor, c.hospital, c.school, c.agency}
	g.Go(func() error { return s.register(ctx, registry, all) })
	return g.Wait()
}

func (s *story) register(ctx context.Context, registry *client.Registry, all []*client.InstitutionKeys) error {
	var g errgroup.Group
	for _, keys := range all {
		g.Go(func() error { return registry.Register(ctx, keys) })
	}
	if err := g.Wait(); err != nil {
		return fmt.Errorf("register: %w", err)
	}
	if err := s.stage.Appoint(ctx, s.cast.accreditor.ID, uint64(time.Now().Add(year).Unix())); err != nil { //nolint:gosec // after 1970
		return fmt.Errorf("appoint the accreditor: %w", err)
	}
	var attest errgroup.Group
	for _, keys := range all[1:] {
		attest.Go(func() error { return registry.Attest(ctx, s.cast.accreditor, keys.ID, time.Now().Add(year/2)) })
	}
	if err := attest.Wait(); err != nil {
		return fmt.Errorf("attest: %w", err)
	}
	return nil
}

// connect opens the institutions' connections, by their own certificates.
func (s *story) connect(ctx context.Context) (err error) {
	for _, one := range []struct {
		at   **client.Institution
		keys *client.InstitutionKeys
	}{{&s.cast.atHospital, s.cast.hospital}, {&s.cast.atSchool, s.cast.school}, {&s.cast.atAgency, s.cast.agency}} {
		if *one.at, err = client.NewInstitution(ctx, s.stage.Institutions, s.stage.ServerCertificate, one.keys); err != nil {
			return err
		}
		me, err := (*one.at).Me(ctx)
		if err != nil {
			return err
		}
		if !me.Attested || me.Suspended {
			return fmt.Errorf("%s is not attested on the ledger", one.keys.Profile.Name)
		}
	}
	return nil
}

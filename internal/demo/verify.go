package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/proof"
)

// verify is step 7: what anyone can check who does not believe the vault.
func (s *story) verify(ctx context.Context) error {
	for _, check := range []func(context.Context) error{s.verifyGrant, s.verifyRelease, s.verifyHistory} {
		if err := check(ctx); err != nil {
			return fmt.Errorf("step 7: %w", err)
		}
	}
	j := &s.result.Journal
	j.Verified = true
	s.say("7  checked without the vault's help: the chain shows the grant as given, then withdrawn;\n   the release is entry %d of the log's signed tree, as promised, and the chain anchors the\n   root of its first %d entries; the person's %d entries are all in it, complete as stated\n   ('wrappy verify' does the same, offline, with the files that were kept)",
		j.Index, j.Anchored, j.History)
	return nil
}

// verifyGrant asks the chain itself.
func (s *story) verifyGrant(ctx context.Context) error {
	g := &s.grant.Grant
	state, err := s.stage.GrantOnChain(ctx, g.GrantKey, g.ID())
	if err != nil {
		return err
	}
	c := &s.result.Chain
	c.ID, c.ConsentLedger, c.Grant = s.stage.ChainID, s.stage.ConsentLedger.String(), g.ID().String()
	// agree returned only once the chain itself showed it as given
	c.Before, c.After = string(consent.StatusGiven), string(state.Status)
	if state.Status != consent.StatusWithdrawn || state.Expires != g.Expires || state.GrantedAt == 0 {
		return errors.New("the chain does not show the grant as given and then withdrawn")
	}
	return nil
}

// verifyRelease holds the release's promise against the log's public tiles, and those
// against the anchor on the chain.
func (s *story) verifyRelease(ctx context.Context) error {
	j := &s.result.Journal
	if !j.Verified { // by promise
		return errors.New("the promise does not speak of the release that was received")
	}
	deployment := s.cast.atHospital.Deployment
	log, err := client.NewLogReader(s.stage.Public, s.stage.ServerCertificate, nil, deployment.Log())
	if err != nil {
		return err
	}
	if _, err := log.Await(ctx, j.Index+1); err != nil {
		return err
	}
	if err := s.stage.Anchor(ctx); err != nil {
		return err
	}
	anchor, tree, err := log.Anchor(ctx, deployment.ConsentLedger, 0)
	if err != nil {
		return err
	}
	// The anchor's file rests on the hashes of blocks: here the chain itself can be asked.
	key, size, root, err := s.stage.LogOnChain(ctx, deployment.Origin)
	if err != nil {
		return err
	}
	if !bytes.Equal(key[:], tree.Key) || size != tree.Size || root != tree.Root {
		return errors.New("the chain has another anchor or key of the log than the vault shows")
	}
	entry, err := s.cast.atHospital.EntryFile(ctx, s.proof, tree)
	if err != nil {
		return err
	}
	trust := deployment.Trust()
	verified, err := client.VerifyRelease(trust, entry, anchor)
	if err != nil {
		return err
	}
	if verified.Index != j.Index || verified.Shared.Grant != s.grant.Grant.ID() || verified.Index >= tree.Size {
		return errors.New("the log's entry is not the one of this release")
	}
	j.Anchored, j.Root = tree.Size, tree.Root.String()
	return errors.Join(s.keepProof("trust.json", trust), s.keepProof("release.json", entry), s.keepFile("anchor.json", anchor.Encode))
}

// verifyHistory checks that nothing is missing from what the person is shown.
func (s *story) verifyHistory(ctx context.Context) error {
	p := s.cast.people[len(s.cast.people)-1]
	history, err := p.FullHistory(ctx, p.file.Vaults[0].History)
	if err != nil {
		return err
	}
	file, err := p.HistoryFile(ctx, history)
	if err != nil {
		return err
	}
	entries, _, err := client.VerifyHistory(p.Deployment.Trust(), file)
	if err != nil {
		return err
	}
	s.result.Journal.History = len(entries)
	p.file.Vaults[0].History = history.State
	if err := p.file.Save(ctx, p.path, s.stage.Passphrase); err != nil {
		return err
	}
	return s.keepProof("history.json", file)
}

func (s *story) proofs() string { return filepath.Join(s.stage.Dir, "proofs") }

func (s *story) keepProof(name string, file any) error {
	return s.keepFile(name, func() ([]byte, error) { return proof.Encode(file) })
}

func (s *story) keepFile(name string, encode func() ([]byte, error)) error {
	data, err := encode()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.proofs(), 0o700); err != nil {
		return err
	}
	return crypto.WriteFile(filepath.Join(s.proofs(), name), data, true)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/policy"
	"github.com/wrapious/wrappy/vault/journal"
)

// checkJournal opens the journal as serve does, without its copy, and closes it.
func checkJournal(ctx context.Context, x *examination) []diagnosis {
	if x.running {
		return []diagnosis{skipped(heldByVault)}
	}
	if x.keyring == nil {
		return []diagnosis{skipped(needsKeyring)}
	}
	if mustBeThere(x.config.journalDir()) != nil {
		return []diagnosis{failed("the journal is gone", "put the disk back; else 'wrappy journal restore' makes it anew from its copy, as docs/guides/operators.md says")}
	}
	c, err := x.config.journal(x.keyring, x.deployment.LogOrigin)
	if err != nil {
		return []diagnosis{failed("journal.witnesses_file cannot be read", "name a C2SP witness policy, or nothing")}
	}
	if c.MinSize, err = readNumber(x.config.journalSizeFile()); err != nil {
		return []diagnosis{failed("journal-size holds no number", "put it back from a backup")}
	}
	if x.chain != nil {
		if _, c.Anchored.Size, c.Anchored.Root, err = x.chain.LogAnchor(ctx, x.deployment.LogOrigin); err != nil {
			return []diagnosis{failed("the journal's anchor cannot be read from the ledger", "see chain")}
		}
	}
	c.Log = slog.New(slog.DiscardHandler)
	j, err := journal.Open(c)
	if err != nil {
		return []diagnosis{failed("the journal cannot be opened: "+err.Error(), "put the newest one back, or 'wrappy journal restore' it from its copy; until then nothing is released")}
	}
	size := j.Size()
	if err := errors.Join(j.Ready(), j.Close()); err != nil {
		return []diagnosis{failed("the journal does not take entries: "+err.Error(), "see disk and sync, then start again")}
	}
	return []diagnosis{fine("%d entries, all that were noted and anchored", size)}
}

// checkPolicy reads the bundle as serve does.
func checkPolicy(_ context.Context, x *examination) []diagnosis {
	engine := &policy.Engine{}
	_, err := readPolicy(x.config, engine, x.now)
	switch {
	case errors.Is(err, policy.ErrExpired):
		return []diagnosis{failed("the policy bundle has expired: nothing is released", "put a newer one, approved by two reviewers, in its place")}
	case errors.Is(err, policy.ErrApproval):
		return []diagnosis{failed("the policy bundle is not approved by two reviewers that policy.reviewers names", "have it approved, or put the approved one back")}
	case errors.Is(err, policy.ErrRevision):
		return []diagnosis{failed("the policy bundle is older than the one that was in force", "put the newest one back")}
	case err != nil:
		return []diagnosis{failed("the policy bundle cannot be used: "+err.Error(), "put a good one back")}
	}
	h := engine.Health()
	left := time.Unix(int64(h.Expires), 0).Sub(x.now) //nolint:gosec // a second of this century
	if left < soonToEnd {
		return []diagnosis{warning(fmt.Sprintf("the policy bundle expires in %d days: from then on nothing is released", int(left.Hours()/24)), "have a newer one approved")}
	}
	return []diagnosis{fine("revision %d, until %s", h.Revision, time.Unix(int64(h.Expires), 0).UTC().Format(time.DateOnly))} //nolint:gosec // likewise
}

// checkRunning asks a vault that runs whether it could release now.
func checkRunning(ctx context.Context, x *examination) []diagnosis {
	if !x.running {
		return []diagnosis{skipped("no vault runs on the folder")}
	}
	const do = "see its log: it says what is missing; 'wrappy doctor' on the stopped vault looks at journal and chain"
	var at addresses
	if err := readJSONFile(x.config.addressesFile(), &at); err != nil {
		return []diagnosis{failed("it runs and does not say where it answers", do)}
	}
	vault, err := client.Connect(at.Public, at.Certificate, nil)
	if err != nil {
		return []diagnosis{failed("its certificate cannot be read", "see certificate")}
	}
	answer, err := vault.ReadyWithResponse(ctx)
	if err != nil {
		return []diagnosis{failed("it runs and does not answer over TLS", "was the certificate replaced? Then start it again. Else see its log")}
	}
	if answer.StatusCode() != http.StatusOK {
		return []diagnosis{failed("it runs and could release nothing now", do)}
	}
	return []diagnosis{fine("it runs, and could release now: chain, stores, policy and journal answer")}
}

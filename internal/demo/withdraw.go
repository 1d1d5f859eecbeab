package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
)

// withdraw is step 6: while the hospital keeps fetching, the person stops it.
func (s *story) withdraw(ctx context.Context) error {
	p := s.cast.people[len(s.cast.people)-1]
	id := s.grant.Grant.ID()
	sent := time.Now()
	answered := make(chan error, 1)
	go func() {
		_, err := p.Withdraw(ctx, id, s.grant.Withdrawal)
		answered <- err
	}()
	denial, err := s.fetchUntilDenied(ctx, id)
	if err != nil {
		return err
	}
	s.result.WithdrawalMS = milliseconds(time.Since(sent))
	if err := <-answered; err != nil {
		return fmt.Errorf("step 6: %w", err)
	}
	if !slices.Contains(denial.ReasonNames(), string(consent.ReasonWithdrawn)) {
		return fmt.Errorf("step 6: denied, but for another reason: %w", denial)
	}
	s.result.Denied = append(s.result.Denied, Denied{"hospital", string(consent.ReasonWithdrawn)})
	if err := s.awaitChain(ctx, &s.grant.Grant, consent.StatusWithdrawn); err != nil {
		return err
	}
	s.result.Chain.BlockMS = milliseconds(time.Since(sent))
	s.say("6  the person withdrew: the hospital was denied %.0f ms after it was sent, the block came\n   after %.0f ms", s.result.WithdrawalMS, s.result.Chain.BlockMS)
	for i := range p.file.Receipts {
		if p.file.Receipts[i].Grant.ID() == id {
			p.file.Receipts[i].Withdrawn = uint64(sent.Unix()) //nolint:gosec // after 1970
		}
	}
	return p.file.Save(ctx, p.path, s.stage.Passphrase)
}

func (s *story) fetchUntilDenied(ctx context.Context, id consent.GrantID) (*client.Problem, error) {
	for ctx.Err() == nil {
		_, _, err := s.cast.atHospital.Release(ctx, id.String(), nil, client.NewIdempotencyKey())
		var problem *client.Problem
		if errors.As(err, &problem) {
			return problem, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, ctx.Err()
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// awaitChain asks the chain itself until it shows the status.
func (s *story) awaitChain(ctx context.Context, g *consent.Grant, want consent.Status) error {
	return poll(ctx, fmt.Sprintf("the chain does not show the grant as %s", want), func() (bool, error) {
		state, err := s.stage.GrantOnChain(ctx, g.GrantKey, g.ID())
		return state.Status == want, err
	})
}

// poll asks every 10 ms, for a minute at most.
func poll(ctx context.Context, otherwise string, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if met, err := done(); met || err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", otherwise, ctx.Err())
		}
	}
}

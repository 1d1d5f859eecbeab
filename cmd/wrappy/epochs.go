package main

import (
	"context"
	"errors"
	"time"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/vault"
)

const (
	// lookAtKeysEvery bounds how long a key that another program has destroyed stays in use.
	lookAtKeysEvery = time.Second
	tendEpochsEvery = time.Hour
)

// lookAtKeys takes over what was done to the file of perishable keys, and writes down
// which countries were left.
func (n *node) lookAtKeys(ctx context.Context) error {
	if err := n.keyring.Refresh(); err != nil {
		return err
	}
	for _, left := range n.leftUnnoted() {
		noted, err := n.gate.NoteLeft(ctx, left)
		if err != nil {
			return err
		}
		if noted {
			n.log.Error("a country was left: its key is destroyed, and everything of its people here is closed for ever", "country", left.Region, "ordered", left.Time)
		}
		n.leftNoted++
	}
	return nil
}

// tendEpochs keeps every head under a recent month's key, and destroys those of months
// whose backups have expired: at the start, when a month has begun, and when a key is due. It
// also ends erasures that were cut short.
func (n *node) tendEpochs(ctx context.Context) error {
	swept := time.Month(0)
	again := time.NewTimer(0)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
		}
		if ended, err := n.gate.EndErasures(ctx); err != nil && ctx.Err() == nil {
			n.log.Warn("erasures that were cut short could not all be ended; the next attempt follows", "error", err)
		} else if ended > 0 {
			n.log.Info("erasures that were cut short are ended", "erasures", ended)
		}
		due, err := n.gate.DueEpochs(ctx)
		month := time.Now().UTC().Month()
		if err == nil && (month != swept || len(due) > 0) {
			if _, _, err = n.sweepEpochs(ctx); err == nil {
				swept = month
			}
		}
		if err != nil && ctx.Err() == nil {
			n.log.Warn("heads could not all be put under this month's key; the next attempt follows", "error", err)
		}
		again.Reset(tendEpochsEvery)
	}
}

// sweepEpochs is one sweep, and says in the log what came of it.
func (n *node) sweepEpochs(ctx context.Context) (destroyed []uint32, r vault.Renewal, err error) {
	destroyed, r, err = n.gate.ExpireEpochs(ctx, nil)
	if err == nil && r.Failed > 0 {
		err = errors.New("some heads could not be read or renewed")
	}
	if r.Renewed > 0 || r.Failed > 0 {
		n.log.Info("heads renewed", "heads", r.Heads, "renewed", r.Renewed, "failed", r.Failed)
	}
	for _, month := range destroyed {
		n.log.Info("a month's key is destroyed: no copy of a head of that month can be opened any more", "month", month)
	}
	return destroyed, r, err
}

func (n *node) leftUnnoted() []crypto.LeftRegion {
	left := n.keyring.LeftRegions()
	return left[min(n.leftNoted, len(left)):]
}

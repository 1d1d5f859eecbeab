package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wrapious/wrappy/vault"
)

// OpenLossy returns a new, empty store whose requests pass through a Lossy, and
// another on the same objects whose requests do not.
type OpenLossy func(t *testing.T) (store, sure vault.Store, way *Lossy)

// RunLossy checks what a store behind a network says of a Put whose request or
// answer was lost. One loss is made good; beyond that it may not know, and then
// says neither that it was done nor that it was refused.
func RunLossy(t *testing.T, open OpenLossy) {
	for _, kind := range []string{"create", "swap"} {
		for _, c := range lossyCases {
			t.Run(kind+" "+c.name, func(t *testing.T) {
				store, sure, way := open(t)
				lossyCase(t, store, sure, way, kind == "swap", c)
			})
		}
	}
	t.Run("create race", func(t *testing.T) {
		store, _, way := open(t)
		way.Lose(often)
		outcomesOfCreate(t, store)
	})
	t.Run("swap race", func(t *testing.T) {
		store, _, way := open(t)
		way.Lose(often)
		outcomesOfSwap(t, store)
	})
}

// often loses about every third writing request, one way or the other.
func often(attempt int) (Loss, func()) {
	switch attempt % 7 {
	case 2:
		return RequestLost, nil
	case 4, 5:
		return ResponseLost, nil
	}
	return Delivered, nil
}

const (
	before = "before" // content of the object that a swap replaces
	ours   = "ours"
	others = "another's"
)

type lossyTest struct {
	name   string
	losses int
	loss   Loss
	// meanwhile happens once, before the client learns of the first loss.
	meanwhile func(t *testing.T, sure vault.Store, name string)
	want      func(error) bool
	holds     []string // one of these afterwards; "" for absent
}

func done(err error) bool    { return err == nil }
func notDone(err error) bool { return err != nil }
func unsure(err error) bool {
	return err != nil && !errors.Is(err, vault.ErrExists) && !errors.Is(err, vault.ErrChanged) && !errors.Is(err, vault.ErrAbsent)
}

const always = 1 << 20

var lossyCases = []lossyTest{
	{name: "request lost once", losses: 1, loss: RequestLost, want: done, holds: []string{ours}},
	{name: "answer lost once", losses: 1, loss: ResponseLost, want: done, holds: []string{ours}},
	{name: "answer lost twice", losses: 2, loss: ResponseLost, want: done, holds: []string{ours}},
	{name: "every request lost", losses: always, loss: RequestLost, want: unsure, holds: []string{before, ""}},
	{name: "every answer lost", losses: always, loss: ResponseLost, want: unsure, holds: []string{ours}},
	{name: "request lost, another comes first", losses: 1, loss: RequestLost, meanwhile: overwrite(others), want: notDone, holds: []string{others}},
	{name: "request lost, another comes first with equal bytes", losses: 1, loss: RequestLost, meanwhile: overwrite(ours), want: notDone, holds: []string{ours}},
	{name: "answer lost, another replaces it", losses: 1, loss: ResponseLost, meanwhile: overwrite(others), want: unsure, holds: []string{others}},
	{name: "every answer lost, another replaces it", losses: always, loss: ResponseLost, meanwhile: overwrite(others), want: unsure, holds: []string{others}},
	{name: "answer lost, another removes it", losses: 1, loss: ResponseLost, meanwhile: erase, want: func(err error) bool { return err == nil || unsure(err) }, holds: []string{ours, ""}},
}

func overwrite(content string) func(*testing.T, vault.Store, string) {
	return func(t *testing.T, sure vault.Store, name string) {
		_, tag, err := sure.Get(t.Context(), name)
		if err != nil && !errors.Is(err, vault.ErrAbsent) {
			t.Error(err)
		}
		if _, err := sure.Put(t.Context(), name, []byte(content), tag); err != nil {
			t.Error(err)
		}
	}
}

func erase(t *testing.T, sure vault.Store, name string) {
	if err := sure.Delete(t.Context(), name); err != nil {
		t.Error(err)
	}
}

func lossyCase(t *testing.T, store, sure vault.Store, way *Lossy, swap bool, c lossyTest) {
	name, expect := Name("head", 1), ""
	if swap {
		expect = put(t, sure, name, before, "")
	}
	way.Lose(func(attempt int) (Loss, func()) {
		if attempt >= c.losses {
			return Delivered, nil
		}
		if attempt == 0 && c.meanwhile != nil {
			return c.loss, func() { c.meanwhile(t, sure, name) }
		}
		return c.loss, nil
	})
	tag, err := store.Put(t.Context(), name, []byte(ours), expect)
	way.Lose(nil)
	if !c.want(err) {
		t.Errorf("put: got %v", err)
	}
	data, present, getErr := sure.Get(t.Context(), name)
	if getErr != nil && !errors.Is(getErr, vault.ErrAbsent) {
		t.Fatal(getErr)
	}
	fits := false
	for _, holds := range c.holds {
		fits = fits || holds == string(data)
	}
	if !fits {
		t.Errorf("the object holds %q, want one of %q", data, c.holds)
	}
	if err == nil && (tag != present || string(data) != ours) {
		t.Error("put: acknowledged what is not there, or with another's tag")
	}
}

// outcomesOfCreate: of many creators each is told the truth, or that it is not known.
func outcomesOfCreate(t *testing.T, s vault.Store) {
	for round := range 5 {
		name := Name("tombstone", round)
		errs := make([]error, racers)
		together(racers, func(i int) { _, errs[i] = s.Put(t.Context(), name, token(i, round), "") })
		data, _, err := s.Get(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		for i, err := range errs {
			stands := bytes.Equal(data, token(i, round))
			if err == nil && !stands || errors.Is(err, vault.ErrExists) && stands || errors.Is(err, vault.ErrChanged) {
				t.Errorf("a creator whose content stands is %v was told %v", stands, err)
			}
		}
	}
}

// outcomesOfSwap: each writer adds a token of its own in every attempt. What was
// acknowledged is there once, what was refused is not, and nothing is lost.
func outcomesOfSwap(t *testing.T, s vault.Store) {
	name := Name("head", 1)
	put(t, s, name, ";", "")
	var acknowledged, refused sync.Map
	var won atomic.Int32
	together(racers, func(i int) {
		for attempt := 0; attempt < 200 && won.Load() < 5*racers; attempt++ {
			data, tag, err := s.Get(t.Context(), name)
			if err != nil {
				t.Errorf("get: %v", err)
				return
			}
			mine := token(i, attempt)
			switch _, err = s.Put(t.Context(), name, append(data, mine...), tag); {
			case err == nil:
				won.Add(1)
				acknowledged.Store(string(mine), true)
			case errors.Is(err, vault.ErrChanged):
				refused.Store(string(mine), true)
			case !unsure(err):
				t.Errorf("put: %v", err)
			}
		}
	})
	data, _, err := s.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if won.Load() == 0 {
		t.Fatal("nobody ever won")
	}
	acknowledged.Range(func(mine, _ any) bool {
		if strings.Count(string(data), fmt.Sprint(";", mine)) != 1 {
			t.Error("an acknowledged write is not there once")
		}
		return true
	})
	refused.Range(func(mine, _ any) bool {
		if strings.Contains(string(data), fmt.Sprint(";", mine)) {
			t.Error("a refused write is there")
		}
		return true
	})
}

func token(i, attempt int) []byte { return fmt.Appendf(nil, "%d.%d;", i, attempt) }

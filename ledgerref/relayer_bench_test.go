package ledgerref

import (
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// Many grants at once, from the first submission until the view shows the last. The embedded chain seals once
// a second, so what few grants take is the number of those seconds.
func BenchmarkRelayedGrants(b *testing.B) {
	for _, people := range []int{2000, 8000} {
		b.Run(strconv.Itoa(people), func(b *testing.B) { relayGrants(b, people) })
	}
}

func relayGrants(b *testing.B, people int) {
	const submitters = 16
	for b.Loop() {
		b.StopTimer()
		institution := consent.InstitutionID(random()) // a budget of its own
		acts := make([]consent.Act, people)
		for i := range acts {
			acts[i] = grantAct(w.chain.addresses, account(b), random())
			acts[i].For = institution
		}
		b.StartTimer()
		var running sync.WaitGroup
		for i := range submitters {
			running.Go(func() {
				for _, act := range acts[i*people/submitters : (i+1)*people/submitters] {
					if err := w.relayer.Submit(b.Context(), act); err != nil {
						b.Error(err)
					}
				}
			})
		}
		running.Wait()
		await(b, acts...)
	}
	b.ReportMetric(float64(people*b.N)/b.Elapsed().Seconds(), "grants/s")
}

// One grant alone, after two seconds without any.
func BenchmarkGrantAlone(b *testing.B) {
	var took []time.Duration
	for b.Loop() {
		b.StopTimer()
		act := grantAct(w.chain.addresses, account(b), random())
		<-time.After(2 * time.Second)
		b.StartTimer()
		begun := time.Now()
		submit(b, act)
		await(b, act)
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
}

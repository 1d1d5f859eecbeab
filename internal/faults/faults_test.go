package faults

import (
	"strconv"
	"testing"
)

func TestSeed(t *testing.T) {
	t.Setenv("WRAPPY_SEED", "")
	t.Setenv("WRAPPY_LONG", "")
	own := Seed(t)
	if Seed(t) != own || Count(t, 3, 9) != 3 {
		t.Error("a short run differs from the one before")
	}
	t.Run("other", func(t *testing.T) {
		if Seed(t) == own {
			t.Error("two tests draw alike")
		}
	})
	drawn := Rand(t).Uint64()
	t.Setenv("WRAPPY_LONG", "1")
	if Seed(t) == own || Count(t, 3, 9) != 9 {
		t.Error("a long run is a short one")
	}
	t.Setenv("WRAPPY_SEED", strconv.FormatUint(own, 10))
	if Seed(t) != own || Rand(t).Uint64() != drawn || Draw(own, 1).Uint64() == drawn {
		t.Error("the number does not tell the run again")
	}
}

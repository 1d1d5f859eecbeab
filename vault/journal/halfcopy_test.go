package journal

import (
	"context"
	"testing"
	"time"

	"github.com/wrapious/wrappy/vault"
)

// headless is a store that takes everything but the newest checkpoint.
type headless struct {
	*faulty
	name string
}

func (h *headless) Put(ctx context.Context, name string, data []byte, expect string) (string, error) {
	if name == h.name {
		return "", errDown
	}
	return h.faulty.Put(ctx, name, data, expect)
}

// A disk that is lost while its log is being copied leaves tiles beyond the copied checkpoint. The
// restored log has other entries there, and goes on.
func TestRestoredFromHalfACopy(t *testing.T) {
	for name, more := range map[string]int{"within a tile": 5, "a full tile": 250} {
		t.Run(name, func(t *testing.T) {
			store := faultyIn(t)
			config := configIn(tempDir(t))
			config.Copy = store
			j := mustOpen(t, config)
			grow := func(n int) {
				for range n {
					mustAppend(t, j, entryOf(1))
				}
			}
			grow(10)
			awaitCopied(t, j, 10)
			mustClose(t, j)
			config.Copy = &headless{store, j.objectName("checkpoint")}
			j = mustOpen(t, config)
			grow(more)
			awaitPublishedSize(t, j, j.Size())
			var last resource
			for r := range resources(j.Size(), j.Size()) {
				last = r
			}
			for begun := time.Now(); store.writes(j.objectName(last.path())) == 0; time.Sleep(time.Millisecond) {
				if time.Since(begun) > 20*time.Second {
					t.Fatal("nothing was copied")
				}
			}
			mustClose(t, j)

			config.Dir, config.Copy = tempDir(t), nil
			if size, err := Restore(t.Context(), config, store); err != nil || size != 10 {
				t.Fatalf("%d restored: %v", size, err)
			}
			config.Copy = vault.Store(store)
			j = mustOpen(t, config)
			grow(more)
			awaitCopied(t, j, j.Size())
			mustClose(t, j)
			config.Dir, config.Copy = tempDir(t), nil
			if size, err := Restore(t.Context(), config, store); err != nil || size != uint64(10+more) {
				t.Errorf("%d restored: %v", size, err)
			}
		})
	}
}

// Whose checkpoint has been replaced takes nothing away from whoever has replaced it.
func TestNothingIsReplacedBesideAnother(t *testing.T) {
	store := faultyIn(t)
	config := configIn(tempDir(t))
	config.Copy = store
	j := mustOpen(t, config)
	mustAppend(t, j, entryOf(1))
	awaitCopied(t, j, 1)
	mustClose(t, j)
	r := resource{entries: true, width: 1}
	before, tag, err := j.getObject(t.Context(), r.path())
	if err != nil {
		t.Fatal(err)
	}
	j.copy.tag = "another"
	if err := j.replaceLeftover(t.Context(), r, []byte("x"), tag); err == nil {
		t.Error("replaced")
	}
	if after, _, err := j.getObject(t.Context(), r.path()); err != nil || string(after) != string(before) {
		t.Errorf("changed: %v", err)
	}
}

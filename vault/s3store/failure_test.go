package s3store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"

	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/vault/storetest"
)

// calls are every way to ask for one object.
func calls(t *testing.T, s *Store) map[string]error {
	errs := map[string]error{}
	name := storetest.Name("own", 1)
	_, _, errs["get"] = s.Get(t.Context(), name)
	_, errs["create"] = s.Put(t.Context(), name, []byte("x"), "")
	_, errs["swap"] = s.Put(t.Context(), name, []byte("x"), tagOf(nil))
	errs["delete"] = s.Delete(t.Context(), name)
	_, errs["list"] = s.List(t.Context(), "", "", 10)
	return errs
}

// wantFailed: when the store is not there, nothing is absent, changed or done.
func wantFailed(t *testing.T, errs map[string]error, c Config) {
	t.Helper()
	for call, err := range errs {
		if err == nil || errors.Is(err, vault.ErrAbsent) || errors.Is(err, vault.ErrExists) || errors.Is(err, vault.ErrChanged) {
			t.Errorf("%s: got %v", call, err)
			continue
		}
		wantDiscreet(t, err, c)
	}
}

func TestLostBucket(t *testing.T) {
	t.Parallel()
	c := config(t, storetest.S3Server(t))
	c.Bucket = "nowhere-to-be-found"
	s, err := connect(c)
	if err != nil {
		t.Fatal(err)
	}
	wantFailed(t, calls(t, s), c)
}

// A gateway that lost its store, or another server in its place.
func TestForeignAnswers(t *testing.T) {
	t.Parallel()
	server := storetest.S3Server(t)
	for status, body := range map[int]string{404: "<html>not found</html>", 403: "", 200: "hello", 204: "", 302: "", 500: "own/0000", 503: "", 409: ""} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			c := config(t, server)
			c.Endpoint = listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				w.Header().Set("Location", "http://127.0.0.1:1/")
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			}))
			if _, err := Open(t.Context(), c); err == nil {
				t.Error("opened")
			}
			s, err := connect(c)
			if err != nil {
				t.Fatal(err)
			}
			errs := calls(t, s)
			if status == http.StatusNoContent {
				delete(errs, "delete") // that is what a store says
			}
			wantFailed(t, errs, c)
		})
	}
}

func TestServerKilledAndRestarted(t *testing.T) {
	t.Parallel()
	server := storetest.S3Server(t)
	c := config(t, server)
	s := open(t, c)
	name := storetest.Name("own", 1)
	tag, err := s.Put(t.Context(), name, []byte("kept"), "")
	if err != nil {
		t.Fatal(err)
	}
	server.Stop()
	errs := calls(t, s)
	wantFailed(t, errs, c)
	for call, err := range errs {
		if !errors.Is(err, ErrUnavailable) {
			t.Errorf("%s: got %v, want ErrUnavailable", call, err)
		}
	}
	server.Restart(t)
	if data, got, err := s.Get(t.Context(), name); err != nil || string(data) != "kept" || got != tag {
		t.Fatalf("after the restart: %q, %v", data, err)
	}
	if _, err := s.Put(t.Context(), name, []byte("again"), tag); err != nil {
		t.Fatal(err)
	}
}

func TestDamagedContentIsNotReturned(t *testing.T) {
	t.Parallel()
	server := storetest.S3Server(t)
	c := config(t, server)
	name, want := storetest.Name("own", 1), bytes.Repeat([]byte("0123456789"), 1000)
	tag, err := open(t, c).Put(t.Context(), name, want, "")
	if err != nil {
		t.Fatal(err)
	}
	for what, answer := range map[string]func(*http.Response) error{
		"a changed byte": func(r *http.Response) error { return rewrite(r, flip) },
		"cut short":      func(r *http.Response) error { return rewrite(r, cut) },
		"cut short, and so said": func(r *http.Response) error {
			r.Header.Set("Content-Length", "9999")
			return rewrite(r, cut)
		},
		"nothing, and so said": func(r *http.Response) error {
			r.Header.Set("Content-Length", "0")
			return rewrite(r, func([]byte) []byte { return nil })
		},
		"another's tag": func(r *http.Response) error { r.Header.Set("ETag", `"`+tagOf(nil)+`"`); return nil },
		"no tag":        func(r *http.Response) error { r.Header.Del("ETag"); return nil },
		"a part's tag":  func(r *http.Response) error { r.Header.Set("ETag", `"`+tag+`-1"`); return nil },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			config := c
			config.Endpoint = listen(t, between(t, server, nil, answer))
			s, err := connect(config)
			if err != nil {
				t.Fatal(err)
			}
			data, tag, err := s.Get(t.Context(), name)
			if err == nil || data != nil || tag != "" {
				t.Fatalf("returned %d bytes, %v", len(data), err)
			}
			wantFailed(t, map[string]error{"get": err}, config)
		})
	}
	t.Run("once only", func(t *testing.T) {
		seen := 0
		config := c
		config.Endpoint = listen(t, between(t, server, nil, func(r *http.Response) error {
			if seen++; seen > 1 {
				return nil
			}
			return rewrite(r, flip)
		}))
		s, err := connect(config)
		if err != nil {
			t.Fatal(err)
		}
		if data, got, err := s.Get(t.Context(), name); err != nil || got != tag || !bytes.Equal(data, want) {
			t.Fatalf("read again: %v", err)
		}
	})
}

func flip(b []byte) []byte { b[5000] ^= 1; return b }
func cut(b []byte) []byte  { return b[:9999] }

func rewrite(r *http.Response, change func([]byte) []byte) error {
	data, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(change(data)))
	return err
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	c := config(t, storetest.S3Server(t))
	s := open(t, c)
	name, data := storetest.Name("record", 1), make([]byte, MaxObject+1)
	if _, err := s.Put(t.Context(), name, data, ""); !errors.Is(err, ErrTooLarge) {
		t.Fatalf("put: got %v", err)
	}
	if _, _, err := s.Get(t.Context(), name); !errors.Is(err, vault.ErrAbsent) {
		t.Fatalf("it was sent all the same: %v", err)
	}
	foreign(t, s, name, data)
	if got, _, err := s.Get(t.Context(), name); !errors.Is(err, ErrTooLarge) || got != nil {
		t.Fatalf("get: got %v", err)
	}
	name = storetest.Name("record", 2)
	tag, err := s.Put(t.Context(), name, data[:MaxObject], "")
	if err != nil {
		t.Fatal(err)
	}
	if got, gotTag, err := s.Get(t.Context(), name); err != nil || len(got) != MaxObject || gotTag != tag {
		t.Fatalf("the largest: %v", err)
	}
}

// foreign puts an object as somebody else would.
func foreign(t *testing.T, s *Store, key string, data []byte) {
	t.Helper()
	if _, err := s.core.PutObject(t.Context(), s.bucket, key, bytes.NewReader(data), int64(len(data)), "", "", minio.PutObjectOptions{DisableContentSha256: true}); err != nil {
		t.Fatal(err)
	}
}

func TestOthersObjectsAreNotListed(t *testing.T) {
	t.Parallel()
	c := config(t, storetest.S3Server(t))
	hash := strings.Repeat("0", 64)
	one, two, bare := c, c, c
	one.Prefix, two.Prefix = "one", "one/two"
	stores := []*Store{open(t, one), open(t, two), open(t, bare)}
	for _, key := range []string{"note.txt", "own/note", "own/" + hash[1:], "Own/" + hash, "own/" + hash + "..x", "own/" + hash + "." + hash + "/x",
		"one/own/" + hash + "0", "own/" + strings.Repeat("G", 64), "own.x/" + hash} {
		foreign(t, stores[2], key, nil)
	}
	for i, s := range stores {
		if names, err := s.List(t.Context(), "", "", 100); err != nil || len(names) != 0 {
			t.Errorf("store %d lists %d of others, %v", i, len(names), err)
		}
		if _, err := s.Put(t.Context(), storetest.Name("own", i), nil, ""); err != nil {
			t.Fatal(err)
		}
	}
	for i, s := range stores {
		if names, err := s.List(t.Context(), "", "", 100); err != nil || !slices.Equal(names, []string{storetest.Name("own", i)}) {
			t.Errorf("store %d lists %d, %v", i, len(names), err)
		}
	}
}

func TestNamesAreRefused(t *testing.T) {
	t.Parallel()
	c := config(t, storetest.S3Server(t))
	s := open(t, c)
	hash := strings.Repeat("0", 64)
	for _, name := range []string{"", "own", "own/", "/" + hash, hash, "own/" + hash[1:], "own/" + hash + "0", "own/" + hash + "/", "own//" + hash, "../" + hash,
		"own/../" + hash, "Own/" + hash, "own/" + strings.ToUpper(strings.Repeat("a", 64)), "own/" + hash + "." + hash, "own/" + hash + "\n", "own/" + hash + "?x",
		"own/" + hash + "/" + hash + "/" + hash + "/" + hash, strings.Repeat("a", 33) + "/" + hash} {
		_, _, get := s.Get(t.Context(), name)
		_, put := s.Put(t.Context(), name, nil, "")
		for _, err := range []error{get, put, s.Delete(t.Context(), name)} {
			if !errors.Is(err, ErrName) {
				t.Errorf("%q: got %v, want ErrName", name, err)
			}
		}
	}
}

// FuzzNames: a listing's keys come from outside. What is taken for a name is one,
// has this key, and keys have the order of names.
func FuzzNames(f *testing.F) {
	hash := strings.Repeat("0a", 32)
	for _, seed := range []string{"own/" + hash, "own/" + hash + "." + hash, "one/own/" + hash, "own/" + hash + "/" + hash, "own", "", "own/../x", "\xff/"} {
		f.Add(seed, "own/"+hash+"/"+hash)
	}
	stores := []*Store{{}, {prefix: "one/"}, {prefix: "one/two/"}}
	f.Fuzz(func(t *testing.T, key, other string) {
		for _, s := range stores {
			name, ours := s.name(key)
			if ours && (!isName(name) || s.key(name) != key) {
				t.Errorf("%q is taken for %q", key, name)
			}
			if isName(key) {
				if back, ours := s.name(s.key(key)); !ours || back != key {
					t.Errorf("%q comes back as %q", key, back)
				}
				after := nameStart.FindString(other)
				if (key > after) != (s.key(key) > s.key(after)) {
					t.Errorf("order of %q and %q", key, after)
				}
			}
		}
	})
}

func BenchmarkStore(b *testing.B) {
	s := open(b, config(b, storetest.S3Server(b)))
	data := make([]byte, 4<<10)
	b.Run("create", func(b *testing.B) {
		for i := range b.N {
			if _, err := s.Put(b.Context(), storetest.Name("r", i)+fmt.Sprintf("/%064x", b.N), data, ""); err != nil {
				b.Fatal(err)
			}
		}
	})
	name := storetest.Name("head", 1)
	tag, err := s.Put(b.Context(), name, data, "")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("swap", func(b *testing.B) {
		for b.Loop() {
			data[0]++
			if tag, err = s.Put(b.Context(), name, data, tag); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("get", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := s.Get(b.Context(), name); err != nil {
				b.Fatal(err)
			}
		}
	})
}

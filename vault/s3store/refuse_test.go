package s3store

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/signer"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/vault/storetest"
)

// between is a reverse proxy before a real store. A change to a request makes it a
// store that never saw what was taken away: it is signed anew.
func between(t *testing.T, server *storetest.S3, request func(*http.Request), answer func(*http.Response) error) *httputil.ReverseProxy {
	target, err := url.Parse(server.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = target.Host },
		Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if request != nil {
				request(r)
			}
			r.Header.Del("Authorization")
			return http.DefaultTransport.RoundTrip(signer.SignV4(*r, server.AccessKey, server.SecretKey, "", server.Region))
		}),
		ModifyResponse: answer,
		ErrorHandler:   func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func listen(t *testing.T, h http.Handler) string {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

func wantRefused(t *testing.T, err error, words string) {
	t.Helper()
	if !errors.Is(err, ErrRefused) || errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), words) {
		t.Fatalf("open: got %v, want ErrRefused with %q", err, words)
	}
}

// A real server lacks both conditions when it keeps no ETags.
func TestStoreWithoutConditionalWritesIsRefused(t *testing.T) {
	t.Parallel()
	_, err := Open(t.Context(), config(t, storetest.S3Server(t, "--nometa")))
	wantRefused(t, err, "create-only")
}

func TestStoreWithOtherETagsIsRefused(t *testing.T) {
	t.Parallel()
	_, err := Open(t.Context(), config(t, storetest.S3Server(t, "--data-integrity-etag")))
	wantRefused(t, err, "MD5")
}

func TestStoreThatIgnoresAConditionIsRefused(t *testing.T) {
	t.Parallel()
	server := storetest.S3Server(t)
	for _, c := range []struct {
		name, words string
		change      func(*http.Request)
	}{
		{"both", "create-only", func(r *http.Request) { r.Header.Del("If-Match"); r.Header.Del("If-None-Match") }},
		{"create-only", "create-only", func(r *http.Request) { r.Header.Del("If-None-Match") }},
		{"compare-and-swap", "compare-and-swap", func(r *http.Request) { r.Header.Del("If-Match") }},
		{"compare only whether it exists", "compare-and-swap", func(r *http.Request) {
			if r.Header.Get("If-Match") != "" {
				r.Header.Set("If-Match", "*")
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := config(t, server)
			config.Endpoint = listen(t, between(t, server, c.change, nil))
			_, err := Open(t.Context(), config)
			wantRefused(t, err, c.words)
		})
	}
	t.Run("the same without a change", func(t *testing.T) {
		config := config(t, server)
		config.Endpoint = listen(t, between(t, server, nil, nil))
		open(t, config)
	})
}

// A store that looks and writes in two steps passes one by one, and fails together.
func TestStoreWhoseConditionsAreNotAtomicIsRefused(t *testing.T) {
	t.Parallel()
	server := storetest.S3Server(t)
	for _, header := range []string{"If-Match", "If-None-Match"} {
		t.Run(header, func(t *testing.T) {
			config := config(t, server)
			look := between(t, server, nil, nil)
			write := between(t, server, func(r *http.Request) { r.Header.Del(header) }, nil)
			var looked atomic.Int32
			config.Endpoint = listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPut && r.Header.Get(header) != "" {
					seen := httptest.NewRecorder()
					head := httptest.NewRequestWithContext(r.Context(), http.MethodHead, r.URL.Path, nil)
					head.Header.Set("X-Amz-Content-Sha256", sha256OfNothing)
					if tag := r.Header.Get("If-Match"); tag != "" {
						head.Header.Set("If-Match", tag)
					}
					look.ServeHTTP(seen, head)
					if exists := seen.Code == http.StatusOK; header == "If-None-Match" && exists || header == "If-Match" && !exists {
						w.WriteHeader(http.StatusPreconditionFailed)
						return
					}
					// Slow enough between its steps for a second to look too, where there is one.
					looked.Add(1)
					for end := time.Now().Add(50 * time.Millisecond); looked.Load() < 2 && time.Now().Before(end); {
						runtime.Gosched()
					}
					defer looked.Add(-1)
				}
				write.ServeHTTP(w, r)
			}))
			_, err := Open(t.Context(), config)
			wantRefused(t, err, "several write at once")
		})
	}
}

const sha256OfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func TestVersionedBucket(t *testing.T) {
	t.Parallel()
	server := storetest.S3Server(t, "--versioning-dir", t.TempDir())
	never, enabled, suspended := config(t, server), config(t, server), config(t, server)
	before := open(t, suspended)
	for _, c := range []*Config{&enabled, &suspended} {
		s := open(t, *c)
		if err := s.core.EnableVersioning(t.Context(), c.Bucket); err != nil {
			t.Fatal(err)
		}
	}
	if err := before.core.SuspendVersioning(t.Context(), suspended.Bucket); err != nil {
		t.Fatal(err)
	}
	open(t, never)
	for _, c := range []Config{enabled, suspended} {
		_, err := Open(t.Context(), c)
		wantRefused(t, err, "versions")
		// Where it may be versioned, this server still refuses to create what was deleted.
		_, err = Open(t.Context(), c.relaxed())
		wantRefused(t, err, "created again")
	}
}

func (c Config) relaxed() Config {
	c.Unversioned = false
	return c
}

func TestConfig(t *testing.T) {
	t.Parallel()
	good := Config{Endpoint: "https://s3.example", Bucket: "heads", AccessKey: crypto.Secret("a"), SecretKey: crypto.Secret("b")}
	if s, err := connect(good); err != nil || s.timeout != defaultTimeout || s.prefix != "" {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Config){
		"no endpoint":               func(c *Config) { c.Endpoint = "" },
		"no scheme":                 func(c *Config) { c.Endpoint = "s3.example" },
		"http to a name":            func(c *Config) { c.Endpoint = "http://s3.example" },
		"http to a name for itself": func(c *Config) { c.Endpoint = "http://localhost:9000" },
		"http to an address":        func(c *Config) { c.Endpoint = "http://192.0.2.1:9000" },
		"http to every address":     func(c *Config) { c.Endpoint = "http://0.0.0.0:9000" },
		"another scheme":            func(c *Config) { c.Endpoint = "file:///tmp" },
		"keys in the endpoint":      func(c *Config) { c.Endpoint = "https://a:b@s3.example" },
		"path":                      func(c *Config) { c.Endpoint = "https://s3.example/heads" },
		"query":                     func(c *Config) { c.Endpoint = "https://s3.example?x=y" },
		"no bucket":                 func(c *Config) { c.Bucket = "" },
		"a path for a bucket":       func(c *Config) { c.Bucket = "a/b" },
		"short bucket":              func(c *Config) { c.Bucket = "ab" },
		"slash before the prefix":   func(c *Config) { c.Prefix = "/a" },
		"slash after the prefix":    func(c *Config) { c.Prefix = "a/" },
		"dots in the prefix":        func(c *Config) { c.Prefix = "../a" },
		"deep prefix":               func(c *Config) { c.Prefix = "a/b/c/d/e" },
		"space in the prefix":       func(c *Config) { c.Prefix = "a b" },
		"no access key":             func(c *Config) { c.AccessKey = nil },
		"no secret key":             func(c *Config) { c.SecretKey = crypto.Secret{} },
		"negative timeout":          func(c *Config) { c.Timeout = -1 },
	} {
		c := good
		change(&c)
		if _, err := connect(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	for _, endpoint := range []string{"http://127.0.0.1:9000", "http://[::1]:9000", "https://s3.example:8443/"} {
		c := good
		c.Endpoint, c.Prefix = endpoint, "a/b-1/C_2/d"
		if _, err := connect(c); err != nil {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}

func TestNothingPrintsKeys(t *testing.T) {
	t.Parallel()
	c := Config{Endpoint: "https://s3.example", Bucket: "heads", AccessKey: crypto.Secret("ACCESSACCESS"), SecretKey: crypto.Secret("SECRETSECRET")}
	s, err := connect(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if out := fmt.Sprintf(format+" "+format+" "+format, c, &c, s); strings.Contains(out, "ACCESSACCESS") || strings.Contains(out, "SECRETSECRET") ||
			strings.Contains(out, fmt.Sprintf("%x", "SECRETSECRET")) {
			t.Errorf("%s prints a key", format)
		}
	}
}

// Neither keys, bucket nor names of objects are in an error, whatever is wrong.
func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	server := storetest.S3Server(t)
	for _, c := range []struct {
		name, words string
		change      func(*Config)
	}{
		{"bucket", "bucket does not exist", func(c *Config) { c.Bucket = "nowhere-to-be-found" }},
		{"access key", "does not know the access key", func(c *Config) { c.AccessKey = crypto.Secret("somebody-else") }},
		{"secret key", "secret key does not belong", func(c *Config) { c.SecretKey = crypto.Secret("not-that-one") }},
		{"region", "region", func(c *Config) { c.Region = "eu-north-1" }},
		{"nobody listens", "not available", func(c *Config) { c.Endpoint = closedPort(t) }},
		{"nobody answers", "no answer in time", func(c *Config) { c.Endpoint, c.Timeout = silent(t), 50*time.Millisecond }},
		{"not an S3 store", "not an S3 store's", func(c *Config) { c.Endpoint = listen(t, http.NotFoundHandler()) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := config(t, server)
			c.change(&config)
			for _, config := range []Config{config, config.relaxed()} {
				_, err := Open(t.Context(), config)
				if err == nil || !strings.Contains(err.Error(), c.words) {
					t.Fatalf("got %v, want %q", err, c.words)
				}
				wantDiscreet(t, err, config)
			}
		})
	}
}

func wantDiscreet(t *testing.T, err error, c Config) {
	t.Helper()
	for _, secret := range []string{c.Bucket, string(c.AccessKey), string(c.SecretKey), "probe/", "0000", "<", "?"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error holds %q: %v", secret, err)
		}
	}
}

func closedPort(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return "http://" + listener.Addr().String()
}

func silent(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0") // connections wait in its queue for ever
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return "http://" + listener.Addr().String()
}

func TestAnswersAreWorded(t *testing.T) {
	t.Parallel()
	told := "nowhere-to-be-found/own/0000 SECRET <Error>?"
	for _, c := range []struct {
		answer      minio.ErrorResponse
		words       string
		unavailable bool
	}{
		{minio.ErrorResponse{Code: minio.AccessDenied, StatusCode: 403}, "access denied", false},
		{minio.ErrorResponse{Code: minio.NoSuchBucket, StatusCode: 404}, "bucket does not exist", false},
		{minio.ErrorResponse{Code: told, StatusCode: 418}, "status 418", false},
		{minio.ErrorResponse{Code: told, StatusCode: 502}, "status 502", true},
		{minio.ErrorResponse{Code: minio.InternalError, StatusCode: 500}, "failed inside", true},
		{minio.ErrorResponse{Code: "SlowDown", StatusCode: 503}, "slow down", true},
		{minio.ErrorResponse{Code: minio.NotImplemented, StatusCode: 501}, "does not implement", false},
		{minio.ErrorResponse{Code: "ConditionalRequestConflict", StatusCode: 409}, "writers", true},
	} {
		c.answer.Message, c.answer.Key, c.answer.BucketName, c.answer.Resource = told, told, told, told
		err := bare(t.Context(), c.answer)
		if !strings.Contains(err.Error(), c.words) || strings.Contains(err.Error(), "nowhere") || errors.Is(err, ErrUnavailable) != c.unavailable {
			t.Errorf("%d: got %v, want %q, unavailable %v", c.answer.StatusCode, err, c.words, c.unavailable)
		}
		if errors.Is(err, vault.ErrAbsent) || errors.Is(err, vault.ErrExists) || errors.Is(err, vault.ErrChanged) {
			t.Errorf("%d reads as the object's state", c.answer.StatusCode)
		}
	}
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	server := storetest.S3Server(t)
	secure := httptest.NewTLSServer(between(t, server, nil, nil))
	t.Cleanup(secure.Close)
	c := config(t, server)
	c.Endpoint = secure.URL
	_, err := Open(t.Context(), c)
	if err == nil || !strings.Contains(err.Error(), "certificate") || errors.Is(err, ErrUnavailable) {
		t.Fatalf("unknown authority: got %v", err)
	}
	wantDiscreet(t, err, c)
	c.CA = x509.NewCertPool()
	c.CA.AddCert(secure.Certificate())
	s := open(t, c)
	name, data := storetest.Name("own", 1), bytes.Repeat([]byte("x"), 1<<20)
	tag, err := s.Put(t.Context(), name, data, "")
	if err != nil {
		t.Fatal(err)
	}
	if got, gotTag, err := s.Get(t.Context(), name); err != nil || gotTag != tag || !bytes.Equal(got, data) {
		t.Fatalf("over TLS: %v", err)
	}
}

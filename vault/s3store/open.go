package s3store

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/s3utils"

	"github.com/wrapious/wrappy/crypto"
)

// Config says where a store is and who asks. The zero value is refused.
type Config struct {
	Endpoint  string // https://host[:port]; http only to a loopback address such as 127.0.0.1
	Region    string // "us-east-1" when empty
	Bucket    string // must exist
	Prefix    string // of every key, without a slash at its end; may be empty
	AccessKey crypto.Secret
	SecretKey crypto.Secret
	// CA signs the endpoint's certificate; nil for the machine's own authorities.
	CA *x509.CertPool
	// Timeout is for one attempt at one request, 10 s when zero.
	Timeout time.Duration
	// Unversioned refuses a bucket that keeps, or has ever kept, old versions: what
	// is destroyed there must be gone. Set for heads.
	Unversioned bool
}

const defaultTimeout = 10 * time.Second

// Open connects to a store and tries what the vault relies on. ErrRefused says what
// is missing and what to do; ErrUnavailable, that trying later may help.
func Open(ctx context.Context, c Config) (*Store, error) {
	s, err := connect(c)
	if err != nil {
		return nil, fmt.Errorf("s3store: %w", err)
	}
	if err := s.probe(ctx, c.Unversioned); err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("s3store: %w", err)
	}
	return s, nil
}

func connect(c Config) (*Store, error) {
	endpoint, err := endpointOf(c.Endpoint)
	switch {
	case err != nil:
		return nil, err
	case s3utils.CheckValidBucketNameStrict(c.Bucket) != nil:
		return nil, errors.New("bucket: not a bucket's name")
	case c.Prefix != "" && !prefixPattern.MatchString(c.Prefix+"/"):
		return nil, errors.New("prefix: at most 4 parts of letters, digits, _ and -, with single slashes between")
	case len(c.AccessKey) == 0 || len(c.SecretKey) == 0:
		return nil, errors.New("access key and secret key are both needed")
	case c.Timeout < 0:
		return nil, errors.New("timeout: negative")
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.Region == "" {
		c.Region = "us-east-1" // an empty one would be asked for before every request
	}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: c.Timeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:       &tls.Config{RootCAs: c.CA, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   c.Timeout,
		ResponseHeaderTimeout: c.Timeout,
		IdleConnTimeout:       30 * time.Second,
		MaxIdleConnsPerHost:   64,
		DisableCompression:    true, // bytes as they are stored
		ForceAttemptHTTP2:     true,
	}
	core, err := minio.NewCore(endpoint.Host, &minio.Options{
		Creds:      credentials.NewStaticV4(string(c.AccessKey), string(c.SecretKey), ""),
		Secure:     endpoint.Scheme == "https",
		Transport:  guard{transport},
		Region:     c.Region,
		MaxRetries: 1, // see put
	})
	if err != nil {
		return nil, errors.New("endpoint: not one of an S3 store")
	}
	s := &Store{core: core, transport: transport, bucket: c.Bucket, timeout: c.Timeout}
	if c.Prefix != "" {
		s.prefix = c.Prefix + "/"
	}
	return s, nil
}

func endpointOf(raw string) (*url.URL, error) {
	endpoint, err := url.Parse(raw)
	if err != nil || endpoint.Hostname() == "" || endpoint.User != nil || endpoint.RawQuery != "" || endpoint.Fragment != "" ||
		endpoint.Path != "" && endpoint.Path != "/" {
		return nil, errors.New("endpoint: a URL of scheme, host and port is needed, without user, path or query")
	}
	switch endpoint.Scheme {
	case "https":
		return endpoint, nil
	case "http":
		// An address, not a name: what a name leads to is not for us to say.
		if ip := net.ParseIP(endpoint.Hostname()); ip != nil && ip.IsLoopback() {
			return endpoint, nil
		}
		return nil, errors.New("endpoint: http only to a loopback address such as 127.0.0.1; use https")
	}
	return nil, errors.New("endpoint: https is needed")
}

package client

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/wrapious/wrappy/openapi"
)

const maxPEMBytes = 64 << 10

// Connect returns an API client for a vault. serverCertificate is a PEM file that the
// server's certificate must chain to ("" for the system's); own is the client
// certificate of an institution, nil for people.
func Connect(url, serverCertificate string, own *tls.Certificate) (*openapi.ClientWithResponses, error) {
	over, err := dialer(serverCertificate, own)
	if err != nil {
		return nil, err
	}
	return openapi.NewClientWithResponses(url, openapi.WithHTTPClient(over))
}

// dialer is what every connection to a vault goes through.
func dialer(serverCertificate string, own *tls.Certificate) (*http.Client, error) {
	return dialerFor(serverCertificate, own, maxAnswer, 2*time.Minute)
}

// dialerFor bounds answers in bytes and in the time that all of one may take.
func dialerFor(serverCertificate string, own *tls.Certificate, most int64, wait time.Duration) (*http.Client, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS13}
	if serverCertificate != "" {
		pool, err := readPool(serverCertificate)
		if err != nil {
			return nil, err
		}
		config.RootCAs = pool
	}
	if own != nil {
		config.Certificates = []tls.Certificate{*own}
	}
	transport := &http.Transport{
		TLSClientConfig:       config,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       time.Minute,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: max(60*time.Second, wait/2),
	}
	return &http.Client{Transport: patient{bounded{transport, most}}, Timeout: wait}, nil
}

func readPool(path string) (*x509.CertPool, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("server certificate: %w", err)
	}
	if info.Size() > maxPEMBytes {
		return nil, errors.New("server certificate: larger than 64 KiB")
	}
	data, err := os.ReadFile(path) //nolint:gosec // the caller's own choice of file
	if err != nil {
		return nil, fmt.Errorf("server certificate: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, errors.New("server certificate: no PEM certificate in the file")
	}
	return pool, nil
}

// NewIdempotencyKey names one attempt at an act; a retry carries the same.
func NewIdempotencyKey() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

package api

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// errCertificate is all that a refused handshake says of why.
var errCertificate = errors.New("client certificate: want one with a P-256 key, valid now, for digital signatures")

// PublicTLS is for the listener of people: TLS 1.3.
func PublicTLS(certificate tls.Certificate) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{certificate}}
}

// InstitutionTLS is for the listener of institutions: TLS 1.3 and a client
// certificate by anybody, since its key's hash and not its issuer says who asks.
// Without session tickets each connection proves the key again.
func InstitutionTLS(certificate tls.Certificate, now func() time.Time) *tls.Config {
	return &tls.Config{
		MinVersion:             tls.VersionTLS13,
		Certificates:           []tls.Certificate{certificate},
		ClientAuth:             tls.RequireAnyClientCert,
		SessionTicketsDisabled: true,
		VerifyConnection: func(state tls.ConnectionState) error {
			if len(state.PeerCertificates) == 0 {
				return errCertificate
			}
			return checkCertificate(state.PeerCertificates[0], now())
		},
	}
}

// checkCertificate is asked at the handshake and on every request: a connection
// may outlive its certificate.
func checkCertificate(certificate *x509.Certificate, now time.Time) error {
	key, ok := certificate.PublicKey.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() {
		return errCertificate
	}
	if now.Before(certificate.NotBefore) || now.After(certificate.NotAfter) {
		return errCertificate
	}
	if certificate.KeyUsage != 0 && certificate.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		return errCertificate
	}
	return nil
}

// KeyHash is what InstitutionRegistry knows a TLS key by: SHA-256 of the DER
// SubjectPublicKeyInfo.
func KeyHash(certificate *x509.Certificate) consent.Digest {
	return sha256.Sum256(certificate.RawSubjectPublicKeyInfo)
}

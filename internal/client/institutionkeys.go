package client

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/wallet"
)

// InstitutionKeys is what an institution holds, in one folder: its profile
// (institution.json), the cold key under a passphrase (cold.key: keep it offline),
// the TLS key and its self-signed certificate (tls.key, tls.crt: for the server that
// talks to the vault).
type InstitutionKeys struct {
	Profile     ledgerref.Profile
	ID          consent.InstitutionID
	Cold        *wallet.Key // nil when opened without a passphrase
	Certificate tls.Certificate
	dir         string
}

// Files below the folder.
const (
	profileFile     = "institution.json"
	coldKeyFile     = "cold.key"
	certificateFile = "tls.crt"
	tlsKeyFile      = "tls.key"

	coldKeyAAD      = "wrappy cold key file v1"
	certificateLife = 2 * 365 * 24 * time.Hour
)

type storedProfile struct {
	ID           consent.InstitutionID `json:"id"`
	Name         string                `json:"name"`
	Kind         string                `json:"kind"`
	Jurisdiction string                `json:"jurisdiction"`
	Salt         consent.Salt          `json:"salt"`
	RecoveryKey  consent.Address       `json:"recovery_key"` // as registered; zero for none
}

// NewInstitutionKeys makes everything in a new folder; one that holds keys already is left alone.
func NewInstitutionKeys(ctx context.Context, dir, name string, kind consent.Kind, jurisdiction string, passphrase crypto.Secret) (*InstitutionKeys, error) {
	return NewRecoverableKeys(ctx, dir, ledgerref.Profile{Name: name, Kind: kind, Jurisdiction: jurisdiction}, passphrase)
}

// NewRecoverableKeys is NewInstitutionKeys with a recovery key in the profile, or with
// the zero address for none. The salt is made here.
func NewRecoverableKeys(ctx context.Context, dir string, profile ledgerref.Profile, passphrase crypto.Secret) (*InstitutionKeys, error) {
	name, kind, jurisdiction := profile.Name, profile.Kind, profile.Jurisdiction
	if err := checkProfile(name, kind, jurisdiction); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("institution: %w", err)
	}
	cold, err := wallet.NewKey()
	if err != nil {
		return nil, err
	}
	k := &InstitutionKeys{dir: dir, Cold: cold, Profile: profile}
	_, _ = rand.Read(k.Profile.Salt[:])
	k.ID = ledgerref.InstitutionID(cold.Address(), k.Profile.Salt)
	if err := keepKey(ctx, filepath.Join(dir, coldKeyFile), cold, passphrase, coldKeyAAD); err != nil {
		return nil, fmt.Errorf("institution: the folder holds keys already, or cannot be written: %w", err)
	}
	if err := k.makeCertificate(time.Now()); err != nil {
		return nil, err
	}
	stored, err := json.MarshalIndent(storedProfile{k.ID, name, kind.String(), jurisdiction, k.Profile.Salt, profile.RecoveryKey}, "", "  ")
	if err != nil {
		return nil, err
	}
	if err := crypto.WriteFile(filepath.Join(dir, profileFile), append(stored, '\n'), false); err != nil {
		return nil, fmt.Errorf("institution: %w", err)
	}
	return k, nil
}

func checkProfile(name string, kind consent.Kind, jurisdiction string) error {
	if len(name) == 0 || len(name) > 128 {
		return errors.New("institution: name: want 1 to 128 bytes")
	}
	if kind == consent.KindUnknown {
		return errors.New("institution: kind: want hospital, clinic, school, registrar, agency, border, bank, employer or accreditor")
	}
	return consent.ValidateJurisdiction(jurisdiction)
}

func (k *InstitutionKeys) makeCertificate(now time.Time) (err error) {
	if k.Certificate, err = k.selfSigned(nil, now); err != nil {
		return err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(k.Certificate.PrivateKey)
	if err != nil {
		return err
	}
	for name, block := range map[string]*pem.Block{certificateFile: {Type: "CERTIFICATE", Bytes: k.Certificate.Certificate[0]}, tlsKeyFile: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := crypto.WriteFile(filepath.Join(k.dir, name), pem.EncodeToMemory(block), false); err != nil {
			return fmt.Errorf("institution: %w", err)
		}
	}
	return nil
}

// selfSigned makes a certificate for the key, or for a new one. The vault looks at
// nothing in it but key, times and key usage.
func (k *InstitutionKeys) selfSigned(key *ecdsa.PrivateKey, now time.Time) (pair tls.Certificate, err error) {
	if key == nil {
		if key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			return pair, err
		}
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 126))
	if err != nil {
		return pair, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: k.Profile.Name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return pair, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// OpenInstitutionKeys reads a folder. Without a passphrase the cold key stays closed.
func OpenInstitutionKeys(ctx context.Context, dir string, passphrase crypto.Secret) (*InstitutionKeys, error) {
	data, err := crypto.ReadFile(filepath.Join(dir, profileFile), maxPEMBytes)
	if err != nil {
		return nil, fmt.Errorf("institution: %w; 'wrappy institution new' makes the folder", err)
	}
	var stored storedProfile
	if err := json.Unmarshal(data, &stored); err != nil {
		return nil, errors.New("institution: institution.json cannot be read")
	}
	k := &InstitutionKeys{dir: dir, ID: stored.ID, Profile: ledgerref.Profile{
		Name: stored.Name, Kind: consent.ParseKind(stored.Kind), Jurisdiction: stored.Jurisdiction, Salt: stored.Salt, RecoveryKey: stored.RecoveryKey,
	}}
	certificate, key := k.TLSFiles()
	if k.Certificate, err = tls.LoadX509KeyPair(certificate, key); err != nil {
		return nil, fmt.Errorf("institution: %w", err)
	}
	if len(passphrase) == 0 {
		return k, nil
	}
	k.Cold, err = openKey(ctx, filepath.Join(dir, coldKeyFile), passphrase, coldKeyAAD)
	return k, err
}

// TLSFiles are the paths of the certificate and its key, for curl and servers.
func (k *InstitutionKeys) TLSFiles() (certificate, key string) {
	return filepath.Join(k.dir, certificateFile), filepath.Join(k.dir, tlsKeyFile)
}

// Signer is the TLS key, which proves its possession to the ledger.
func (k *InstitutionKeys) Signer() *ecdsa.PrivateKey {
	key, _ := k.Certificate.PrivateKey.(*ecdsa.PrivateKey)
	return key
}

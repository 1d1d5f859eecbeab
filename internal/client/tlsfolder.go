package client

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/ledgerref"
)

// From the first rotation on, tls.crt and tls.key are symbolic links through one more,
// so that both change in a single rename:
//
//	tls.crt → tls/current/tls.crt      tls/current → 4f0c…   the pair that counts here
//	tls.key → tls/current/tls.key      tls/next    → 91aa…   made, and not yet in use
//	tls/4f0c…/ tls/91aa…/              the pairs, by the beginning of the key's hash
//
// Old pairs stay until the institution's own next rotation, or until they are removed.
const (
	tlsDir      = "tls"
	currentLink = "current"
	nextLink    = "next"
)

// StagedTLS is a pair that is in the folder and not yet in use.
type StagedTLS struct {
	Certificate tls.Certificate
	Hash        consent.Digest
	resumed     bool
}

func (s *StagedTLS) signer() *ecdsa.PrivateKey {
	key, _ := s.Certificate.PrivateKey.(*ecdsa.PrivateKey) // StageTLS has looked
	return key
}

// StageTLS makes a key and its certificate, or finds those of a rotation that was cut
// short. certificate and key name PEM files to take instead; without a certificate a
// self-signed one is made for the key.
func (k *InstitutionKeys) StageTLS(certificate, key string) (*StagedTLS, error) {
	pair, resumed, err := k.staged()
	if err != nil {
		return nil, err
	}
	if resumed && key != "" {
		return nil, errors.New("a rotation that was begun is not finished: finish it first, without a key of your own")
	}
	if !resumed {
		if pair, err = k.newPair(certificate, key); err != nil {
			return nil, err
		}
	}
	signer, _ := pair.PrivateKey.(*ecdsa.PrivateKey)
	if signer == nil {
		return nil, ledgerref.ErrTLSKey
	}
	hash, err := ledgerref.KeyHash(signer.Public())
	if err != nil {
		return nil, err
	}
	if own, err := ledgerref.KeyHash(k.Signer().Public()); err != nil || own == hash {
		return nil, errors.Join(err, errors.New("this key is in use already: rotate to another"))
	}
	s := &StagedTLS{Certificate: pair, Hash: hash, resumed: resumed}
	if !resumed {
		err = k.keep(s)
	}
	return s, err
}

func (k *InstitutionKeys) staged() (pair tls.Certificate, found bool, err error) {
	dir := filepath.Join(k.dir, tlsDir, nextLink)
	pair, err = tls.LoadX509KeyPair(filepath.Join(dir, certificateFile), filepath.Join(dir, tlsKeyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return pair, false, nil
	}
	if err != nil {
		err = fmt.Errorf("the rotation that was begun cannot be read, remove %s: %w", dir, err)
	}
	return pair, err == nil, err
}

func (k *InstitutionKeys) newPair(certificate, key string) (tls.Certificate, error) {
	if certificate != "" && key == "" {
		return tls.Certificate{}, errors.New("a certificate without its key")
	}
	if certificate != "" {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return pair, fmt.Errorf("certificate and key: %w", err)
		}
		return pair, nil
	}
	var signer *ecdsa.PrivateKey
	if key != "" {
		data, err := crypto.ReadFile(key, maxPEMBytes)
		if err != nil {
			return tls.Certificate{}, fmt.Errorf("key: %w", err)
		}
		if signer, err = parseKey(data); err != nil {
			return tls.Certificate{}, err
		}
	}
	return k.selfSigned(signer, time.Now())
}

// parseKey reads a P-256 key in PEM, PKCS #8 or SEC 1. What is wrong with it is not
// repeated: it is a secret.
func parseKey(data []byte) (*ecdsa.PrivateKey, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("key: want PEM")
	}
	if parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		if key, ok := parsed.(*ecdsa.PrivateKey); ok {
			return key, nil
		}
		return nil, ledgerref.ErrTLSKey
	}
	key, err := x509.ParseECPrivateKey(block.Bytes)
	if err != nil {
		return nil, ledgerref.ErrTLSKey
	}
	return key, nil
}

// keep writes the pair and names it as the next.
func (k *InstitutionKeys) keep(s *StagedTLS) error {
	name := hex.EncodeToString(s.Hash[:8])
	if err := k.writePair(filepath.Join(k.dir, tlsDir, name), s.Certificate); err != nil {
		return err
	}
	return relink(name, filepath.Join(k.dir, tlsDir, nextLink))
}

func (k *InstitutionKeys) writePair(dir string, pair tls.Certificate) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		return err
	}
	var chain []byte
	for _, der := range pair.Certificate {
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return errors.Join(
		crypto.WriteFile(filepath.Join(dir, tlsKeyFile), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), true),
		crypto.WriteFile(filepath.Join(dir, certificateFile), chain, true))
}

// SwitchTLS puts the staged pair into use, in one step for whoever opens both files
// anew. The old pair stays in the folder.
func (k *InstitutionKeys) SwitchTLS(s *StagedTLS) error {
	own, err := ledgerref.KeyHash(k.Signer().Public())
	if err != nil {
		return err
	}
	root, was, is := filepath.Join(k.dir, tlsDir), hex.EncodeToString(own[:8]), hex.EncodeToString(s.Hash[:8])
	// the pair in use behind links first, so that each step leaves one that fits
	if err := errors.Join(k.writePair(filepath.Join(root, was), k.Certificate), relink(was, filepath.Join(root, currentLink))); err != nil {
		return err
	}
	for _, name := range []string{certificateFile, tlsKeyFile} {
		if err := relink(filepath.Join(tlsDir, currentLink, name), filepath.Join(k.dir, name)); err != nil {
			return err
		}
	}
	if err := relink(is, filepath.Join(root, currentLink)); err != nil {
		return err
	}
	k.Certificate = s.Certificate
	return os.Remove(filepath.Join(root, nextLink))
}

// DropStaged gives the staged pair up; its files stay.
func (k *InstitutionKeys) DropStaged() error {
	return os.Remove(filepath.Join(k.dir, tlsDir, nextLink))
}

// ForgetTLS deletes the pair of a removed key from the folder, unless it is in use.
func (k *InstitutionKeys) ForgetTLS(hash consent.Digest) error {
	own, err := ledgerref.KeyHash(k.Signer().Public())
	if err != nil || own == hash {
		return err
	}
	return os.RemoveAll(filepath.Join(k.dir, tlsDir, hex.EncodeToString(hash[:8])))
}

// relink makes a symbolic link, or moves one, in one step.
func relink(target, link string) error {
	temp := link + ".new"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Symlink(target, temp); err != nil {
		return err
	}
	return os.Rename(temp, link)
}

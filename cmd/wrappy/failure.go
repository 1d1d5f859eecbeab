package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/proof"
)

// exitCode sorts what a vault answered, or that it did not, into the program's exit
// codes, and says what to do about it.
func exitCode(err error) error {
	var problem *client.Problem
	var transport *url.Error
	var certificate *tls.CertificateVerificationError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &problem):
		return refused(problem, err)
	case errors.Is(err, proof.ErrNotCovered), errors.Is(err, client.ErrNoCheckpoint), errors.Is(err, ledgerref.ErrNoAnchor):
		return &coded{exitUnavailable, err}
	case errors.As(err, &certificate):
		return fmt.Errorf("the vault's certificate is not trusted: name it with --cacert, or in SSL_CERT_FILE: %w", err)
	case errors.As(err, &transport):
		return &coded{exitUnavailable, fmt.Errorf("the vault cannot be reached: %w", err)}
	}
	return err
}

func refused(problem *client.Problem, err error) error {
	switch names := problem.ReasonNames(); {
	case problem.HTTPStatus >= 500 || problem.HTTPStatus == 429:
		return &coded{exitUnavailable, err}
	case slices.Equal(names, []string{string(consent.ReasonUnconfirmed)}):
		return &coded{exitUnavailable, fmt.Errorf("%w: the ledger has not confirmed the permission yet; try again in a moment", err)}
	}
	return &coded{exitRefused, err}
}

// wrongPassphrase names the file that a passphrase did not open.
func wrongPassphrase(file string, err error) error {
	if errors.Is(err, crypto.ErrPassphrase) {
		return fmt.Errorf("%s: wrong passphrase, or the file is damaged", file)
	}
	return err
}

package client

import (
	"crypto/ed25519"
	"errors"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/wallet"
)

func deployment() *Deployment {
	return &Deployment{
		ConsentLedger: consent.Domain{ChainID: 7, Contract: consent.Address{1}}, KeyRegistry: consent.Domain{ChainID: 7, Contract: consent.Address{2}},
		InstitutionRegistry: consent.Domain{ChainID: 7, Contract: consent.Address{3}}, Origin: "vault.example/log", LogKey: make(ed25519.PublicKey, 32),
	}
}

func TestKeepDeployment(t *testing.T) {
	var v wallet.Vault
	if err := deployment().Keep(&v); err != nil || v.Pin == (consent.Digest{}) {
		t.Fatalf("first visit: %v", err)
	}
	pin := v.Pin
	if err := deployment().Keep(&v); err != nil {
		t.Errorf("the same again: %v", err)
	}
	for name, change := range map[string]func(*Deployment){
		"chain":                func(d *Deployment) { d.ConsentLedger.ChainID++ },
		"consent ledger":       func(d *Deployment) { d.ConsentLedger.Contract[0]++ },
		"key registry":         func(d *Deployment) { d.KeyRegistry.Contract[0]++ },
		"institution registry": func(d *Deployment) { d.InstitutionRegistry.Contract[0]++ },
		"origin":               func(d *Deployment) { d.Origin += "2" },
		"log key":              func(d *Deployment) { d.LogKey[0]++ },
	} {
		d := deployment()
		change(d)
		if err := d.Keep(&v); !errors.Is(err, ErrOtherDeployment) || v.Pin != pin {
			t.Errorf("another %s: %v", name, err)
		}
	}
}

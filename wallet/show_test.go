package wallet

import (
	"errors"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
)

func TestShow(t *testing.T) {
	w, domain := NewIdentity(), consent.Domain{ChainID: 7, Contract: consent.Address{1}}
	now := time.Unix(int64(20_500*consent.Day)+7, 0)
	notice := consent.Notice{Language: "en", Text: "Whoever scans this sees it once."}
	choice := ShowChoice{Fields: []consent.FieldName{"identity.photo", "identity.name", "identity.photo"}, Jurisdiction: "KE", Notice: notice}
	c, err := w.Show(domain, choice, now)
	if err != nil {
		t.Fatal(err)
	}
	g := &c.Grant
	if g.Audience != consent.AudienceBearer || g.Request != c.Secret.Request() || len(g.Fields) != 2 || g.NotBefore != uint64(now.Unix()) ||
		g.Expires != g.NotBefore+300 || g.NoticeDigest != notice.Digest() || g.Salt != consent.GrantSalt(w.ID(), c.Binding.Opening) {
		t.Errorf("%+v", g)
	}
	if day := 20_501 * consent.Day; c.Act.Expiry != day || c.Act.Deadline != day {
		t.Errorf("the chain is told %+v", c.Act)
	}
	for name, err := range map[string]error{
		"act":        consent.Verify(domain.Digest(c.Act.StructHash()), c.ActSignature, g.GrantKey),
		"binding":    consent.Verify(domain.Digest(c.Binding.StructHash()), c.BindingSignature, w.Seed.Root().Address()),
		"withdrawal": consent.Verify(domain.Digest(consent.WithdrawHash(c.Act.ID)), c.Withdrawal, g.GrantKey),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	again, err := w.Show(domain, choice, now)
	if err != nil || again.Secret == c.Secret || again.Grant.GrantKey == c.Grant.GrantKey {
		t.Error("two codes share something")
	}
	for name, change := range map[string]func(*ShowChoice){
		"nothing":  func(c *ShowChoice) { c.Fields = nil },
		"health":   func(c *ShowChoice) { c.Fields = []consent.FieldName{"health.allergy"} },
		"nowhere":  func(c *ShowChoice) { c.Jurisdiction = "" },
		"no words": func(c *ShowChoice) { c.Notice = consent.Notice{} },
	} {
		wrong := choice
		change(&wrong)
		if _, err := w.Show(domain, wrong, now); !errors.Is(err, consent.ErrGrant) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

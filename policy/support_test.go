package policy_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"io/fs"
	"maps"
	"testing"
	"testing/fstest"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/policy"
)

const now uint64 = 1790000000

var clock = time.Unix(int64(now), 0)

// reviewer makes a reviewer's key from one byte, so that failures repeat.
func reviewer(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

func public(keys ...ed25519.PrivateKey) (list []ed25519.PublicKey) {
	for _, k := range keys {
		list = append(list, k.Public().(ed25519.PublicKey)) //nolint:errcheck // ed25519 keys have no other
	}
	return list
}

var (
	anna, bela, stranger = reviewer(1), reviewer(2), reviewer(9)
	reviewers            = public(anna, bela, reviewer(3))
)

// sources is the default bundle with files replaced, added or (nil) left out.
func sources(t testing.TB, changes map[string][]byte) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(policy.Default(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(policy.Default(), name)
		out[name] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range changes {
		out[name] = &fstest.MapFile{Data: content}
	}
	maps.DeleteFunc(out, func(_ string, f *fstest.MapFile) bool { return f.Data == nil })
	return out
}

func build(t testing.TB, source fs.FS, revision uint64) []byte {
	t.Helper()
	bundle, _, err := policy.Build(source, policy.Manifest{Revision: revision, Expires: now + 86400})
	if err != nil {
		t.Fatal(err)
	}
	return bundle
}

func approve(t testing.TB, bundle []byte, keys ...ed25519.PrivateKey) (list []policy.Approval) {
	t.Helper()
	for _, key := range keys {
		a, err := policy.Approve(bundle, key)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, a)
	}
	return list
}

// sign approves whatever bytes there are, as a reviewer's broken tool might.
func sign(bundle []byte, keys ...ed25519.PrivateKey) (list []policy.Approval) {
	digest := sha256.Sum256(bundle)
	for _, key := range keys {
		list = append(list, policy.Approval{Digest: digest, Reviewer: public(key)[0],
			Signature: ed25519.Sign(key, append([]byte("wrappy policy approval v1\x00"), digest[:]...))})
	}
	return list
}

// engine has a bundle in force, signed by two, without the trial: bundles that
// break later are tested by it.
func engine(t testing.TB, changes map[string][]byte) *policy.Engine {
	t.Helper()
	var e policy.Engine
	bundle := build(t, sources(t, changes), 1)
	l, err := policy.Load(bundle, approve(t, bundle, anna, bela), reviewers, 0, clock)
	if err == nil {
		err = e.Use(l)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &e
}

// question is what a hospital asks for treatment: five fields that it may read.
func question() consent.Question {
	fields := []consent.FieldName{"contact.phone", "health.allergy", "health.medication", "identity.birth_date", "identity.name"}
	g := &consent.Grant{
		Version: consent.Version, Institution: consent.InstitutionID{7}, Purpose: policy.PurposeTreatment, LegalBasis: consent.BasisConsent,
		Jurisdiction: "KE", Fields: fields, Actions: consent.Read, NotBefore: now - 100, Expires: now + 40, RetentionDays: 30,
		NoticeLanguage: "sw", GrantKey: consent.Address{1}, Salt: consent.Salt{2},
	}
	return consent.Question{
		Action: consent.Read, Fields: fields, GrantID: g.ID(), Grant: g, Time: now,
		Institution: consent.Institution{ID: g.Institution, Kind: consent.KindHospital, Jurisdiction: "KE", Attested: true, AttestedTo: now + 1000, Accreditors: []consent.InstitutionID{{8}}},
	}
}

package s3store

import (
	"testing"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/vault/storetest"
)

func config(t testing.TB, server *storetest.S3) Config {
	return Config{Endpoint: server.Endpoint, Region: server.Region, Bucket: server.Bucket(t),
		AccessKey: crypto.Secret(server.AccessKey), SecretKey: crypto.Secret(server.SecretKey), Unversioned: true}
}

func open(t testing.TB, c Config) *Store {
	t.Helper()
	s, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestConformance(t *testing.T) {
	t.Parallel()
	server := storetest.S3Server(t)
	storetest.Run(t, func(t *testing.T) (vault.Store, func() vault.Store) {
		c := config(t, server)
		return open(t, c), func() vault.Store { return open(t, c) }
	})
}

func TestConformanceWithLosses(t *testing.T) {
	t.Parallel()
	server := storetest.S3Server(t)
	storetest.RunLossy(t, func(t *testing.T) (vault.Store, vault.Store, *storetest.Lossy) {
		c := config(t, server)
		c.Prefix = "one/two" // this time
		sure, way := open(t, c), storetest.NewLossy(t, server.Endpoint)
		c.Endpoint = way.Endpoint
		return open(t, c), sure, way
	})
}

package vault_test

import (
	"testing"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/faults"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/vault/dirstore"
	"github.com/wrapious/wrappy/vault/s3store"
	"github.com/wrapious/wrappy/vault/storetest"
)

// What the tests of package vault need of packages that import it.
func init() {
	vault.RealStores["directory"] = func(t testing.TB) (heads, records vault.Store) {
		return directory(t), directory(t)
	}
	vault.RealBuckets = func(t testing.TB) (open func(testing.TB) (heads, records vault.Store), way *faults.Way) {
		server := storetest.S3Server(t)
		way = faults.NewWay(t, server.Endpoint)
		return func(t testing.TB) (heads, records vault.Store) { return bucket(t, server, way), bucket(t, server, way) }, way
	}
}

func bucket(t testing.TB, server *storetest.S3, way *faults.Way) vault.Store {
	t.Helper()
	s, err := s3store.Open(t.Context(), s3store.Config{
		Endpoint: way.Endpoint, Region: server.Region, Bucket: server.Bucket(t),
		AccessKey: crypto.Secret(server.AccessKey), SecretKey: crypto.Secret(server.SecretKey), Unversioned: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func directory(t testing.TB) vault.Store {
	t.Helper()
	s, err := dirstore.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

package vault

import "os"

func tempDir() (dir string, cleanup func(), err error) {
	dir, err = os.MkdirTemp("", "vault-test-")
	return dir, func() { _ = os.RemoveAll(dir) }, err
}

func exit(code int) { os.Exit(code) }

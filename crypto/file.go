package crypto

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// WriteFile writes a secret file whole, mode 0600, and durably: temporary file,
// fsync, link or rename, fsync of the directory. With replace false an existing
// file stays as it is and the error is fs.ErrExist.
func WriteFile(path string, data []byte, replace bool) (err error) {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, ".wrappy-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write secret file: %w", err)
	}
	defer func() { _ = os.Remove(temp.Name()) }() // after a rename there is nothing left to remove
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Sync()
	}
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err == nil && replace {
		err = os.Rename(temp.Name(), path)
	} else if err == nil {
		err = os.Link(temp.Name(), path)
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("write secret file: %w", err)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the operator's path
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}

// ReadFile reads a file of at most limit bytes; a longer one is refused unread.
func ReadFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path) //nolint:gosec // the operator's path
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("secret file: %w: more than %d bytes", ErrDecrypt, limit)
	}
	return data, nil
}

package crypto

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// disk is what writing a file takes of the operating system.
type disk interface {
	CreateTemp(dir, pattern string) (tempFile, error)
	Rename(from, to string) error
	Link(from, to string) error
	Remove(name string) error
	SyncDir(dir string) error
}

type tempFile interface {
	io.WriteCloser
	Name() string
	Sync() error
}

type osDisk struct{}

func (osDisk) CreateTemp(dir, pattern string) (tempFile, error) { return os.CreateTemp(dir, pattern) } // mode 0600
func (osDisk) Rename(from, to string) error                     { return os.Rename(from, to) }
func (osDisk) Link(from, to string) error                       { return os.Link(from, to) }
func (osDisk) Remove(name string) error                         { return os.Remove(name) }

func (osDisk) SyncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the operator's path
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}

// WriteFile writes a secret file whole, mode 0600, and durably: temporary file,
// fsync, link or rename, fsync of the directory. With replace false an existing
// file stays as it is and the error is fs.ErrExist.
func WriteFile(path string, data []byte, replace bool) error {
	return writeFile(osDisk{}, path, data, replace)
}

func writeFile(on disk, path string, data []byte, replace bool) error {
	return writeFileFrom(on, path, replace, func(w io.Writer) error { _, err := w.Write(data); return err })
}

// WriteFileFrom is WriteFile for what is written piece by piece: the file is there, whole
// and durable, once write has returned no error, and else not at all. One that exists stays
// as it is: fs.ErrExist.
func WriteFileFrom(path string, write func(io.Writer) error) error {
	return writeFileFrom(osDisk{}, path, false, write)
}

func writeFileFrom(on disk, path string, replace bool, write func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	temp, err := on.CreateTemp(dir, ".wrappy-*")
	if err != nil {
		return fmt.Errorf("write secret file: %w", err)
	}
	defer func() { _ = on.Remove(temp.Name()) }() // after a rename there is nothing left to remove
	err = write(temp)
	if err == nil {
		err = temp.Sync()
	}
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err == nil && replace {
		err = on.Rename(temp.Name(), path)
	} else if err == nil {
		err = on.Link(temp.Name(), path)
	}
	if err == nil {
		err = on.SyncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("write secret file: %w", err)
	}
	return nil
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

package journal

import (
	"io"
	"os"
	"sync"

	"github.com/cockroachdb/pebble/vfs"
)

// wire is the way of one Pebble to its files, which can be cut. A Pebble that has failed
// cannot be closed, as its locks may be held for ever, and what is left of it must not
// touch files that another has opened since.
type wire struct {
	vfs.FS
	mu    sync.RWMutex // held shared by what changes files
	gone  bool
	locks []io.Closer
}

// cut waits for what is under way. Whatever follows never returns: an error would have
// Pebble try for ever.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone = true
	for _, lock := range w.locks {
		_ = lock.Close()
	}
	w.locks = nil
}

// changing runs what changes files.
func (w *wire) changing(change func() error) error {
	w.mu.RLock()
	if w.gone {
		w.mu.RUnlock()
		select {}
	}
	defer w.mu.RUnlock()
	return change()
}

func (w *wire) opened(open func() (vfs.File, error)) (file vfs.File, err error) {
	err = w.changing(func() (err error) {
		file, err = open()
		return err
	})
	if err != nil {
		return nil, err
	}
	return wiredFile{file, w}, nil
}

// Lock implements vfs.FS.
func (w *wire) Lock(name string) (io.Closer, error) {
	lock, err := w.FS.Lock(name)
	if err != nil {
		return nil, err
	}
	once := &closeOnce{Closer: lock}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.locks = append(w.locks, once)
	return once, nil
}

type closeOnce struct {
	io.Closer
	once sync.Once
}

func (c *closeOnce) Close() (err error) {
	c.once.Do(func() { err = c.Closer.Close() })
	return err
}

// Create implements vfs.FS.
func (w *wire) Create(name string) (vfs.File, error) {
	return w.opened(func() (vfs.File, error) { return w.FS.Create(name) })
}

// OpenReadWrite implements vfs.FS.
func (w *wire) OpenReadWrite(name string, opts ...vfs.OpenOption) (vfs.File, error) {
	return w.opened(func() (vfs.File, error) { return w.FS.OpenReadWrite(name, opts...) })
}

// ReuseForWrite implements vfs.FS.
func (w *wire) ReuseForWrite(old, name string) (vfs.File, error) {
	return w.opened(func() (vfs.File, error) { return w.FS.ReuseForWrite(old, name) })
}

// Link implements vfs.FS.
func (w *wire) Link(old, name string) error {
	return w.changing(func() error { return w.FS.Link(old, name) })
}

// Remove implements vfs.FS.
func (w *wire) Remove(name string) error {
	return w.changing(func() error { return w.FS.Remove(name) })
}

// RemoveAll implements vfs.FS.
func (w *wire) RemoveAll(name string) error {
	return w.changing(func() error { return w.FS.RemoveAll(name) })
}

// Rename implements vfs.FS.
func (w *wire) Rename(old, name string) error {
	return w.changing(func() error { return w.FS.Rename(old, name) })
}

// MkdirAll implements vfs.FS.
func (w *wire) MkdirAll(dir string, perm os.FileMode) error {
	return w.changing(func() error { return w.FS.MkdirAll(dir, perm) })
}

type wiredFile struct {
	vfs.File
	w *wire
}

func (f wiredFile) Write(p []byte) (n int, err error) {
	err = f.w.changing(func() (err error) {
		n, err = f.File.Write(p)
		return err
	})
	return n, err
}

func (f wiredFile) WriteAt(p []byte, offset int64) (n int, err error) {
	err = f.w.changing(func() (err error) {
		n, err = f.File.WriteAt(p, offset)
		return err
	})
	return n, err
}

func (f wiredFile) Preallocate(offset, length int64) error {
	return f.w.changing(func() error { return f.File.Preallocate(offset, length) })
}

package dirstore

import (
	"errors"
	"io"
	"syscall"
)

// readFile reads a regular file of at most MaxObject bytes. It makes half the system calls of
// os.File, and no finalizer: a release reads four objects. Neither a link nor a pipe that
// somebody planted is followed or waited for.
func readFile(path string) (data []byte, err error) {
	fd, err := again(func() (int, error) {
		return syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	})
	if err != nil {
		return nil, err
	}
	defer func() { _ = syscall.Close(fd) }()
	var info syscall.Stat_t
	if _, err := again(func() (int, error) { return 0, syscall.Fstat(fd, &info) }); err != nil {
		return nil, err
	}
	switch {
	case info.Mode&syscall.S_IFMT != syscall.S_IFREG:
		return nil, errors.New("object is not a regular file")
	case info.Size > MaxObject:
		return nil, ErrTooLarge
	}
	data = make([]byte, info.Size)
	for read := 0; read < len(data); {
		n, err := again(func() (int, error) { return syscall.Read(fd, data[read:]) })
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, io.ErrUnexpectedEOF
		}
		read += n
	}
	return data, nil
}

// again repeats what a signal interrupted.
func again(call func() (int, error)) (n int, err error) {
	for n, err = call(); errors.Is(err, syscall.EINTR); {
		n, err = call()
	}
	return n, err
}

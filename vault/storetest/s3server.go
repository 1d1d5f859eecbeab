package storetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// S3 is a real S3 server, versitygw on a directory, that a test has to itself.
type S3 struct {
	Endpoint  string // http://127.0.0.1:port, the same after Restart
	Region    string
	AccessKey string
	SecretKey string

	binary, dir, address string
	arguments            []string // of the backend
	process              *exec.Cmd
	output               *bytes.Buffer
	ended                chan struct{}
}

// S3Server starts an S3 server that ends with the test. It is built from
// tools/versitygw on first use, which takes a minute or two, and kept in the user's
// cache. Arguments go to its POSIX backend. The directory for temporary files must
// be on a file system with user extended attributes, such as ext4, xfs or btrfs.
func S3Server(t testing.TB, arguments ...string) *S3 {
	t.Helper()
	s := &S3{Region: "us-east-1", AccessKey: random(10), SecretKey: random(20), dir: t.TempDir(), arguments: arguments}
	s.binary = versitygw(t)
	t.Cleanup(s.Stop)
	for range 5 { // another process may take the free port first
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s.address = listener.Addr().String()
		_ = listener.Close()
		if err = s.start(); err == nil {
			s.Endpoint = "http://" + s.address
			return s
		}
		if !strings.Contains(s.output.String(), "address already in use") {
			t.Fatalf("versitygw: %v\n%s\nIt needs user extended attributes: if that is what is missing, set TMPDIR to a directory on ext4, xfs or btrfs.",
				err, s.output)
		}
	}
	t.Fatal("versitygw: no free port")
	return nil
}

// Bucket makes an empty bucket and returns its name.
func (s *S3) Bucket(t testing.TB) string {
	t.Helper()
	name := "bucket-" + random(8)
	// The backend takes each directory for a bucket, of the root account.
	if err := os.Mkdir(filepath.Join(s.dir, name), 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

// Stop kills the server with SIGKILL, in the middle of whatever it does.
func (s *S3) Stop() {
	if s.process != nil {
		_ = s.process.Process.Kill()
		<-s.ended
		s.process = nil
	}
}

// Restart kills the server if it runs, and starts it again on the same objects,
// with the same address and keys.
func (s *S3) Restart(t testing.TB) {
	t.Helper()
	s.Stop()
	if err := s.start(); err != nil {
		t.Fatalf("versitygw: %v\n%s", err, s.output)
	}
}

func (s *S3) start() error {
	s.output, s.ended = new(bytes.Buffer), make(chan struct{})
	command := exec.Command(s.binary, append([]string{"--port", s.address, "--keep-alive", "--quiet", "posix"}, append(s.arguments, s.dir)...)...)
	command.Env = []string{"ROOT_ACCESS_KEY_ID=" + s.AccessKey, "ROOT_SECRET_ACCESS_KEY=" + s.SecretKey}
	command.Stdout, command.Stderr = s.output, s.output
	if err := command.Start(); err != nil {
		return err
	}
	s.process = command
	ended := s.ended
	go func() {
		_ = command.Wait()
		close(ended)
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address, nil)
		if err != nil {
			return err
		}
		if answer, err := http.DefaultClient.Do(request); err == nil {
			_ = answer.Body.Close()
			if answer.Header.Get("Server") == "VERSITYGW" {
				return nil
			}
		}
		select {
		case <-s.ended:
			s.process = nil
			return fmt.Errorf("ended at once")
		case <-ctx.Done():
			s.Stop()
			return fmt.Errorf("does not answer")
		case <-time.After(10 * time.Millisecond): // between two looks
		}
	}
}

func random(size int) string {
	b := make([]byte, size)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

var building sync.Mutex

// versitygw returns the path of the binary. Test packages run at once: one builds,
// the others wait for it.
func versitygw(t testing.TB) string {
	t.Helper()
	building.Lock()
	defer building.Unlock()
	module, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatalf("go env: %v", err)
	}
	source := filepath.Join(filepath.Dir(strings.TrimSpace(string(module))), "tools", "versitygw")
	sum := sha256.New()
	fmt.Fprintln(sum, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			t.Fatalf("tools/versitygw: %v", err)
		}
		sum.Write(content)
	}
	cache, err := os.UserCacheDir()
	if err == nil {
		cache = filepath.Join(cache, "wrappy-test")
		err = os.MkdirAll(cache, 0o700)
	}
	if err != nil {
		cache = t.TempDir()
	}
	binary := filepath.Join(cache, "versitygw-"+hex.EncodeToString(sum.Sum(nil)[:8]))
	lock, err := os.OpenFile(binary+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close() }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(binary); err == nil {
		return binary
	}
	t.Log("building versitygw; the first time takes a minute or two")
	partial := binary + ".part"
	build := exec.Command("go", "-C", source, "build", "-trimpath", "-o", partial, "github.com/versity/versitygw/cmd/versitygw")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building tools/versitygw: %v\n%s", err, output)
	}
	if err := os.Rename(partial, binary); err != nil {
		t.Fatal(err)
	}
	return binary
}

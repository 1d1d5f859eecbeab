package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/wrapious/wrappy/crypto"
)

func checkFolder(_ context.Context, x *examination) []diagnosis {
	info, err := os.Stat(x.config.dir)
	if err != nil {
		return []diagnosis{failed("the vault's folder cannot be looked at", "run as the account that runs the vault")}
	}
	if info.Mode().Perm()&0o077 != 0 {
		return []diagnosis{failed("others on this machine can look into the vault's folder", "chmod 700 "+x.config.dir)}
	}
	return []diagnosis{fine("only its account can look into it")}
}

// checkSecrets looks at the files that must be nobody else's.
func checkSecrets(_ context.Context, x *examination) (found []diagnosis) {
	c := x.config
	files := []string{c.keyringFile(), crypto.PerishablePath(c.keyringFile()), filepath.Join(c.dir, operatorFile), filepath.Join(c.dir, relayerFile), c.path(c.TLS.Key)}
	if c.PassphraseFile != "" && c.PassphraseFile != "-" {
		files = append(files, c.path(c.PassphraseFile))
	}
	for _, file := range []string{c.Store.S3.AccessKeyFile, c.Store.S3.SecretKeyFile, c.Ledger.EndpointFile, c.Ledger.SecondEndpointFile} {
		if file != "" {
			files = append(files, c.path(file))
		}
	}
	for _, file := range files {
		info, err := os.Stat(file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			found = append(found, failed(filepath.Base(file)+" is not there", "put it back from a backup, or name the right file in the configuration"))
		case err != nil:
			found = append(found, failed(filepath.Base(file)+" cannot be looked at", "run as the account that runs the vault"))
		case info.Mode().Perm()&0o077 != 0:
			found = append(found, failed("others on this machine can read "+filepath.Base(file), "chmod 600 "+file+"; if others may have read it, replace what is in it"))
		}
	}
	if len(found) == 0 {
		found = append(found, fine("%d files, each readable by its account alone", len(files)))
	}
	return found
}

// Of free space, in bytes, and of files that can still be made.
const (
	leastFree  = 64 << 20
	enoughFree = 1 << 30
	leastFiles = 10_000
)

func checkDisk(_ context.Context, x *examination) (found []diagnosis) {
	for _, dir := range []string{x.config.dir, x.config.journalDir(), x.config.headsDir(), x.config.recordsDir()} {
		var fs syscall.Statfs_t
		if syscall.Statfs(dir, &fs) != nil {
			continue // its own check says that it is gone
		}
		free := fs.Bavail * uint64(fs.Bsize) //nolint:gosec // the size of a block
		name := filepath.Base(dir)
		switch {
		case free < leastFree:
			found = append(found, failed(fmt.Sprintf("%s: %d MB free: nothing can be written down, and so nothing is released", name, free>>20), "make room, or move the folder to a larger disk"))
		case fs.Files > 0 && fs.Ffree < leastFiles:
			found = append(found, failed(fmt.Sprintf("%s: only %d more files can be made", name, fs.Ffree), "use a file system with more inodes"))
		case free < enoughFree:
			found = append(found, warning(fmt.Sprintf("%s: %d MB free", name, free>>20), "make room soon: a full disk stops every release"))
		}
	}
	if len(found) == 0 {
		found = append(found, fine("more than %d MB free everywhere", enoughFree>>20))
	}
	return found
}

const slowSync = 50 * time.Millisecond

// checkSync writes a little and has the disk say that it has it: each release waits for this once.
func checkSync(_ context.Context, x *examination) []diagnosis {
	const do = "see that the disk is healthy and mounted to be written to"
	file, err := os.CreateTemp(x.config.dir, ".doctor-*")
	if err != nil {
		return []diagnosis{failed("no file can be made in the vault's folder", do)}
	}
	defer func() { _ = os.Remove(file.Name()) }()
	defer func() { _ = file.Close() }()
	var data [4096]byte
	_, _ = rand.Read(data[:])
	slowest := time.Duration(0)
	for range 5 {
		begun := time.Now()
		if _, err := file.Write(data[:]); err != nil {
			return []diagnosis{failed("the disk does not take what is written", do)}
		}
		if err := file.Sync(); err != nil {
			return []diagnosis{failed("the disk does not say that it has what was written", do)}
		}
		slowest = max(slowest, time.Since(begun))
	}
	if slowest > slowSync {
		return []diagnosis{warning(fmt.Sprintf("writing 4 KiB for good takes up to %s", slowest.Round(time.Millisecond)), "use a faster disk: each release waits for this")}
	}
	return []diagnosis{fine("4 KiB are written for good within %s", slowest.Round(10*time.Microsecond))}
}

func checkKeyring(ctx context.Context, x *examination) []diagnosis {
	passphrase, err := x.config.readPassphrase(x.io)
	if err != nil {
		return []diagnosis{failed("the keyring's passphrase cannot be read", "let passphrase_file name a file whose first line it is")}
	}
	keyring, err := crypto.OpenKeyring(ctx, x.config.keyringFile(), crypto.NewPassphrase(passphrase, crypto.Argon2{}))
	switch {
	case errors.Is(err, crypto.ErrPassphrase):
		return []diagnosis{failed("the passphrase does not open the keyring, or the keyring is damaged", "use the right passphrase; else put keyring.json back from a backup")}
	case err != nil:
		return []diagnosis{failed("the keyring cannot be read as one", "put keyring.json back from a backup")}
	}
	if _, err := keyring.Region(x.config.Jurisdiction); errors.Is(err, crypto.ErrLeft) {
		return []diagnosis{failed(x.config.Jurisdiction+" was left: its key is destroyed, and nothing of its people opens any more", "nothing brings it back; a vault for another country begins anew")}
	} else if err != nil {
		return []diagnosis{failed("the keyring has no key for "+x.config.Jurisdiction, "set jurisdiction to the country that the vault was made for")}
	}
	var d deployment
	if err := readJSONFile(x.config.deploymentFile(), &d); err != nil {
		return []diagnosis{failed("deployment.json cannot be read", "put it back from a backup: it says which contracts and which log are this vault's")}
	}
	x.keyring, x.deployment = keyring, &d
	return []diagnosis{fine("opens, with the key of %s", strings.Join(keyring.Regions(), ", "))}
}

const soonToEnd = 30 * 24 * time.Hour

func checkCertificate(_ context.Context, x *examination) []diagnosis {
	const do = "put certificate and key of one another where tls.certificate and tls.key say"
	pair, err := tls.LoadX509KeyPair(x.config.path(x.config.TLS.Certificate), x.config.path(x.config.TLS.Key))
	if err != nil {
		return []diagnosis{failed("the server's certificate and key cannot be read, or do not belong together", do)}
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return []diagnosis{failed("the server's certificate cannot be read", do)}
	}
	left := leaf.NotAfter.Sub(x.now)
	switch {
	case x.now.Before(leaf.NotBefore):
		return []diagnosis{failed("the certificate is not valid before "+leaf.NotBefore.UTC().Format(time.RFC3339), "set this machine's clock, or use the right certificate")}
	case left <= 0:
		return []diagnosis{failed("the certificate has expired on "+leaf.NotAfter.UTC().Format(time.DateOnly), "get a new one and start the vault again; who pinned the old one has to be told")}
	}
	found := x.checkNames(leaf)
	if left < soonToEnd {
		return append(found, warning(fmt.Sprintf("the certificate expires in %d days", int(left.Hours()/24)), "get a new one; who pins it has to be told before"))
	}
	return append(found, fine("valid until %s", leaf.NotAfter.UTC().Format(time.DateOnly)))
}

// checkNames: whoever reaches a listener by the name that the configuration gives must find it in the certificate.
func (x *examination) checkNames(leaf *x509.Certificate) (found []diagnosis) {
	for _, address := range []string{x.config.Listen.Public, x.config.Listen.Institutions} {
		host, _, err := net.SplitHostPort(address)
		if ip := net.ParseIP(host); err != nil || host == "" || ip != nil && ip.IsUnspecified() {
			continue
		}
		if leaf.VerifyHostname(host) != nil {
			found = append(found, failed("the certificate does not name "+host+", where the vault listens", "get one that does, or listen where it says"))
		}
	}
	return found
}

// checkPorts: a listener that something else holds keeps the vault from starting.
func checkPorts(ctx context.Context, x *examination) (found []diagnosis) {
	if x.running {
		return []diagnosis{skipped(heldByVault)}
	}
	for key, address := range map[string]string{"listen.public": x.config.Listen.Public, "listen.institutions": x.config.Listen.Institutions, "listen.internal": x.config.Listen.Internal} {
		if address == "" {
			continue // only the internal one may be: it is off
		}
		var lc net.ListenConfig
		listener, err := lc.Listen(ctx, "tcp", address)
		if err != nil {
			found = append(found, failed(key+": "+address+" cannot be listened on", "end what listens there, or set another address"))
			continue
		}
		_ = listener.Close()
	}
	if len(found) == 0 {
		found = append(found, fine("the listeners' addresses are free"))
	}
	return found
}

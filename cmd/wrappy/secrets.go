package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/term"

	"github.com/wrapious/wrappy/crypto"
)

const maxPassphraseBytes = 1024

// readPassphrase takes the first line of a file, of standard input ("-"), or, where
// no file is named, of the terminal without echo. Secrets never come by argv.
func readPassphrase(file, prompt string, io streams) (crypto.Secret, error) {
	switch file {
	case "-":
		return firstLine(io.in)
	case "":
		return promptPassphrase(prompt, io)
	}
	f, err := os.Open(file) //nolint:gosec // the caller's own choice of file
	if err != nil {
		return nil, fmt.Errorf("passphrase: %w", err)
	}
	defer func() { _ = f.Close() }()
	return firstLine(f)
}

// readSecretLine is the first line of a file that the configuration names, such as a
// credential or a URL that may hold one. Errors name the file and not what is in it.
func readSecretLine(file string) (crypto.Secret, error) {
	data, err := crypto.ReadFile(file, 4096)
	if err != nil {
		return nil, err
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	if line = bytes.TrimSpace(line); len(line) == 0 {
		return nil, fmt.Errorf("%s: its first line is empty", filepath.Base(file))
	}
	return line, nil
}

func promptPassphrase(prompt string, io streams) (crypto.Secret, error) {
	f, ok := io.in.(*os.File)
	if !ok || !isTerminal(f) {
		return nil, usage("passphrase: no terminal to ask on; use --passphrase-file FILE, or - for standard input")
	}
	_, _ = fmt.Fprintf(io.err, "%s: ", prompt)
	line, err := term.ReadPassword(int(f.Fd()))
	_, _ = fmt.Fprintln(io.err)
	if err != nil {
		return nil, fmt.Errorf("passphrase: %w", err)
	}
	if len(line) == 0 {
		return nil, usage("passphrase: empty")
	}
	return line, nil
}

func firstLine(r io.Reader) (crypto.Secret, error) {
	line, err := bufio.NewReader(io.LimitReader(r, maxPassphraseBytes+2)).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("passphrase: %w", err)
	}
	line = bytes.TrimRight(line, "\r\n")
	if len(line) == 0 || len(line) > maxPassphraseBytes {
		return nil, usage("passphrase: want a first line of 1 to %d bytes", maxPassphraseBytes)
	}
	return line, nil
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) //nolint:gosec // a descriptor fits
}

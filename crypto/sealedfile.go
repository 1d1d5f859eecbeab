package crypto

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"io"
)

// A sealed file is a stream under a passphrase, for what does not fit memory well:
//
//	"wrappy sealed file v1\n" ‖ length of the next (2 bytes, big-endian) ‖
//	a fresh 32-byte key as Passphrase wraps it ‖ Tink AES256_GCM_HKDF_4KB under that key
//
// with associated data "wrappy sealed file v1" ‖ 0x00 ‖ the caller's, of both.
const (
	sealedFileMagic = "wrappy sealed file v1\n"
	maxSealedKey    = 1 << 10
)

func sealedFileAAD(aad []byte) []byte {
	return append([]byte(sealedFileMagic[:len(sealedFileMagic)-1]+"\x00"), aad...)
}

// SealFile begins a sealed file. What is written counts once Close has returned no error.
func SealFile(ctx context.Context, passphrase Secret, to io.Writer, aad []byte) (io.WriteCloser, error) {
	key := make(Secret, KeySize)
	_, _ = rand.Read(key)
	wrapped, err := SealWithPassphrase(ctx, passphrase, key, sealedFileAAD(aad))
	if err != nil {
		return nil, err
	}
	head := binary.BigEndian.AppendUint16([]byte(sealedFileMagic), uint16(len(wrapped))) //nolint:gosec // about 90 bytes
	if _, err := to.Write(append(head, wrapped...)); err != nil {
		return nil, err
	}
	stream, err := newStream(key)
	if err != nil {
		return nil, err
	}
	return stream.NewEncryptingWriter(to, sealedFileAAD(aad))
}

// IsSealedFile reports whether what begins so is a sealed file.
func IsSealedFile(begin []byte) bool { return bytes.HasPrefix(begin, []byte(sealedFileMagic)) }

// OpenSealedFile reads a sealed file. What was read is authentic, segment by segment; that nothing is
// missing shows at io.EOF alone. ErrPassphrase, ErrDecrypt.
func OpenSealedFile(ctx context.Context, passphrase Secret, from io.Reader, aad []byte) (io.Reader, error) {
	head := make([]byte, len(sealedFileMagic)+2)
	if _, err := io.ReadFull(from, head); err != nil || !IsSealedFile(head) {
		return nil, ErrDecrypt
	}
	length := binary.BigEndian.Uint16(head[len(sealedFileMagic):])
	if length > maxSealedKey {
		return nil, ErrDecrypt
	}
	wrapped := make([]byte, length)
	if _, err := io.ReadFull(from, wrapped); err != nil {
		return nil, ErrDecrypt
	}
	key, err := OpenWithPassphrase(ctx, passphrase, wrapped, sealedFileAAD(aad))
	if err != nil {
		return nil, err
	}
	stream, err := newStream(key)
	if err != nil {
		return nil, ErrDecrypt
	}
	r, err := stream.NewDecryptingReader(from, sealedFileAAD(aad))
	if err != nil {
		return nil, ErrDecrypt
	}
	return opening{r}, nil
}

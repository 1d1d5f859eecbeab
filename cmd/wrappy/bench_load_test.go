package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wrapious/wrappy/internal/client"
)

// loadPlan is what the load generator is to do, in a process of its own: each client is one
// kept connection that sends its next call once the answer to the last has been read.
type loadPlan struct {
	Address     string   // host:port
	Roots       []byte   // PEM
	Certificate [][]byte // the caller's, DER
	Key         []byte   // PKCS #8
	Clients     int
	Seconds     float64 // 0: until each call was made once
	Calls       []loadCall
	Kept        string // file to which the promises that came are added; "": there are none to keep
}

// loadCall is a POST. It is sent with a fresh Idempotency-Key, as the client library does.
type loadCall struct{ Path, Header, Body string }

// loadResult is what came of it; latencies in milliseconds.
type loadResult struct {
	Answers, Failed    int
	PutOff             int    // times that a call was answered 503 and sent again, as the client library does
	Failure            string // the first
	Seconds            float64
	P50, P90, P99, Max float64
}

// kept is one promise in the file: the number of an entry, and its leaf's hash.
const keptSize = 8 + 32

// loadMain reads a plan, connects, says so by a line, and begins when it is told to by one.
func loadMain() {
	if err := load(os.Stdin, os.Stdout); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func load(in io.Reader, out io.Writer) error {
	commands := bufio.NewReader(in)
	line, err := commands.ReadBytes('\n')
	if err != nil {
		return err
	}
	l := &loader{}
	if err := json.Unmarshal(line, &l.plan); err != nil {
		return err
	}
	clients := make([]*loadClient, l.plan.Clients)
	for i := range clients {
		if clients[i], err = l.dial(); err != nil {
			return err
		}
		defer func() { _ = clients[i].connection.Close() }()
	}
	if _, err := fmt.Fprintln(out, "ready"); err != nil {
		return err
	}
	if _, err := commands.ReadBytes('\n'); err != nil {
		return err
	}
	begun := time.Now()
	l.until = begun.Add(time.Duration(l.plan.Seconds * float64(time.Second)))
	var running sync.WaitGroup
	for _, c := range clients {
		running.Go(c.run)
	}
	running.Wait()
	result := collect(clients, time.Since(begun))
	if l.plan.Kept != "" {
		err = keep(l.plan.Kept, clients)
	}
	return errors.Join(err, json.NewEncoder(out).Encode(result))
}

type loader struct {
	plan  loadPlan
	next  atomic.Int64
	until time.Time
}

// loadClient is one connection. net/http's client would cost several times what the
// smallest server does, and the generator would be what is measured.
type loadClient struct {
	*loader
	connection *tls.Conn
	reader     *bufio.Reader
	request    []byte
	body       bytes.Buffer
	took       []time.Duration
	promises   []byte
	failed     int
	putOff     int
	failure    error
}

func (l *loader) dial() (*loadClient, error) {
	key, err := x509.ParsePKCS8PrivateKey(l.plan.Key)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(l.plan.Roots)
	connection, err := tls.Dial("tcp", l.plan.Address, &tls.Config{
		MinVersion: tls.VersionTLS13, RootCAs: roots, Certificates: []tls.Certificate{{Certificate: l.plan.Certificate, PrivateKey: key}},
	})
	if err != nil {
		return nil, err
	}
	return &loadClient{loader: l, connection: connection, reader: bufio.NewReaderSize(connection, 32<<10)}, nil
}

func (c *loadClient) run() {
	for {
		n := c.next.Add(1) - 1
		if c.plan.Seconds == 0 && n >= int64(len(c.plan.Calls)) || c.plan.Seconds != 0 && !time.Now().Before(c.until) {
			return
		}
		sent, key := time.Now(), client.NewIdempotencyKey()
		err := c.call(&c.plan.Calls[n%int64(len(c.plan.Calls))], key)
		for errors.Is(err, errPutOff) && time.Since(sent) < patience {
			c.putOff++
			<-time.After(100 * time.Millisecond)
			err = c.call(&c.plan.Calls[n%int64(len(c.plan.Calls))], key)
		}
		if err == nil {
			c.took = append(c.took, time.Since(sent))
			continue
		}
		c.failed++
		c.failure = err
		if !errors.Is(err, errRefusedLoad) {
			return // the connection is of no more use
		}
	}
}

// patience is how long a call is sent again.
const patience = 30 * time.Second

var (
	errRefusedLoad = errors.New("refused")
	errPutOff      = fmt.Errorf("%w for now", errRefusedLoad)
)

func (c *loadClient) call(call *loadCall, key string) error {
	header := call.Header
	if header == "" {
		header = "Content-Type: application/json"
	}
	c.request = fmt.Appendf(c.request[:0], "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: %d\r\n%s\r\nIdempotency-Key: %s\r\nAccept-Encoding: gzip\r\n\r\n%s",
		call.Path, c.plan.Address, len(call.Body), header, key, call.Body)
	if _, err := c.connection.Write(c.request); err != nil {
		return err
	}
	answer, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return err
	}
	c.body.Reset()
	_, err = c.body.ReadFrom(answer.Body)
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return err
	}
	if answer.StatusCode == http.StatusServiceUnavailable {
		return errPutOff
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: status %d: %.200s", errRefusedLoad, answer.StatusCode, c.body.Bytes())
	}
	if c.plan.Kept != "" {
		return c.promise()
	}
	return nil
}

// promise notes which entry of the log the answer is in.
func (c *loadClient) promise() error {
	body := c.body.Bytes()
	if _, after, found := bytes.Cut(body, []byte(`fhir/proof","valueBase64Binary":"`)); found {
		text, _, _ := bytes.Cut(after, []byte(`"`))
		body = make([]byte, base64.StdEncoding.DecodedLen(len(text)))
		if _, err := base64.StdEncoding.Decode(body, text); err != nil {
			return fmt.Errorf("%w: %w", errRefusedLoad, err)
		}
	}
	_, after, _ := bytes.Cut(body, []byte(`"index":`))
	number, _, _ := bytes.Cut(after, []byte(`,`))
	index, err := strconv.ParseUint(string(number), 10, 64)
	_, after, found := bytes.Cut(body, []byte(`"leaf_hash":"0x`))
	if err != nil || !found || len(after) < 64 {
		return fmt.Errorf("%w: an answer without a promise", errRefusedLoad)
	}
	c.promises = binary.BigEndian.AppendUint64(c.promises, index)
	c.promises, err = hex.AppendDecode(c.promises, after[:64])
	return err
}

func collect(clients []*loadClient, whole time.Duration) (r loadResult) {
	var took []time.Duration
	for _, c := range clients {
		took = append(took, c.took...)
		r.Failed, r.PutOff = r.Failed+c.failed, r.PutOff+c.putOff
		if c.failure != nil && r.Failure == "" {
			r.Failure = c.failure.Error()
		}
	}
	slices.Sort(took)
	r.Answers, r.Seconds = len(took), whole.Seconds()
	if len(took) > 0 {
		at := func(part float64) float64 {
			return float64(took[int(part*float64(len(took)-1))].Microseconds()) / 1000
		}
		r.P50, r.P90, r.P99, r.Max = at(.5), at(.9), at(.99), at(1)
	}
	return r
}

func keep(path string, clients []*loadClient) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	for _, c := range clients {
		if _, err = f.Write(c.promises); err != nil {
			break
		}
	}
	return errors.Join(err, f.Close())
}

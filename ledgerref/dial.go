package ledgerref

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/wrapious/wrappy/consent"
)

const (
	// callLimit is how long one call to an endpoint may take.
	callLimit = 30 * time.Second
	// answerLimit is how many bytes one answer may have: the logs of a full range.
	answerLimit = 64 << 20
)

// ErrEndpoint: the URL of a network cannot be used. It is not repeated: it may hold a credential.
var ErrEndpoint = errors.New("endpoint: want https:// or wss://, or http:// or ws:// on the loopback interface")

// Dial makes a client of an EVM network's JSON-RPC endpoint: https or wss, in the
// clear only on the loopback interface. Answers are bounded in size; calls by http
// and https in time, those by ws and wss only by their context. No redirect is followed. No
// error repeats the URL, whose path or user part may be a credential. By http
// nothing is sent yet. ErrEndpoint; consent.ErrUnavailable where a socket cannot be opened.
func Dial(ctx context.Context, endpoint string) (*ethclient.Client, error) {
	if err := checkEndpoint(endpoint); err != nil {
		return nil, err
	}
	transport, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return nil, errors.New("endpoint: no transport")
	}
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	client, err := rpc.DialOptions(ctx, endpoint,
		rpc.WithHTTPClient(&http.Client{
			Timeout:       callLimit,
			Transport:     bounded{transport.Clone()},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}),
		rpc.WithWebsocketMessageSizeLimit(answerLimit))
	if err != nil {
		return nil, fmt.Errorf("%w: endpoint: %w", consent.ErrUnavailable, plain(err))
	}
	return ethclient.NewClient(client), nil
}

func checkEndpoint(endpoint string) error {
	u, err := url.Parse(endpoint)
	if err != nil || u.Hostname() == "" || u.Fragment != "" {
		return ErrEndpoint // the cause would repeat it
	}
	switch u.Scheme {
	case "https", "wss":
		return nil
	case "http", "ws":
		if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback()) {
			return nil
		}
	}
	return ErrEndpoint
}

// bounded limits answers, and drops the text of a refusal, which may repeat the URL.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		_ = response.Body.Close()
		response.Body = http.NoBody
		return response, nil
	}
	response.Body = http.MaxBytesReader(nil, response.Body, answerLimit)
	return response, nil
}

// plain takes the network's URL, which may hold a credential, out of an error.
func plain(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

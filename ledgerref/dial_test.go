package ledgerref

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

func TestDialRefuses(t *testing.T) {
	for _, endpoint := range []string{
		"", "secret", "https://", "https:///secret", "http://secret.example", "ws://secret.example:8545", "http://10.0.0.1/secret",
		"http://[::2]/secret", "ftp://127.0.0.1/secret", "/secret/chain.ipc", "https://user:secret@", "https://a b/secret", "https://h/%zzsecret",
		"http://localhost.example/secret", "http://127.0.0.1.example/secret", "https://h/#secret", "stdio", "\x00https://secret",
	} {
		client, err := Dial(t.Context(), endpoint)
		if !errors.Is(err, ErrEndpoint) || client != nil {
			t.Errorf("%q: %v", endpoint, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q is repeated: %v", endpoint, err)
		}
	}
	for _, endpoint := range []string{"https://node.example/v2/key", "https://user:key@node.example", "http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1/"} {
		client, err := Dial(t.Context(), endpoint)
		if err != nil {
			t.Errorf("%q: %v", endpoint, err)
			continue
		}
		client.Close()
	}
}

// Whatever an endpoint does, its URL is not in the error.
func TestEndpointsThatFail(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("case") {
		case "refused":
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprintf(w, "no such key: %s", r.URL)
		case "redirected":
			http.Redirect(w, r, "/elsewhere"+r.URL.Path, http.StatusTemporaryRedirect)
		case "endless":
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprint(w, `{"jsonrpc":"2.0","id":1,"result":"`)
			padding := strings.Repeat("0", 1<<20)
			for range 2 * answerLimit >> 20 { // beyond what sockets hold back
				if _, err := fmt.Fprint(w, padding); err != nil {
					return
				}
			}
			t.Error("an endless answer was read to its end")
		case "nonsense":
			_, _ = fmt.Fprint(w, "<html>")
		}
	}))
	defer server.Close()
	for _, endpoint := range []string{
		server.URL + "/secret?case=refused", server.URL + "/secret?case=redirected", server.URL + "/secret?case=endless", server.URL + "/secret?case=nonsense",
		strings.Replace(server.URL, "http://", "http://user:secret@", 1) + "/?case=refused",
		strings.Replace(server.URL, "http://", "ws://user:secret@", 1) + "/secret", // not a socket
		"http://127.0.0.1:1/secret", "ws://127.0.0.1:1/secret",
	} {
		client, err := Dial(soon(t), endpoint)
		if err == nil {
			_, err = Open(soon(t), client, Addresses{ChainID: 1})
			client.Close()
		}
		if !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("%s: %v", endpoint, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s is repeated: %v", endpoint, err)
		}
	}
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/policy"
)

// evidencePage is how many entries are read before they are sent: a slow reader holds up
// nothing.
const evidencePage = 500

// reloadAnswer is what became of a reload.
type reloadAnswer struct {
	Digest   consent.Digest `json:"digest"` // in force now
	Revision uint64         `json:"revision"`
	Narrows  consent.Digest `json:"narrows"`
	Error    string         `json:"error,omitempty"`
}

// operatorPolicy answers POST /policy (read the bundle again) and GET /evidence, and leaves
// the rest to next. It is for the operator's socket.
func (n *node) operatorPolicy(next http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", next)
	mux.HandleFunc("POST /policy", func(w http.ResponseWriter, _ *http.Request) {
		err := n.reloadPolicy()
		h := n.engine.Health()
		answer := reloadAnswer{Digest: h.Digest, Revision: h.Revision, Narrows: h.Narrows}
		if err != nil {
			answer.Error = err.Error() // to the operator, who has the bundle
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer)
	})
	mux.HandleFunc("GET /evidence", func(w http.ResponseWriter, r *http.Request) {
		from, err := strconv.ParseUint(r.URL.Query().Get("from"), 10, 64)
		if err != nil {
			http.Error(w, "from: want an entry's number", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		if err := n.sendEvidence(r.Context(), w, from); err != nil {
			n.log.Warn("evidence could not be sent to its end", "error", err)
			panic(http.ErrAbortHandler) // what was sent has no end, and no reader takes it
		}
	})
	return mux
}

// sendEvidence sends the evidence of the entries that there are now.
func (n *node) sendEvidence(ctx context.Context, w http.ResponseWriter, from uint64) error {
	file, err := policy.NewEvidenceWriter(w, n.journal.Origin())
	if err != nil {
		return err
	}
	connection := http.NewResponseController(w)
	for size := n.journal.Size(); from < size; {
		if err := connection.SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
			return err
		}
		page, err := n.journal.EvidencePage(ctx, from, int(min(evidencePage, size-from))) //nolint:gosec // at most evidencePage
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return errors.New("the journal ends early")
		}
		for _, item := range page {
			if err := file.Add(policy.EvidenceEntry{Index: item.Index, Salt: item.Salt, Part: item.Part}); err != nil {
				return err
			}
		}
		from += uint64(len(page))
	}
	return file.Close()
}

// operatorAsk asks the operator's socket of a running vault. The answer's body is the
// caller's to close.
func operatorAsk(ctx context.Context, c *config, method, path string) (io.ReadCloser, error) {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", c.operatorSocket())
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://operator/"+path, nil)
	if err != nil {
		return nil, err
	}
	answer, err := (&http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return nil, &coded{exitUnavailable, fmt.Errorf("the vault does not answer: %w", err)}
	}
	if answer.StatusCode != http.StatusOK {
		_ = answer.Body.Close()
		return nil, &coded{exitRefused, fmt.Errorf("the vault answers %s", answer.Status)}
	}
	return answer.Body, nil
}

func askReload(ctx context.Context, c *config) (reloadAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var answer reloadAnswer
	body, err := operatorAsk(ctx, c, http.MethodPost, "policy")
	if err != nil {
		return answer, err
	}
	defer func() { _ = body.Close() }()
	if err := json.NewDecoder(io.LimitReader(body, 1<<20)).Decode(&answer); err != nil {
		return answer, fmt.Errorf("the vault's answer: %w", err)
	}
	if answer.Error != "" {
		return answer, &coded{exitRefused, errors.New(answer.Error)}
	}
	return answer, nil
}

package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// OperatorActs are what the operator's account alone may do on the ledger. Each
// returns the block that holds it.
type OperatorActs interface {
	AppointAccreditor(ctx context.Context, id consent.InstitutionID, expires uint64) (block uint64, err error)
	OperatorSuspend(ctx context.Context, id consent.InstitutionID, lift bool) (block uint64, err error)
}

// OperatorAct is the body of both calls of the operator's socket.
type OperatorAct struct {
	Institution consent.InstitutionID `json:"institution"`
	Expires     uint64                `json:"expires,omitempty"` // appoint: Unix seconds
	Lift        bool                  `json:"lift,omitempty"`    // suspend: end the suspension
}

// OperatorAnswer is the block that holds the act, or why there is none.
type OperatorAnswer struct {
	Block uint64 `json:"block,omitempty"`
	Error string `json:"error,omitempty"`
}

// OperatorServer answers POST /appoint and POST /suspend. It asks nobody who they
// are: it must listen on a socket that only the operator can open.
func OperatorServer(acts OperatorActs) *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /appoint", operatorHandler(func(ctx context.Context, act OperatorAct) (uint64, error) {
		return acts.AppointAccreditor(ctx, act.Institution, act.Expires)
	}))
	mux.HandleFunc("POST /suspend", operatorHandler(func(ctx context.Context, act OperatorAct) (uint64, error) {
		return acts.OperatorSuspend(ctx, act.Institution, act.Lift)
	}))
	return &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 30 * time.Second, MaxHeaderBytes: 16 << 10,
	}
}

func operatorHandler(do func(context.Context, OperatorAct) (uint64, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		act, err := readOperatorAct(r.Body)
		status, answer := http.StatusOK, OperatorAnswer{}
		if err != nil {
			status = http.StatusBadRequest
		} else if answer.Block, err = do(r.Context(), act); err != nil {
			status = http.StatusConflict
		}
		if err != nil {
			answer.Error = err.Error()
		}
		w.Header().Set("Content-Type", jsonType)
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(answer)
	}
}

func readOperatorAct(body io.Reader) (act OperatorAct, err error) {
	decoder := json.NewDecoder(io.LimitReader(body, 4096))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&act); err != nil {
		return act, errors.New("want a JSON object with institution, expires or lift")
	}
	return act, nil
}

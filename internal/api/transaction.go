package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

const mostIssues = 100

// notWhole tells which entries of a transaction cannot be carried out.
func notWhole(err error) error {
	var not *fhir.NotWhole
	if !errors.As(err, &not) {
		return err
	}
	p := problemNotWhole
	p.status, p.detail = http.StatusUnprocessableEntity, "as a batch or a collection it is stored as far as it goes"
	for _, i := range not.Issues {
		p.entries = append(p.entries, openapi.EntryIssue{Entry: i.Element, Reason: string(i.Code)})
	}
	return p
}

// refused names the entries that the gate's denial of single fields is about. A denial
// of the whole stays what it is.
func (in *toWrite) refused(err error) error {
	var denial *vault.Denial
	if !in.all || !errors.As(err, &denial) || len(denial.Reasons) > 0 || len(denial.Withheld) == 0 {
		return err
	}
	p := problemNotWhole
	for _, t := range in.taken {
		for _, w := range denial.Withheld {
			if len(p.entries) < mostIssues && slices.Contains(t.Fields, w.Field) {
				field := string(w.Field)
				p.entries = append(p.entries, openapi.EntryIssue{Entry: t.Element, Field: &field, Reason: string(w.Reason)})
			}
		}
	}
	return fmt.Errorf("%w: %w", p, denial)
}

// answeredBundle is a FHIR Bundle that answers a transaction.
type answeredBundle struct {
	ResourceType string                 `json:"resourceType"`
	Type         string                 `json:"type"`
	Meta         map[string][]extension `json:"meta"`
	Entry        []answeredEntry        `json:"entry"`
}

type answeredEntry struct {
	Response struct {
		Status   string `json:"status"`
		Location string `json:"location,omitempty"`
		Etag     string `json:"etag,omitempty"`
	} `json:"response"`
}

type fhirAnswer []byte

func (f fhirAnswer) VisitWriteFieldsResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", fhirType)
	w.Header().Set("Content-Length", strconv.Itoa(len(f)))
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(f)
	return err
}

// transactionResponse has an entry for each of the transaction's, in its order. PUT does
// not tell whether there was one before: nobody has read it.
func transactionResponse(w openapi.Written, taken []fhir.Taken, stored []consent.FieldVersion) (openapi.WriteFieldsResponseObject, error) {
	proof, err := json.Marshal(w.Proof)
	if err != nil {
		return nil, err
	}
	about, err := json.Marshal(writtenFrame{w.Grant, w.Terms, w.Stored, w.Withheld, w.Redelivered})
	if err != nil {
		return nil, err
	}
	b := answeredBundle{ResourceType: "Bundle", Type: "transaction-response", Entry: make([]answeredEntry, len(taken)),
		Meta: map[string][]extension{"extension": {{URL: fhirWritten, Bytes: about}, {URL: fhirProof, Bytes: proof}}}}
	for i, t := range taken {
		r := &b.Entry[i].Response
		if r.Status = "200 OK"; t.Method == http.MethodPost {
			r.Status = "201 Created"
		}
		if t.ID == "" {
			continue
		}
		r.Location = t.Type + "/" + t.ID
		// A Patient is many fields, each with a version of its own.
		if at := slices.IndexFunc(stored, func(v consent.FieldVersion) bool { return len(t.Fields) == 1 && v.Field == t.Fields[0] }); at >= 0 {
			r.Etag = fmt.Sprintf(`W/"%d"`, stored[at].Version)
		}
	}
	answer, err := json.Marshal(b)
	return fhirAnswer(append(answer, '\n')), err
}

// writtenFrame is openapi.Written without the proof, which has an extension of its own.
type writtenFrame struct {
	Grant       string                 `json:"grant"`
	Terms       openapi.Terms          `json:"terms"`
	Stored      []openapi.FieldVersion `json:"stored"`
	Withheld    []openapi.Withheld     `json:"withheld"`
	Redelivered bool                   `json:"redelivered"`
}

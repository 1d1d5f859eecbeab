package api

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/api/strict"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/vault"
)

// Everything of a person, on its way out or in. It is longer than other answers and bodies,
// so that its time is counted from piece to piece.
const (
	linesType   = "application/x-ndjson"
	pieceWait   = 60 * time.Second // for the next piece
	movingWait  = 15 * time.Minute // in all
	maxOrder    = 4 << 10          // bytes of an import's first line
	writeBuffer = 256 << 10
)

func (a answers) Export(ctx context.Context, call openapi.ExportRequestObject) (openapi.ExportResponseObject, error) {
	order, sig, err := exportOrder(ctx, call.Body)
	if err != nil {
		return nil, err
	}
	exported, err := a.cfg.Gate.Export(ctx, vault.ExportCall{Order: order, Signature: sig, Turn: turnOf(ctx)})
	if err != nil {
		return nil, nobodys(err)
	}
	return takeaway{a, ctx, exported, order.Fields}, nil
}

func exportOrder(ctx context.Context, w *openapi.ExportCall) (consent.ExportOrder, consent.Signature, error) {
	var r reading
	var sig consent.Signature
	o := consent.ExportOrder{Time: w.Time}
	r.time("/time", w.Time)
	r.id(&o.Identity, w.Identity, "/identity")
	r.id(&sig, w.Signature, "/signature")
	if w.Fields != nil {
		o.Fields = fieldNames(*w.Fields)
		if consent.ValidateFields(o.Fields) != nil && r.err == nil {
			r.err = invalid("/fields", "want 1 to 200 field names, sorted, each once; or leave the member out for everything")
		}
	}
	if r.err == nil {
		r.err = inOwnSession(ctx, o.Identity)
	}
	return o, sig, r.err
}

// takeaway is an export that is written while it is opened: never more than one field of
// it is in memory. Cut short, it lacks its last line.
type takeaway struct {
	a        answers
	ctx      context.Context // the answer is written where no other is at hand
	exported *vault.Exported
	fields   []consent.FieldName
}

func (t takeaway) VisitExportResponse(w http.ResponseWriter) error {
	ctx, cancel := context.WithTimeout(t.ctx, movingWait)
	defer cancel()
	w.Header().Set("Content-Type", linesType)
	w.WriteHeader(http.StatusOK)
	out := bufio.NewWriterSize(patientWriter{w, patience(w)}, writeBuffer)
	err := t.write(ctx, out)
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		return nil
	}
	t.a.log.WarnContext(ctx, "an export was cut short", "by the vault", errors.Is(err, consent.ErrUnavailable)) // a connection's error holds the address
	return err                                                                                                  // the status is sent: without its last line the reader knows that this was not all
}

func unwrapped(w http.ResponseWriter) http.ResponseWriter {
	if wrapped, ok := w.(interface{ Unwrap() http.ResponseWriter }); ok {
		return wrapped.Unwrap()
	}
	return w
}

// patient is the time of a long body: each piece has its own, and all of them together have no more than movingWait.
type patient struct {
	control *http.ResponseController
	until   time.Time
}

func patience(w http.ResponseWriter) patient {
	return patient{http.NewResponseController(unwrapped(w)), time.Now().Add(movingWait)}
}

func (p patient) deadline() time.Time {
	if next := time.Now().Add(pieceWait); next.Before(p.until) {
		return next
	}
	return p.until
}

type patientWriter struct {
	http.ResponseWriter
	patient
}

func (p patientWriter) Write(b []byte) (int, error) {
	_ = p.control.SetWriteDeadline(p.deadline()) // where there is none to set, there is none
	return p.ResponseWriter.Write(b)
}

func (t takeaway) write(ctx context.Context, out io.Writer) error {
	e, d := t.exported, t.a.cfg.Deployment
	w, err := proof.NewExportWriter(out, proof.Exported{
		Log: proof.Log{Origin: d.LogOrigin, Key: d.LogKey}.VerifierKey(), ChainID: d.ChainID, ConsentLedger: d.ConsentLedger,
		Identity: e.Identity, RootKey: e.RootKey, RecoveryHash: e.RecoveryHash, Salt: e.Salt, Jurisdiction: e.Region, Enrolled: e.Enrolled,
		Time: e.Time, Fields: t.fields,
	})
	if err != nil {
		return err
	}
	if e.FactsTime != 0 {
		err = w.Facts(proof.ExportedFacts{Minor: e.Facts.Minor, Representative: e.Facts.Representative, NeverCountries: append([]string{}, e.Facts.NeverCountries...), Time: e.FactsTime})
	}
	for i := 0; i < len(e.Grants) && err == nil; i++ {
		err = w.Grant(exportedGrant(&e.Grants[i]))
	}
	for err == nil {
		var version consent.FieldVersion
		var values []vault.Sourced
		if version, values, err = e.Next(ctx); errors.Is(err, io.EOF) {
			return w.End(e.Unnamed, e.Sign)
		}
		for i := 0; i < len(values) && err == nil; i++ {
			err = w.Value(exportedValue(version, &values[i]))
		}
	}
	return err
}

func exportedGrant(g *vault.KeptGrant) proof.ExportedGrant {
	w := proof.ExportedGrant{
		ID: g.ID, Document: proof.NewGrant(&g.Grant), BindingTime: g.BindingTime, BindingOpening: g.BindingOpening, BindingSignature: g.BindingSignature,
		Status: g.Status, Used: g.Used, Elsewhere: g.Elsewhere,
	}
	if r := g.Stands; r != nil {
		w.Representation = &proof.ExportedRepresentation{Representative: r.Representative, Vault: r.Vault, Until: r.Until, Time: r.Stated, Signature: r.Statement}
	}
	if h := g.Help; h != nil {
		w.Help = &proof.ExportedHelp{
			Vault: h.Vault, AssistKey: h.AssistKey, Time: h.Stated, Signature: h.Statement,
			Institution: h.Institution, Key: h.Key[:], NotBefore: h.NotBefore, Until: h.Until, HelpSignature: h.Signature[:],
		}
	}
	return w
}

// importedGrant is a grant as it arrives; a key or signature of another length is none.
func importedGrant(g *proof.ExportedGrant) *vault.KeptGrant {
	kept := &vault.KeptGrant{
		ID: g.ID, Grant: *g.Document.Document(), BindingTime: g.BindingTime, BindingOpening: g.BindingOpening, BindingSignature: g.BindingSignature,
	}
	if r := g.Representation; r != nil {
		kept.Stands = &vault.KeptRepresentation{Representative: r.Representative, Vault: r.Vault, Until: r.Until, Stated: r.Time, Statement: r.Signature}
	}
	if h := g.Help; h != nil {
		kept.Help = &vault.KeptHelp{
			Vault: h.Vault, AssistKey: h.AssistKey, Stated: h.Time, Statement: h.Signature,
			Institution: h.Institution, NotBefore: h.NotBefore, Until: h.Until,
		}
		if len(h.Key) == len(kept.Help.Key) && len(h.HelpSignature) == len(kept.Help.Signature) {
			copy(kept.Help.Key[:], h.Key)
			copy(kept.Help.Signature[:], h.HelpSignature)
		}
	}
	return kept
}

func exportedValue(v consent.FieldVersion, s *vault.Sourced) proof.ExportedValue {
	w := proof.ExportedValue{Field: v.Field, Version: v.Version, Writer: s.Writer, Written: s.Written, Grant: s.Grant, Value: s.Value}
	for i := range s.Signatures {
		item := &s.Signatures[i]
		w.Signatures = append(w.Signatures, proof.ExportedSignature{Day: item.Day, Grant: item.Grant, Salt: item.Salt, Key: item.Key[:], Signature: item.Signature[:]})
	}
	return w
}

// importedValue is a value as it arrives; a signature of another length is none.
func importedValue(v *proof.ExportedValue) *vault.Sourced {
	s := &vault.Sourced{Writer: v.Writer, Written: v.Written, Grant: v.Grant, Value: v.Value}
	for _, item := range v.Signatures {
		one := vault.ItemSignature{Day: item.Day, Grant: item.Grant, Salt: item.Salt}
		if len(item.Key) == len(one.Key) && len(item.Signature) == len(one.Signature) {
			copy(one.Key[:], item.Key)
			copy(one.Signature[:], item.Signature)
		}
		s.Signatures = append(s.Signatures, one)
	}
	return s
}

func (a answers) Import(ctx context.Context, call openapi.ImportRequestObject) (openapi.ImportResponseObject, error) {
	ctx, cancel := context.WithTimeout(ctx, movingWait)
	defer cancel()
	body := bufio.NewReader(call.Body)
	order, sig, err := importOrder(ctx, body)
	if err != nil {
		return nil, err
	}
	file, err := proof.NewExportReader(body)
	if err != nil {
		return nil, unreadableExport(err)
	}
	done, err := a.cfg.Gate.Import(ctx, vault.ImportCall{
		Order: order, Signature: sig, Of: file.Head.Identity, Turn: turnOf(ctx), Source: arriving{file},
		Ledger: consent.Domain{ChainID: file.Head.ChainID, Contract: file.Head.ConsentLedger},
	})
	if err != nil {
		return nil, unreadableExport(nobodys(err))
	}
	w := openapi.Import200JSONResponse{Values: wireImported(done.Values), Stored: wireVersions(done.Stored), Proof: wireProofIf(done.Proof)}
	return w, nil
}

// importOrder reads the body's first line.
func importOrder(ctx context.Context, body *bufio.Reader) (o consent.ImportOrder, sig consent.Signature, err error) {
	var line []byte
	for len(line) == 0 || line[len(line)-1] != '\n' {
		b, err := body.ReadByte()
		if err != nil || len(line) == maxOrder {
			return o, sig, &strict.Error{Fault: strict.Syntax}
		}
		line = append(line, b)
	}
	var w struct {
		Import struct {
			Identity  string `json:"identity"`
			File      string `json:"file"`
			Partial   bool   `json:"partial"`
			Time      uint64 `json:"time"`
			Signature string `json:"signature"`
		} `json:"import"`
	}
	if err := strict.Decode(bytes.TrimSuffix(line, []byte("\n")), &w); err != nil {
		return o, sig, err
	}
	var r reading
	o.Partial, o.Time = w.Import.Partial, w.Import.Time
	r.id(&o.Identity, w.Import.Identity, "/import/identity")
	r.id(&o.File, w.Import.File, "/import/file")
	r.id(&sig, w.Import.Signature, "/import/signature")
	if r.err == nil {
		r.err = inOwnSession(ctx, o.Identity)
	}
	return o, sig, r.err
}

// unreadableExport tells a file that is none from everything else.
func unreadableExport(err error) error {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return problemTooLarge
	case errors.Is(err, proof.ErrFile):
		return invalid("", "not an export of a vault, or changed, or cut short")
	}
	return err
}

// arriving is an export as the vault takes it in.
type arriving struct{ *proof.ExportReader }

func (a arriving) Next() (item vault.ImportItem, err error) {
	for {
		line, err := a.ExportReader.Next()
		switch {
		case err != nil:
			return item, err
		case line.Grant != nil:
			return vault.ImportItem{Grant: importedGrant(line.Grant)}, nil
		case line.Value != nil:
			return vault.ImportItem{Field: line.Value.Field, Value: importedValue(line.Value)}, nil
		}
		// facts are stated anew, by an act that names this vault
	}
}

func wireImported(list []vault.ImportedValue) []openapi.ImportedValue {
	out := make([]openapi.ImportedValue, len(list))
	for i, v := range list {
		out[i] = openapi.ImportedValue{Field: string(v.Field), Writer: v.Writer.String(), Outcome: openapi.ImportedValueOutcome(v.Outcome)}
		setIf(&out[i].Reason, string(v.Reason))
	}
	return out
}

// unhurried gives an operation on everything of a person its turn and its time.
func (a *API) unhurried(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		turn := &largeTurn{take: func(ctx context.Context) (func(), error) {
			person, err := whose(ctx)
			if err != nil {
				return nil, err
			}
			return a.moving.take(ctx, consent.InstitutionID(person))
		}}
		defer turn.done()
		r.Body = patientBody{r.Body, patience(c.Response().Writer)}
		c.SetRequest(r.WithContext(context.WithValue(r.Context(), turnKey{}, turn)))
		return next(c)
	}
}

type patientBody struct {
	io.ReadCloser
	patient
}

// Read says of a connection that broke what it says of a document that ends too soon: the error itself holds the address.
func (p patientBody) Read(b []byte) (int, error) {
	_ = p.control.SetReadDeadline(p.deadline())
	n, err := p.ReadCloser.Read(b)
	var large *http.MaxBytesError
	if err != nil && !errors.Is(err, io.EOF) && !errors.As(err, &large) {
		err = &strict.Error{Fault: strict.Syntax}
	}
	return n, err
}

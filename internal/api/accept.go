package api

import (
	"context"
	"mime"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// releaseForms are what a release can be answered in; the first where nothing is said.
var releaseForms = []string{jsonType, fhirType}

type formKey struct{}

// negotiated settles the form of the answer before anything else is done.
func negotiated(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set("Vary", "Accept")
		r := c.Request()
		form := acceptable(r.Header.Values("Accept"), releaseForms)
		if form == "" {
			return problemNotAcceptable
		}
		c.SetRequest(r.WithContext(context.WithValue(r.Context(), formKey{}, form)))
		return next(c)
	}
}

func formOf(ctx context.Context) string {
	form, ok := ctx.Value(formKey{}).(string)
	if !ok {
		return releaseForms[0]
	}
	return form
}

// mediaRange is one element of an Accept header.
type mediaRange struct {
	kind    string // type/subtype, type/* or */*
	version string // FHIR's parameter fhirVersion
	quality float64
}

// acceptable picks the offer that an Accept header likes best (RFC 9110, section
// 12.5.1): by quality, then by how exactly it is named, then by the header's order, then
// by ours. "" where it takes none of them. An element that cannot be read is left out.
func acceptable(header, offers []string) string {
	var ranges []mediaRange
	for element := range strings.SplitSeq(strings.Join(header, ","), ",") {
		if r, ok := parseRange(element); ok {
			ranges = append(ranges, r)
		}
	}
	if strings.TrimSpace(strings.Join(header, "")) == "" {
		return offers[0]
	}
	best, bestQuality, bestExact, bestPlace := "", 0.0, 0, 0
	for _, offer := range offers {
		quality, exact, place := 0.0, 0, 0
		for i, r := range ranges {
			if e := r.names(offer); e > exact || e == exact && e > 0 && r.quality > quality {
				quality, exact, place = r.quality, e, i
			}
		}
		if quality > bestQuality || quality == bestQuality && quality > 0 && (exact > bestExact || exact == bestExact && place < bestPlace) {
			best, bestQuality, bestExact, bestPlace = offer, quality, exact, place
		}
	}
	return best
}

// names says how exactly a range names an offer; 0 for not at all.
func (r *mediaRange) names(offer string) int {
	group, _, _ := strings.Cut(offer, "/")
	switch {
	case r.kind == offer && (r.version == "" || offer == fhirType && (r.version == "4.0" || r.version == "4.0.1")):
		return 3
	case r.kind == group+"/*":
		return 2
	case r.kind == "*/*":
		return 1
	}
	return 0
}

func parseRange(element string) (r mediaRange, ok bool) {
	if strings.TrimSpace(element) == "" {
		return r, false
	}
	kind, parameters, err := mime.ParseMediaType(element)
	if err != nil || !strings.Contains(kind, "/") {
		return r, false
	}
	r = mediaRange{kind: kind, version: parameters["fhirversion"], quality: 1}
	if q, given := parameters["q"]; given {
		if r.quality, err = strconv.ParseFloat(q, 64); err != nil || !(r.quality >= 0 && r.quality <= 1) {
			return r, false
		}
	}
	return r, true
}

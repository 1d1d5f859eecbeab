package api

import (
	"context"

	"github.com/wrapious/wrappy/openapi"
)

func (a answers) Enrol(ctx context.Context, call openapi.EnrolRequestObject) (openapi.EnrolResponseObject, error) {
	enrolment, err := enrolCall(call.Body)
	if err != nil {
		return nil, err
	}
	if err := a.cfg.Gate.Enrol(ctx, enrolment); err != nil {
		return nil, refusedBy(err, "", placesInEnrolment)
	}
	return openapi.Enrol201JSONResponse{Identity: hexOf(enrolment.Enrolment.Identity[:])}, nil
}

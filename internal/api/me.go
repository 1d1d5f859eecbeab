package api

import (
	"context"

	"github.com/wrapious/wrappy/openapi"
)

// Me answers the suspended too: they must be able to learn that they are.
func (a answers) Me(ctx context.Context, _ openapi.MeRequestObject) (openapi.MeResponseObject, error) {
	who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return openapi.Me200JSONResponse(wireInstitution(who)), nil
}

package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
)

// valueFlags name the registry of the writers' keys.
type valueFlags struct {
	keys, registry string
	chainID        uint64
}

func verifyValue(io streams) *cobra.Command {
	v := &verifyFlags{io: io}
	var f valueFlags
	c := v.command("value", "Check who wrote each value of a release, by the writers' own signatures", client.MaxReleased, func(data []byte, c *checked) error {
		registry, keys, err := f.trusted(c)
		if err != nil {
			return err
		}
		released, joined, err := readReleased(data)
		if err != nil {
			return &proof.Failure{Check: "file", Do: "take the release as it was answered, as JSON or as a FHIR Bundle, whole", Err: err}
		}
		values, err := client.VerifyValues(released, registry, keys)
		if err != nil {
			return err
		}
		if len(values)+len(joined) == 0 {
			return &proof.Failure{Check: "file", Do: "fetch it again", Err: errors.New("the release holds no value")}
		}
		for i := range values {
			c.Says = append(c.Says, said{"value", valueSays(&values[i])})
			c.Report = append(c.Report, values[i].Report...)
		}
		if len(joined) > 0 {
			c.Report = append(c.Report, proof.Finding{Check: client.CheckValue, What: client.JoinedSays(joined)})
		}
		c.Report = append(c.Report,
			proof.Finding{Check: client.CheckValue, What: "what no signature covers: ids, references, narratives and all that a release may rewrite (docs/fhir.md), and which resource refers to which"},
			proof.Finding{Check: client.CheckValue, What: "that it is all that was written, or the newest; and whose it is: that the person and the vault can show"})
		return nil
	})
	c.Long = c.Short + ".\n\nWhose a key was, the ledger says: 'wrappy institution key export' makes the file for --keys-file, from a\nvault or from a network that you trust. Without it the signatures are checked, and that the\nkeys were the writers' stays NOT PROVEN.\n\nThe exit status is 0 only where every signature holds, and with --keys-file every key was its writer's."
	c.Flags().StringVar(&f.keys, "keys-file", "", "file of the institutions' public keys")
	c.Flags().StringVar(&f.registry, "registry", "", "without --keys-file: the address of InstitutionRegistry that the writers stand on")
	c.Flags().Uint64Var(&f.chainID, "chain-id", 0, "without --keys-file: the ledger's chain")
	return c
}

// readReleased takes either form of a release.
func readReleased(data []byte) (released *openapi.Released, joined []string, err error) {
	var form struct {
		ResourceType string `json:"resourceType"`
	}
	if json.Unmarshal(data, &form) == nil && form.ResourceType == "Bundle" {
		return client.ParseReleasedFHIR(data)
	}
	released, err = client.ParseReleased(data)
	return released, nil, err
}

func (f *valueFlags) trusted(c *checked) (registry consent.Domain, keys *proof.KeysFile, err error) {
	if f.keys == "" {
		if f.registry == "" || f.chainID == 0 {
			c.hint = ""
			return registry, nil, &proof.Failure{Check: "trust", Do: "name the keys by --keys-file FILE, or the registry by --chain-id and --registry", Err: fmt.Errorf("%w: no registry is named", proof.ErrTrust)}
		}
		registry.ChainID = f.chainID
		if err := registry.Contract.UnmarshalText([]byte(f.registry)); err != nil {
			return registry, nil, usage("--registry: %w", err)
		}
		return registry, nil, nil
	}
	if f.registry != "" || f.chainID != 0 {
		return registry, nil, usage("--keys-file names the registry itself: leave --registry and --chain-id out")
	}
	data, err := crypto.ReadFile(f.keys, proof.MaxFile)
	if err != nil {
		return registry, nil, fmt.Errorf("--keys-file: %w", err)
	}
	if keys, err = proof.ParseKeys(data); err != nil {
		return registry, nil, usage("--keys-file: %w", err)
	}
	return keys.Domain(), keys, nil
}

func valueSays(v *client.CheckedValue) string {
	if v.Items == 0 {
		return string(v.Field)
	}
	by := v.Writer.String()
	if v.Name != "" {
		by = fmt.Sprintf("%q, %s", v.Name, by)
	}
	return fmt.Sprintf("%s: by %s, %s", v.Field, by, v.When())
}

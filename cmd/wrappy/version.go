package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func versionCommand(io streams) *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit, the Go version and the digest of people's pages",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := buildInfo()
			if output == outputJSON {
				return json.NewEncoder(io.out).Encode(v)
			}
			_, err := fmt.Fprintf(io.out, "wrappy %s, commit %s, %s, %s\npages %s\n", v["version"], v["commit"], v["go"], v["platform"], v["pages"])
			return err
		},
	}
	outputFlag(c, &output)
	return c
}

// buildInfo is what is known of this program.
func buildInfo() map[string]string {
	v := map[string]string{"version": "(devel)", "commit": "unknown", "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH, "pages": pagesDigest().String()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" {
		v["version"] = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v["commit"] = s.Value
		}
	}
	return v
}

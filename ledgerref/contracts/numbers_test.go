package contracts

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestNumbersFollowSolidity(t *testing.T) {
	for _, enum := range []struct {
		file, name string
		want       []string
	}{
		{"src/ConsentLedger.sol", "State", stateNames},
		{"src/TypedActs.sol", "Refusal", refusalNames},
	} {
		source, err := os.ReadFile(enum.file)
		if err != nil {
			t.Fatal(err)
		}
		body := regexp.MustCompile(`enum ` + enum.name + ` \{([^}]*)\}`).FindSubmatch(source)
		if body == nil {
			t.Fatalf("%s: no enum %s", enum.file, enum.name)
		}
		text := regexp.MustCompile(`///[^\n]*`).ReplaceAllString(string(body[1]), "")
		got := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' || r == ' ' })
		if !slices.Equal(got, enum.want) {
			t.Errorf("%s: %s is %v, Go has %v", enum.file, enum.name, got, enum.want)
		}
	}
	if got, want := Refusal(200).String(), "200"; got != want {
		t.Errorf("a number without a name prints as %q, want %q", got, want)
	}
}

func TestBindingsCarryTheArtefacts(t *testing.T) {
	for name, bin := range map[string]string{
		"ConsentLedger":       ConsentLedgerMetaData.Bin,
		"InstitutionRegistry": InstitutionRegistryMetaData.Bin,
		"KeyRegistry":         KeyRegistryMetaData.Bin,
	} {
		text, err := os.ReadFile("artefacts/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var artefact struct{ Bytecode string }
		if err := json.Unmarshal(text, &artefact); err != nil {
			t.Fatal(err)
		}
		if len(artefact.Bytecode) < 1000 || artefact.Bytecode != bin {
			t.Errorf("%s: the bindings' bytecode is not the artefact's", name)
		}
	}
}

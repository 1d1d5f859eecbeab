package policy

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Bounds of data.lists, which expressions of derived fields look things up in.
const (
	maxLists   = 50
	maxListed  = 2000 // entries of one list
	maxListKey = 300  // bytes of a key or a value
)

// list is one list of a bundle: what an expression looks up, with what it stands for.
// Of codes the key is system|code, as FHIR writes a token, and the value the code's name.
type list struct {
	Source string            `json:"source"`
	Values map[string]string `json:"values"`
}

var listName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

func listVariable(name string) string { return "lists." + name }

// readLists reads data.lists; a bundle may have none.
func readLists(data map[string]any) (map[string]list, error) {
	if _, there := data["lists"]; !there {
		return nil, nil
	}
	lists, err := strictly[list](data, "lists")
	if err != nil {
		return nil, err
	}
	if len(lists) > maxLists {
		return nil, inData(fmt.Errorf("more than %d", maxLists), "lists")
	}
	for name, l := range lists {
		if err := l.check(name); err != nil {
			return nil, inData(err, "lists", name)
		}
	}
	return lists, nil
}

func (l list) check(name string) error {
	switch {
	case !listName.MatchString(name):
		return errors.New("want lower-case letters, digits and _ for a name")
	case strings.TrimSpace(l.Source) == "" || len(l.Source) > 2*maxListKey:
		return errors.New("source: want a citation")
	case len(l.Values) == 0 || len(l.Values) > maxListed:
		return fmt.Errorf("values: want 1 to %d", maxListed)
	}
	for key, value := range l.Values {
		if strings.TrimSpace(key) == "" || len(key) > maxListKey || strings.TrimSpace(value) == "" || len(value) > maxListKey {
			return fmt.Errorf("values[%q]: want a key and a value of at most %d bytes", key, maxListKey)
		}
	}
	return nil
}

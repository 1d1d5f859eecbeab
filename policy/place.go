package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// dataError is what is wrong with data.<path…>. It wraps ErrBundle; where the file is
// at hand, its message begins with file:line.
type dataError struct {
	path  []string
	place string
	err   error
}

func inData(err error, path ...string) error { return &dataError{path: path, err: err} }

func (e *dataError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v: ", ErrBundle)
	if e.place != "" {
		fmt.Fprintf(&b, "%s: ", e.place)
	}
	fmt.Fprintf(&b, "data.%s", e.path[0])
	for _, name := range e.path[1:] {
		fmt.Fprintf(&b, "[%q]", name)
	}
	fmt.Fprintf(&b, ": %v", e.err)
	return b.String()
}

func (e *dataError) Unwrap() []error { return []error{ErrBundle, e.err} }

// member finds in a complaint about an entry which member it is about.
var member = regexp.MustCompile(`^(?:json: unknown field "([^"]*)"|list (\d+): ([a-z]+)(?:\["([^"]*)"\])?|([a-z_]+)(?:\["([^"]*)"\])?(?:,|:))`)

// locate gives a complaint about data its file and line.
func (s *source) locate(err error) error {
	var d *derivedError
	if errors.As(err, &d) {
		const file = "fields/data.json"
		return fmt.Errorf("%w: %s:%d: %w", ErrBundle, file, lineOf(s.files[file], d.field, "derived"), err)
	}
	var e *dataError
	if !errors.As(err, &e) {
		return err
	}
	name := e.path[0] + "/data.json"
	content, there := s.files[name]
	if !there {
		return err
	}
	path := append([]string(nil), e.path[1:]...)
	var wrongType *json.UnmarshalTypeError
	if errors.As(e.err, &wrongType) && len(path) > 0 {
		first, _, _ := strings.Cut(wrongType.Field, ".")
		path = append(path, first)
	} else if found := member.FindStringSubmatch(e.err.Error()); found != nil && len(path) > 0 {
		if n, err := strconv.Atoi(found[2]); err == nil {
			path = append(path, strconv.Itoa(n-1))
		}
		for _, name := range []string{found[1], found[3], found[4], found[5], found[6]} {
			if name != "" {
				path = append(path, name)
			}
		}
	}
	e.place = name + ":" + strconv.Itoa(lineOf(content, path...))
	return err
}

// lineOf is the line, from 1, on which a path's last name stands in a JSON document, or
// that of the longest beginning of the path that there is. Items of lists are numbered
// from 0. The document has been decoded before.
func lineOf(content []byte, path ...string) int {
	dec := json.NewDecoder(bytes.NewReader(content))
	at := int64(0)
	for _, name := range path {
		offset, ok := seek(dec, name)
		if !ok {
			break
		}
		for at = offset; at < int64(len(content)) && strings.IndexByte(" \t\r\n,", content[at]) >= 0; at++ {
		}
	}
	return 1 + bytes.Count(content[:min(at, int64(len(content)))], []byte("\n"))
}

// seek moves into the next value and stops before the one under a name.
func seek(dec *json.Decoder, name string) (offset int64, ok bool) {
	token, err := dec.Token()
	if err != nil {
		return 0, false
	}
	object := token == json.Delim('{')
	if !object && token != json.Delim('[') {
		return 0, false
	}
	for i := 0; dec.More(); i++ {
		offset, key := dec.InputOffset(), strconv.Itoa(i)
		if object {
			token, err := dec.Token()
			if err != nil {
				return 0, false
			}
			key, _ = token.(string)
			offset = dec.InputOffset()
		}
		if key == name {
			return offset, true
		}
		var skipped json.RawMessage
		if dec.Decode(&skipped) != nil {
			return 0, false
		}
	}
	return 0, false
}

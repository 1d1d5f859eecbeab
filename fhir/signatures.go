package fhir

import (
	"encoding/base64"
	"slices"
)

// SignaturesURL marks the extension of a Bundle's meta that carries the writer's signatures:
// valueBase64Binary holds JSON, by field a list for its items. docs/fhir.md.
const SignaturesURL = "https://github.com/wrapious/wrappy/fhir/signatures"

// takeSignatures takes the signatures out of a Bundle's meta, which is nothing of the Bundle's own.
func takeSignatures(root *node) (string, error) {
	meta := root.get("meta")
	extensions := meta.get("extension")
	if root.get("resourceType").text() != "Bundle" || extensions == nil || extensions.kind != '[' {
		return "", nil
	}
	signatures, found := "", 0
	extensions.list = slices.DeleteFunc(extensions.list, func(m member) bool {
		if m.get("url").text() != SignaturesURL {
			return false
		}
		signatures = m.get("valueBase64Binary").text()
		found++
		return true
	})
	if found > 1 {
		return "", refuse("Bundle.meta.extension", "signatures twice; give them once")
	}
	if found == 1 && len(extensions.list) == 0 {
		meta.list = slices.DeleteFunc(meta.list, func(m member) bool { return m.key == "extension" })
	}
	if found == 1 && len(meta.list) == 0 {
		root.list = slices.DeleteFunc(root.list, func(m member) bool { return m.key == "meta" })
	}
	return signatures, nil
}

// WithSignatures puts signatures, as JSON, into the meta of a Bundle, in place of any that
// it has; a single resource becomes a collection Bundle. Nothing else changes but white space.
func WithSignatures(bundle, signatures []byte) ([]byte, error) {
	root, name, err := read(bundle)
	if err != nil {
		return nil, err
	}
	if name != "Bundle" {
		root = object(member{"resourceType", quoted("Bundle")}, member{"type", quoted("collection")},
			member{"entry", list([]node{object(member{"resource", root})})})
	}
	if _, err := takeSignatures(&root); err != nil {
		return nil, err
	}
	extension := object(member{"url", quoted(SignaturesURL)}, member{"valueBase64Binary", quoted(base64.StdEncoding.EncodeToString(signatures))})
	meta := root.get("meta")
	if meta == nil || meta.kind != '{' {
		root.list = slices.DeleteFunc(root.list, func(m member) bool { return m.key == "meta" })
		root.list = append(root.list, member{"meta", object(member{"extension", list([]node{extension})})})
		return root.bytes(), nil
	}
	if all := meta.get("extension"); all != nil && all.kind == '[' {
		all.list = append(all.list, member{node: extension})
	} else {
		meta.list = append(meta.list, member{"extension", list([]node{extension})})
	}
	return root.bytes(), nil
}

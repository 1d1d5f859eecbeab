package consent

// ValueType says what a field's value may be.
type ValueType string

// The value types. FHIR fields hold a list of whole FHIR R4 resources, merged by
// resource id on writing; every other type holds one JSON value.
const (
	TypeText       ValueType = "text"       // string, 1 to 4,000 bytes
	TypeDate       ValueType = "date"       // YYYY, YYYY-MM or YYYY-MM-DD
	TypeCode       ValueType = "code"       // string from Codes
	TypeBoolean    ValueType = "boolean"    // true or false
	TypeNumber     ValueType = "number"     // JSON number
	TypeIdentifier ValueType = "identifier" // object {system, value}: both strings
	TypeObject     ValueType = "object"     // JSON object (a FHIR complex type: HumanName, Address …)
	TypeList       ValueType = "list"       // JSON array of objects (a list of a FHIR complex type)
	TypeFHIR       ValueType = "fhir"       // JSON array of FHIR resources of type Resource
)

// CatalogField describes one field to people and to policy.
type CatalogField struct {
	Name      FieldName         `json:"name"`
	Type      ValueType         `json:"type"`
	Resource  string            `json:"resource,omitempty"` // FHIR resource type, for TypeFHIR; none: any, of Matter
	Category  string            `json:"category,omitempty"` // FHIR category code of the resources, such as laboratory; none: those that no other field's Category takes
	Matter    string            `json:"matter,omitempty"`   // the field holds all resources with a code of this sensitive matter, and they are nowhere else
	Codes     []string          `json:"codes,omitempty"`    // for TypeCode
	Sensitive []string          `json:"sensitive"`          // sensitivity labels, may be empty
	Label     map[string]string `json:"label"`              // by BCP 47 language; "en" always there
	Picture   string            `json:"picture"`            // name of a picture
	Shown     bool              `json:"-"`                  // may be shown by a code on the person's screen
	Derived   *Derivation       `json:"derived,omitempty"`  // computed when it is released, never stored; TypeBoolean and TypeCode only
}

// Derivation says how a field's answer is computed. What it is computed from does not
// leave with it, and need not be granted; the field itself must be.
type Derivation struct {
	Inputs     []FieldName `json:"inputs"`     // fields that are stored; sorted
	Expression string      `json:"expression"` // CEL, docs/policy.md says what it may name
}

// MatterSeveral is the Matter of the field that holds what has codes of more than one
// matter: permission for one must not open another. It has no codes of its own.
const MatterSeveral = "several"

// CodeList names codes of one sensitive matter in one code system.
type CodeList struct {
	Matter   string   `json:"matter"`             // such as hiv
	System   string   `json:"system"`             // URI of the code system, as FHIR writes it
	Codes    []string `json:"codes,omitempty"`    // whole codes
	Prefixes []string `json:"prefixes,omitempty"` // beginnings of codes, for hierarchical systems such as ICD-10
	Source   string   `json:"source"`             // where the list comes from
}

// Catalog is the field catalog of a policy bundle.
type Catalog struct {
	Revision  uint64
	Fields    map[FieldName]CatalogField
	CodeLists []CodeList
	// Majorities are the ages, in years, from which a person decides alone, by
	// jurisdiction or AnyJurisdiction.
	Majorities map[string]uint32
}

// AnyJurisdiction stands for those that a bundle does not name.
const AnyJurisdiction = "any"

// Majority is the age, in years, from which a person decides alone in a jurisdiction, and
// whether the catalog has one.
func (c *Catalog) Majority(jurisdiction string) (years uint32, known bool) {
	if years, known = c.Majorities[jurisdiction]; !known {
		years, known = c.Majorities[AnyJurisdiction]
	}
	return years, known
}

// Field returns the entry of a name, and whether the catalog knows it.
func (c *Catalog) Field(name FieldName) (CatalogField, bool) {
	f, ok := c.Fields[name]
	return f, ok
}

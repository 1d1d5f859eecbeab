package fhir

import "encoding/json"

// Names are the resources of a value as Type/id, in order; nil where it is no list of
// FHIR resources, each with a type and an id.
func Names(value []byte) []string {
	var list []struct {
		ResourceType string `json:"resourceType"`
		ID           string `json:"id"`
	}
	if json.Unmarshal(value, &list) != nil {
		return nil
	}
	names := make([]string, len(list))
	for i, r := range list {
		if r.ResourceType == "" || r.ID == "" {
			return nil
		}
		names[i] = r.ResourceType + "/" + r.ID
	}
	return names
}

// PatientFields are the fields of a Patient alone, as a release has put it together.
func PatientFields(patient []byte) (map[string]json.RawMessage, error) {
	n, err := parse(patient)
	if err != nil {
		return nil, within("Patient", err)
	}
	fields, err := patientFields(&n)
	if err != nil {
		return nil, within("Patient", err)
	}
	values := make(map[string]json.RawMessage, len(fields))
	for f, v := range fields {
		values[string(f)] = v.bytes()
	}
	return values, nil
}

package main

import "testing"

func FuzzLeaveOrderFile(f *testing.F) {
	f.Add([]byte(`{"format":"wrappy leave order v1","country":"KE","time":1790000000,"signature":"AQ=="}` + "\n"))
	f.Add([]byte(`{"format":"wrappy leave order v1"}{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		order, err := parseOrder(data)
		if (err == nil) != (order != nil) {
			t.Error("an error with an order, or neither")
		}
	})
}

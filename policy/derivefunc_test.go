package policy

import (
	"testing"
	"time"
)

// certainly is yes, no, or unsaid.
func certainly(yes, certain bool) string {
	switch {
	case !certain:
		return "unsaid"
	case yes:
		return "yes"
	}
	return "no"
}

func TestReached(t *testing.T) {
	tests := []struct {
		born  string
		years int64
		on    string
		want  string
	}{
		// whole dates
		{"2008-11-28", 18, "2026-11-28", "yes"},
		{"2008-11-28", 18, "2026-11-27", "no"},
		{"2008-11-28", 18, "2026-11-29", "yes"},
		{"2008-12-31", 18, "2026-12-31", "yes"},
		{"2009-01-01", 18, "2026-12-31", "no"},
		{"2009-01-01", 18, "2027-01-01", "yes"},
		{"1926-11-28", 100, "2026-11-28", "yes"},
		{"2026-11-28", 0, "2026-11-28", "yes"},
		{"2026-11-28", 1, "2026-11-28", "no"},
		{"2008-11-28T23:59:59+14:00", 18, "2026-11-28", "yes"}, // only its date counts

		// born on 29 February
		{"2008-02-29", 18, "2026-02-28", "no"}, // no such day in 2026: never a day too early
		{"2008-02-29", 18, "2026-03-01", "yes"},
		{"2008-02-29", 16, "2024-02-28", "no"},
		{"2008-02-29", 16, "2024-02-29", "yes"},
		{"2000-02-29", 100, "2100-02-28", "no"}, // 2100 has none
		{"2000-02-29", 100, "2100-03-01", "yes"},
		{"2008-02-28", 18, "2026-02-28", "yes"},
		{"2008-03-01", 18, "2026-02-28", "no"},
		{"2006-02-28", 18, "2024-02-29", "yes"},
		{"2006-03-01", 18, "2024-02-29", "no"},

		// the month alone
		{"2008-11", 18, "2026-10-31", "no"},
		{"2008-11", 18, "2026-11-01", "unsaid"},
		{"2008-11", 18, "2026-11-29", "unsaid"},
		{"2008-11", 18, "2026-11-30", "yes"},
		{"2008-02", 18, "2026-02-28", "unsaid"}, // the 29th of 2008 was a day too
		{"2008-02", 18, "2026-03-01", "yes"},
		{"2009-02", 18, "2027-02-28", "yes"},
		{"2008-12", 18, "2026-12-30", "unsaid"},
		{"2008-12", 18, "2026-12-31", "yes"},

		// the year alone
		{"2008", 18, "2025-12-31", "no"},
		{"2008", 18, "2026-01-01", "unsaid"},
		{"2008", 18, "2026-12-30", "unsaid"},
		{"2008", 18, "2026-12-31", "yes"},
		{"2007", 18, "2026-01-01", "yes"},

		// no age can be told
		{"2027-01-01", 18, "2026-12-31", "unsaid"}, // not born yet: a mistake
		{"2027", 18, "2026-12-31", "unsaid"},
		{"", 18, "2026-12-31", "unsaid"},
		{"08", 18, "2026-12-31", "unsaid"},
		{"2008-11-31", 18, "2026-12-31", "unsaid"},
		{"2007-02-29", 18, "2026-12-31", "unsaid"},
		{"2008-13", 18, "2026-12-31", "unsaid"},
		{"2008-00-00", 18, "2026-12-31", "unsaid"},
		{"0000", 18, "2026-12-31", "unsaid"},
		{"28-11-2008", 18, "2026-12-31", "unsaid"},
		{"2008/11/28", 18, "2026-12-31", "unsaid"},
		{"2008-11-28 ", 18, "2026-12-31", "unsaid"},
		{"about 2008", 18, "2026-12-31", "unsaid"},
		{"-2008-11-2", 18, "2026-12-31", "unsaid"},
		{"２００８", 18, "2026-12-31", "unsaid"},
		{"2008-11-28", -1, "2026-12-31", "unsaid"},
		{"2008-11-28", 151, "2026-12-31", "unsaid"},
		{"2008-11-28", 1 << 62, "2026-12-31", "unsaid"},
		{"2008-11-28", 18, "2026", "unsaid"},
		{"2008-11-28", 18, "", "unsaid"},
	}
	for _, tt := range tests {
		if got := certainly(reached(tt.born, tt.years, tt.on)); got != tt.want {
			t.Errorf("born %q, %d years on %q: %s, want %s", tt.born, tt.years, tt.on, got, tt.want)
		}
	}
}

// ageOn counts birthdays, another way than reached does.
func ageOn(born, on time.Time) int {
	age := on.Year() - born.Year()
	if on.Month() < born.Month() || on.Month() == born.Month() && on.Day() < born.Day() {
		age--
	}
	return age
}

// Day by day over forty years: yes from the last day that the birth date may stand for,
// no before the first, and never back.
func TestReachedDayByDay(t *testing.T) {
	order := map[string]int{"no": 0, "unsaid": 1, "yes": 2}
	for _, born := range []string{"1884-02-29", "1900-02-28", "1999-12-31", "2000-02-29", "2000-02", "2000", "2004-02-29", "2004"} {
		first, last, _ := days(born)
		before := "no"
		for at := first; !at.After(last.AddDate(40, 0, 0)); at = at.AddDate(0, 0, 1) {
			want := "unsaid"
			if ageOn(last, at) >= 18 {
				want = "yes"
			} else if ageOn(first, at) < 18 {
				want = "no"
			}
			got := certainly(reached(born, 18, at.Format(time.DateOnly)))
			if got != want || order[got] < order[before] {
				t.Fatalf("born %s, on %s: %s after %s, want %s", born, at.Format(time.DateOnly), got, before, want)
			}
			before = got
		}
		if before != "yes" {
			t.Fatalf("born %s: %s at 40", born, before)
		}
	}
}

func TestCovers(t *testing.T) {
	tests := []struct{ start, end, on, want string }{
		{"2026-09-01", "2027-06-30", "2026-11-28", "yes"},
		{"2026-09-01", "2027-06-30", "2026-09-01", "yes"},
		{"2026-09-01", "2027-06-30", "2027-06-30", "yes"},
		{"2026-09-01", "2027-06-30", "2026-08-31", "no"},
		{"2026-09-01", "2027-06-30", "2027-07-01", "no"},
		{"2026-09-01", "", "2026-11-28", "yes"},
		{"2026-09-01", "", "2026-08-31", "no"},
		{"2026-09-01T08:00:00+03:00", "2027-06-30T16:00:00Z", "2027-06-30", "yes"},
		{"2026-09", "2027-06", "2026-09-15", "unsaid"},
		{"2026-09", "2027-06", "2026-09-30", "yes"},
		{"2026-09", "2027-06", "2026-08-31", "no"},
		{"2026-09", "2027-06", "2027-06-01", "yes"},
		{"2026-09", "2027-06", "2027-06-15", "unsaid"},
		{"2026-09", "2027-06", "2027-07-01", "no"},
		{"2026", "", "2026-11-28", "unsaid"},
		{"2025", "", "2026-11-28", "yes"},
		{"", "2027-06-30", "2026-11-28", "unsaid"}, // when it began is not known
		{"", "2026-06-30", "2026-11-28", "no"},
		{"", "", "2026-11-28", "unsaid"},
		{"2027-06-30", "2026-09-01", "2026-11-28", "unsaid"}, // ends before it begins
		{"2027-06-30", "2026-09-01", "2028-01-01", "unsaid"},
		{"2027-06-30", "2026-09-01", "2020-01-01", "unsaid"},
		{"soon", "2027-06-30", "2026-11-28", "unsaid"},
		{"2026-09-01", "never", "2026-11-28", "unsaid"},
		{"2026-09-31", "2027-06-30", "2026-11-28", "unsaid"},
		{"2026-09-01", "2027-06-30", "today", "unsaid"},
	}
	for _, tt := range tests {
		if got := certainly(covers(tt.start, tt.end, tt.on)); got != tt.want {
			t.Errorf("%q to %q on %q: %s, want %s", tt.start, tt.end, tt.on, got, tt.want)
		}
	}
}

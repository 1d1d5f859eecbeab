package main

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

const dayLong = 24 * time.Hour

// length is a flag's length of time: Go's spelling (90m, 48h), or whole days (30d).
type length time.Duration

// longestLength keeps what is added to now inside a grant's own bounds.
const longestLength = 10 * 366 * dayLong

func (s *length) Set(text string) error {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 12)
		if err != nil {
			return errors.New("want a length of time such as 90m, 48h or 30d")
		}
		*s = length(time.Duration(n) * dayLong) //nolint:gosec // 12 bits
	} else {
		d, err := time.ParseDuration(text)
		if err != nil {
			return errors.New("want a length of time such as 90m, 48h or 30d")
		}
		*s = length(d)
	}
	if *s <= 0 || time.Duration(*s) > longestLength {
		return errors.New("want more than nothing and less than ten years")
	}
	return nil
}

func (s *length) String() string {
	if d := time.Duration(*s); d > 0 && d%dayLong == 0 {
		return strconv.Itoa(int(d/dayLong)) + "d"
	}
	return time.Duration(*s).String()
}

func (s *length) Type() string { return "time" }

func (s *length) from(now time.Time) time.Time { return now.Add(time.Duration(*s)) }

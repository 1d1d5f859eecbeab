package policy

import (
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// What an expression may call beside CEL's own: three pure functions, each total. What
// cannot be said for certain is none, never a guess.

const maxYears = 150

func ownFunctions() []cel.EnvOption {
	maybe := cel.OptionalType(cel.BoolType)
	a := cel.TypeParamType("A")
	return []cel.EnvOption{
		cel.Function("reached", cel.Overload("reached_date_years_day", []*cel.Type{cel.StringType, cel.IntType, cel.StringType}, maybe,
			cel.FunctionBinding(func(args ...ref.Val) ref.Val {
				born, ok1 := args[0].(types.String)
				years, ok2 := args[1].(types.Int)
				on, ok3 := args[2].(types.String)
				if !ok1 || !ok2 || !ok3 {
					return types.OptionalNone
				}
				return answered(reached(string(born), int64(years), string(on)))
			}))),
		cel.Function("covers", cel.Overload("covers_period_day", []*cel.Type{cel.MapType(cel.StringType, cel.DynType), cel.StringType}, maybe,
			cel.BinaryBinding(func(period, on ref.Val) ref.Val {
				m, ok1 := period.(traits.Mapper)
				day, ok2 := on.(types.String)
				if !ok1 || !ok2 {
					return types.OptionalNone
				}
				start, ok1 := endOf(m, "start")
				end, ok2 := endOf(m, "end")
				if !ok1 || !ok2 {
					return types.OptionalNone
				}
				return answered(covers(start, end, string(day)))
			}))),
		cel.Function("agreed", cel.Overload("agreed_list", []*cel.Type{cel.ListType(a)}, cel.OptionalType(a),
			cel.UnaryBinding(agreed))),
	}
}

func answered(yes, certain bool) ref.Val {
	if !certain {
		return types.OptionalNone
	}
	return types.OptionalOf(types.Bool(yes))
}

// endOf is one end of a FHIR Period: "" where it is not said, and not ok where it is no text.
func endOf(period traits.Mapper, name string) (string, bool) {
	v, found := period.Find(types.String(name))
	if !found {
		return "", true
	}
	s, ok := v.(types.String)
	return string(s), ok && s != ""
}

// agreed is what all elements are; none where they differ or there are none.
func agreed(list ref.Val) ref.Val {
	l, ok := list.(traits.Lister)
	if !ok {
		return types.OptionalNone
	}
	it := l.Iterator()
	if it.HasNext() != types.True {
		return types.OptionalNone
	}
	first := it.Next()
	for it.HasNext() == types.True {
		if first.Equal(it.Next()) != types.True {
			return types.OptionalNone
		}
	}
	return types.OptionalOf(first)
}

// days are the first and the last day that a date may stand for: YYYY is any day of the
// year, YYYY-MM any of the month. Of a time of day (FHIR dateTime) only its date counts.
func days(date string) (first, last time.Time, ok bool) {
	if len(date) > len(time.DateOnly) && date[len(time.DateOnly)] == 'T' {
		date = date[:len(time.DateOnly)]
	}
	switch len(date) {
	case 4:
		first, ok = day(date + "-01-01")
		return first, first.AddDate(1, 0, -1), ok
	case 7:
		first, ok = day(date + "-01")
		return first, first.AddDate(0, 1, -1), ok
	}
	first, ok = day(date)
	return first, first, ok
}

func day(s string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil && len(s) == len(time.DateOnly) && t.Year() >= 1
}

// reached reports whether somebody born on the date has reached so many years on the
// day. Who was born on 29 February reaches them on 1 March where the year has no such
// day: never a day too early. Not certain where a part of the date is unknown and
// matters.
func reached(born string, years int64, on string) (yes, certain bool) {
	first, last, ok := days(born)
	at, okDay := day(on)
	if !ok || !okDay || years < 0 || years > maxYears || first.After(at) {
		return false, false // somebody who is born after the day has no age
	}
	switch {
	case !last.AddDate(int(years), 0, 0).After(at):
		return true, true
	case first.AddDate(int(years), 0, 0).After(at):
		return false, true
	}
	return false, false
}

// covers reports whether a FHIR Period takes in the day. An end that is not there is
// still to come; a beginning that is not there is not known.
func covers(start, end, on string) (yes, certain bool) {
	at, ok := day(on)
	if !ok || start == "" && end == "" {
		return false, false
	}
	begun, maybeBegun, over, maybeOver := false, true, false, false
	var lastDay time.Time
	if end != "" {
		first, last, ok := days(end)
		if !ok {
			return false, false
		}
		over, maybeOver, lastDay = at.After(last), at.After(first), last
	}
	if start != "" {
		first, last, ok := days(start)
		if !ok || end != "" && first.After(lastDay) {
			return false, false // it ends before it begins
		}
		begun, maybeBegun = !at.Before(last), !at.Before(first)
	}
	switch {
	case over || !maybeBegun:
		return false, true
	case begun && !maybeOver:
		return true, true
	}
	return false, false
}

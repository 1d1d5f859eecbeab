#!/usr/bin/env bash
# fuzz.sh TIME package:FuzzTarget …: fuzzes one after another, each for TIME.
#
# UNGUIDED lists packages whose targets run without coverage instrumentation: an EVM or OPA is
# inside of them, and to build these anew takes many times TIME.
set -euo pipefail
go=${GO:-go}
time=$1; shift
at=$(mktemp -d); trap 'rm -rf "$at"' EXIT

run() { # package target
  case " ${UNGUIDED:-} " in
  *" $1 "*) "$go" test -c -o "$at/fuzz.test" "./$1" &&
            (cd "$1" && "$at/fuzz.test" -test.run '^$' -test.fuzz "^$2\$" -test.fuzztime "$time" -test.fuzzcachedir "$at");;
  *)        "$go" test -run '^$' -fuzz "^$2\$" -fuzztime "$time" "./$1";;
  esac
}

for one; do
  package=${one%%:*} target=${one##*:}
  grep -qs "^func $target(" "$package"/*_test.go || { echo "$package has no $target"; exit 1; }
  echo "fuzz $one"
  run "$package" "$target" 2>&1 | tee "$at/log" && continue
  # Until Go 1.27 the end of TIME itself is now and then reported as a failure (go.dev/issue/75804).
  # What fuzzing finds is another thing: it is always written down as an input.
  grep -q '^ *context deadline exceeded$' "$at/log" && ! grep -qiE 'failing input|panic|fuzzing process' "$at/log" || exit 1
  echo "fuzz $one: the time was over (go.dev/issue/75804), nothing was found"
done

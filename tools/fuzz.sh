#!/usr/bin/env bash
# fuzz.sh TIME package:FuzzTarget …: fuzzes each for TIME, as many at once as there are processors, each on one.
#
# UNGUIDED lists packages whose targets run without coverage instrumentation: an EVM or OPA is
# inside of them, and to build these anew takes many times TIME. To make smaller what was found interesting may
# not take the time for finding: it is tried 200 times, instead of for a minute.
set -euo pipefail
go=${GO:-go}
time=$1; shift
at=$(mktemp -d); trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$at"' EXIT

run() { # package target
  case " ${UNGUIDED:-} " in
  *" $1 "*) "$go" test -c -o "$at/$2.test" "./$1" &&
            (cd "$1" && "$at/$2.test" -test.run '^$' -test.fuzz "^$2\$" -test.fuzztime "$time" -test.parallel 1 -test.fuzzminimizetime 200x -test.fuzzcachedir "$at/$2.corpus");;
  *)        "$go" test -run '^$' -fuzz "^$2\$" -fuzztime "$time" -parallel 1 -fuzzminimizetime 200x "./$1";;
  esac
}

one() { # package:target
  local package=${1%%:*} target=${1##*:} log="$at/${1##*:}.log"
  if run "$package" "$target" >"$log" 2>&1; then
    echo "fuzz $1: $(grep -E 'elapsed: .*execs' "$log" | tail -1)"
    return
  fi
  cat "$log"
  # Until Go 1.27 the end of TIME itself is now and then reported as a failure (go.dev/issue/75804).
  # What fuzzing finds is another thing: it is always written down as an input.
  grep -q '^ *context deadline exceeded$' "$log" && ! grep -qiE 'failing input|panic|fuzzing process' "$log" || return 1
  echo "fuzz $1: the time was over (go.dev/issue/75804), nothing was found"
}

for each; do
  grep -qs "^func ${each##*:}(" "${each%%:*}"/*_test.go || { echo "${each%%:*} has no ${each##*:}"; exit 1; }
done
running=0
for each; do
  if [ "$running" -ge "$(nproc)" ]; then wait -n; else running=$((running + 1)); fi
  echo "fuzz $each"
  one "$each" &
done
while [ "$running" -gt 0 ]; do wait -n; running=$((running - 1)); done

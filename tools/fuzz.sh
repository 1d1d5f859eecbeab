#!/usr/bin/env bash
# fuzz.sh TIME package:FuzzTarget …: fuzzes each for TIME, as many at once as there are processors, each on one.
#
# UNGUIDED lists packages whose targets run without coverage instrumentation: an EVM or OPA is
# inside of them, and to build these anew takes many times TIME. To make smaller what was found interesting may
# not take the time for finding: it is tried 200 times, instead of for a minute.
set -euo pipefail
set -m # each target is a group of processes of its own
go=${GO:-go}
time=$1; shift
at=$(mktemp -d)
trap 'for group in $(jobs -p); do kill -- "-$group" 2>/dev/null || true; done; wait; rm -rf "$at"' EXIT

run() { # package target name
  case " ${UNGUIDED:-} " in
  *" $1 "*) "$go" test -c -o "$at/$3.test" "./$1" &&
            (cd "$1" && "$at/$3.test" -test.run '^$' -test.fuzz "^$2\$" -test.fuzztime "$time" -test.parallel 1 -test.fuzzminimizetime 200x -test.fuzzcachedir "$at/$3.corpus");;
  *)        "$go" test -run '^$' -fuzz "^$2\$" -fuzztime "$time" -parallel 1 -fuzzminimizetime 200x "./$1";;
  esac
}

one() { # package:target
  local name=${1//[:\/]/-} log
  log="$at/$name.log"
  if run "${1%%:*}" "${1##*:}" "$name" >"$log" 2>&1; then
    echo "fuzz $1: $(grep -E 'elapsed: .*execs' "$log" | tail -1)"
    echo "$1" >>"$at/passed"
    return
  fi
  cat "$log"
  # Until Go 1.27 the end of TIME itself is now and then reported as a failure (go.dev/issue/75804).
  # What fuzzing finds is another thing: it is always written down as an input.
  if grep -q '^ *context deadline exceeded$' "$log" && ! grep -qiE 'failing input|panic|fuzzing process' "$log"; then
    echo "fuzz $1: the time was over (go.dev/issue/75804), nothing was found"
    echo "$1" >>"$at/passed"
  fi
}

for each; do
  grep -qs "^func ${each##*:}(" "${each%%:*}"/*_test.go || { echo "${each%%:*} has no ${each##*:}"; exit 1; }
done
for each; do
  while [ "$(jobs -pr | wc -l)" -ge "$(nproc)" ]; do wait -n || true; done
  echo "fuzz $each"
  one "$each" &
done
wait
failed=$(comm -23 <(printf '%s\n' "$@" | sort) <(sort "$at/passed" 2>/dev/null))
[ -z "$failed" ] || { echo "failed:" $failed; exit 1; }

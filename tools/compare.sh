#!/bin/bash
# compare.sh REVISION MATCH PACKAGE...: builds the benchmarks of a revision, in a worktree
# of its own, and those of this tree; runs them in turns, so that what else the machine
# does falls on both; and shows benchstat's comparison.
set -euo pipefail
base=${1:?BASE: which revision to compare with} match=$2
shift 2
here=$PWD
made=$(mktemp -d)
trap 'git worktree remove --force "$made/tree" 2>/dev/null || true; rm -rf "$made"' EXIT
git worktree add --quiet --detach "$made/tree" "$base"
mkdir "$made/old" "$made/new"
for package in "$@"; do
  name=${package#./}.test
  [ -d "$made/tree/$package" ] && (cd "$made/tree" && "${GO:-go}" test -c -o "$made/old/${name//\//-}" "$package")
  "${GO:-go}" test -c -o "$made/new/${name//\//-}" "$package"
done
for _ in 1 2 3 4 5 6; do
  for package in "$@"; do
    name=${package#./}.test
    for side in old new; do
      tree=$here
      [ $side = old ] && tree=$made/tree
      [ -x "$made/$side/${name//\//-}" ] || continue
      (cd "$tree/$package" && "$made/$side/${name//\//-}" -test.run '^$' -test.bench "$match" -test.benchtime 0.5s) >>"$made/$side.txt"
    done
  done
done
cd tools
"${GO:-go}" tool benchstat "$base=$made/old.txt" "here=$made/new.txt"

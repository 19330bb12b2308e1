#!/bin/sh
# Builds the benches with the flags of the addon into build/native-bench and runs them: JSON lines on stdout.
# CXX chooses the compiler; the argument keeps the benches whose name contains it; `build` only builds.
set -eu
cd "$(dirname "$0")/../.."
CXX=${CXX:-g++}
if ! command -v "$CXX" >/dev/null 2>&1; then
  echo "NOT RUN: there is no compiler '$CXX' here" >&2
  exit 0
fi
out=build/native-bench
mkdir -p "$out"
flags='-std=c++17 -O3 -fno-tree-vectorize -fPIC -fno-omit-frame-pointer -fno-exceptions -fno-rtti -fno-strict-aliasing'
flags="$flags -Wall -Wextra -Werror"
engine='baskets control crc32 engine ladder signals stream'
sources=''
for name in $engine; do sources="$sources native/$name.cc"; done
# shellcheck disable=SC2086
"$CXX" $flags $sources bench/native/engine_bench.cc -o "$out/engine_bench"
# shellcheck disable=SC2086
"$CXX" $flags $sources native/tools/bar_device.cc -o "$out/bar_device"
[ "${1:-}" = build ] && exit 0
exec "$out/engine_bench" "$@"

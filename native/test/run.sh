#!/bin/sh
# Builds the C++ tests with sanitizers into build/native-test and runs them. CXX chooses the compiler.
# `run.sh build` only builds. Arguments otherwise: records a profile and first seed of the soak.
set -eu
cd "$(dirname "$0")/.."
CXX=${CXX:-g++}
if ! command -v "$CXX" >/dev/null 2>&1; then
  echo "NOT RUN: there is no compiler '$CXX' here"
  exit 0
fi
out=../build/native-test
mkdir -p "$out"
flags='-std=c++17 -O1 -g -Wall -Wextra -Werror -fno-exceptions -fno-rtti'
flags="$flags -fsanitize=address,undefined -fno-sanitize-recover=all"
engine='baskets control crc32 engine ladder signals stream'

# Recompiles what is older than its source or any header.
newest=$(ls -t ./*.h bar/*.h test/*.h generated/*.h test/run.sh | head -1)
compile() {
  if [ ! -e "$2" ] || [ "$1" -nt "$2" ] || [ "$newest" -nt "$2" ]; then
    # shellcheck disable=SC2086
    "$CXX" $flags -c "$1" -o "$2.new" && mv "$2.new" "$2"
  fi
}
objects=''
for name in $engine; do
  compile "$name.cc" "$out/$name.o"
  objects="$objects $out/$name.o"
done
bar=''
for name in guard rings window; do
  compile "bar/$name.cc" "$out/bar_$name.o"
  bar="$bar $out/bar_$name.o"
done
for program in test/crc32_test test/soak_test test/bar_test tools/engine_pipe tools/random_program tools/bar_device; do
  name=$(basename "$program")
  compile "$program.cc" "$out/$name.o"
  # shellcheck disable=SC2086
  "$CXX" $flags "$out/$name.o" $objects $bar -pthread -o "$out/$name.new" && mv "$out/$name.new" "$out/$name"
done
[ "${1:-}" = build ] && exit 0
"$out/crc32_test"
"$out/bar_test"
"$out/soak_test" "$@"

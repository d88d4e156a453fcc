#!/usr/bin/env bash
# The board as its users install it: package.sh BUILD FIRMWARE SOURCE COMPILER
# Installs the host build BUILD into a folder of its own, builds examples/board_test of the repository SOURCE with
# what is there, and runs it on FIRMWARE. Exit code 77 says that something this needs is missing.
set -euo pipefail
build=$1 firmware=$2 source=$3 compiler=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for needed in "$build/board/ferry" "$build/board/libferry_board.a" "$firmware" /usr/include/gtest/gtest.h; do
  if [[ ! -e $needed ]]; then
    printf '%s is missing\n' "$needed"
    exit 77
  fi
done

cmake --install "$build" --prefix "$work/prefix" >"$work/log"
"$work/prefix/bin/ferry" --version
if grep -rlF -e "$build" -e "$source" --include='*.cmake' --include='*.hpp' "$work/prefix"; then
  echo '^ names a folder of the build'
  exit 1
fi

# Copied, so that nothing of the repository is found by accident.
cp -r "$source/examples/board_test" "$work/project"
cmake -S "$work/project" -B "$work/build" -G Ninja "-DCMAKE_CXX_COMPILER=$compiler" \
  "-DCMAKE_PREFIX_PATH=$work/prefix" "-DFIRMWARE=$firmware"
cmake --build "$work/build"
ctest --test-dir "$work/build" --output-on-failure
grep -q '<testsuites tests="4" failures="0"' "$work/build/dma.xml" || { echo 'the JUnit report is not as expected' && exit 1; }

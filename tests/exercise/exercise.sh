#!/usr/bin/env bash
# One test of the exercise: exercise.sh CASE FERRY PROGRAMS SOURCE
# FERRY is the program that runs the board, PROGRAMS the folder with dma.elf and dma-skeleton.elf, SOURCE the
# repository. Cases are the functions test_…; exit code 77 says that the case cannot be tried here.
set -euo pipefail

case_name=$1 ferry=$2 programs=$3 source=$4
dma=$programs/dma.elf
skeleton=$programs/dma-skeleton.elf
wire=(--wire GPIO4:GPIO2)
bytes=32000

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  printf '%s\n' "$1"
  exit 1
}

# Runs a program on the board; its text is printed and kept in $work/text.
run() {
  "$ferry" run --watch=stop "$@" | tee "$work/text"
}

# expect_lines COUNT LINE: the program printed this line so often.
expect_lines() {
  local count
  count=$(grep -cxF -- "$2" "$work/text" || true)
  [[ $count -eq $1 ]] || fail "the line \"$2\" was printed $count times, not $1 times"
}

# expect_bytes KIND VALUE: on the wire KIND (mosi, miso) one transfer passed, and each of its bytes was VALUE. Sigrok's
# decoder says so, which nobody here wrote. It prints a line for every time that chip select was active; the first
# one, without bytes, ends when the firmware lifts the pin from the low level it has after power-on. A microsecond is
# a tenth of a bit; the file's nanoseconds would only take longer.
expect_bytes() {
  sigrok-cli -i "$work/pins.vcd" -I vcd:downsample=1000 \
    -P spi:clk=GPIO0:mosi=GPIO4:miso=GPIO2:cs=GPIO5 -A "spi=$1-transfer" >"$work/$1"
  awk -v kind="$1" -v value="$2" -v bytes="$bytes" '
    NF > 1 { transfers++; for (i = 2; i <= NF; i++) if ($i == value) good++; else wrong++ }
    END { printf "%s: %d transfers, %d bytes %s, %d others\n", kind, transfers, good, value, wrong
          exit !(transfers == 1 && good == bytes && !wrong) }' "$work/$1"
}

# record OPTION...: one round, with the waveform.
record() {
  command -v sigrok-cli >/dev/null || { echo 'sigrok-cli is not installed' && exit 77; }
  run "$dma" --for 2.7s --vcd "$work/pins.vcd" --vcd-pins GPIO0,GPIO2,GPIO4,GPIO5 "$@"
}

test_waveform() {
  record "${wire[@]}"
  expect_bytes mosi 42
  expect_bytes miso 42
}

test_without_wire() {
  record
  expect_bytes mosi 42
  expect_bytes miso 00
  expect_lines 1 'Received 00 00 00 00 00 00 00 00 00 00 ... 00 00 00 00 00 00 00 00 00 00'
}

test_output() {
  run "$dma" --for 10.2s "${wire[@]}"
  expect_lines 2 'Received 42 42 42 42 42 42 42 42 42 42 ... 42 42 42 42 42 42 42 42 42 42'
  [[ $(grep -cE '^The CPU found [1-9][0-9]* primes meanwhile$' "$work/text") -eq 2 ]] ||
    fail 'it does not tell twice what the CPU did meanwhile'
  [[ $(grep -cE '^\.+$' "$work/text") -eq 2 ]] || fail 'there are no dots while the transfers run'
  ! grep -q failed "$work/text" || fail 'a transfer failed'
}

# A line at once, the others 2.5 seconds apart.
test_skeleton() {
  local time count
  while read -r time count; do
    run "$skeleton" --quiet --for "$time" "${wire[@]}"
    expect_lines "$count" 'Received 01 02 03 04'
  done <<<'2.4s 1
2.6s 2
10.2s 5'
}

test_skeleton_without_wire() {
  run "$skeleton" --for 1s
  expect_lines 1 'Received 00 00 00 00'
}

# 32,000 bytes need eight descriptors of up to 4095.
test_trace() {
  run "$dma" --for 2.7s --trace dma "${wire[@]}" 2>"$work/trace"
  cat "$work/trace"
  local direction event count
  for direction in IN OUT; do
    for event in reads closes; do
      count=$(grep -cE "^dma .* channel 0 +$direction +$event " "$work/trace" || true)
      [[ $count -eq 8 ]] || fail "channel 0 $direction $event $count descriptors, not 8"
    done
  done
  [[ $(grep -cE ' OUT +reads .* suc_eof 1 .* next none$' "$work/trace") -eq 1 ]] ||
    fail 'the list to send has no marked end'
}

# The same ELF, the same options: the same, byte for byte.
test_same_twice() {
  local take
  for take in first second; do
    run "$dma" --for 2.7s "${wire[@]}" --no-wall --vcd "$work/$take.vcd" --json "$work/$take.json" \
      2>"$work/$take.messages"
    mv "$work/text" "$work/$take.text"
  done
  local kind
  for kind in text messages vcd json; do
    [[ -s $work/first.$kind ]] || fail "there is no $kind"
    cmp "$work/first.$kind" "$work/second.$kind" || fail "two runs differ in their $kind"
  done
}

# What wokwi's files in the exercise's folder say is what the option says.
test_diagram() {
  local folder=$source/intro/dma name
  run "$dma" --for 2.7s --no-wall "${wire[@]}" --vcd "$work/wire.vcd" --json "$work/wire.json"
  mv "$work/text" "$work/wire.text"
  run "$dma" --for 2.7s --no-wall --diagram "$folder/diagram.json" --vcd "$work/diagram.vcd" \
    --json "$work/diagram.json"
  mv "$work/text" "$work/diagram.text"
  local kind
  for kind in text vcd json; do
    cmp "$work/wire.$kind" "$work/diagram.$kind" || fail "--diagram and --wire differ in their $kind"
  done
  # wokwi.toml names the file that ./run builds.
  while IFS= read -r name; do
    [[ $(realpath -m "$folder/$name") == "$source/build/firmware/intro/dma/dma.elf" ]] ||
      fail "wokwi.toml names $name"
  done < <(sed -nE 's/^(elf|firmware) *= *"(.*)"$/\2/p' "$folder/wokwi.toml" | grep . || echo 'no firmware')
}

# Text and data, which is what is loaded; memory that is only reserved, and with it the buffers, is not part of
# it. .code_on_data_bus keeps free what .text takes on the other bus.
test_size() {
  local limit=16384 size
  [[ ${FERRY_COMPILER:-} != GNU ]] || limit=18432  # GCC 12 makes a tenth more of the same code
  size=$(command -v llvm-size-19 || command -v riscv64-unknown-elf-size) || { echo 'no size program' && exit 77; }
  "$size" -A "$dma" | awk -v limit="$limit" '
    $3 > 0 && $1 !~ /^\.(code_on_data_bus|bss|tbss|noinit)$/ && $1 ~ /^\./ { printf "%-10s %6d\n", $1, $2; sum += $2 }
    END { printf "%-10s %6d of %d\n", "together", sum, limit; exit !(sum > 0 && sum <= limit) }'
}

test_snippets() {
  command -v python3 >/dev/null || { echo 'python3 is not installed' && exit 77; }
  local pages=() page
  for page in "$source/README.md" "$source/intro/dma/README.md"; do
    [[ ! -e $page ]] || pages+=("$page")
  done
  "$source/tools/snippets.py" --check "${pages[@]}"
}

# The README shows what ./run prints, all but the wall time, when Clang has built the program.
test_readme() {
  [[ ${FERRY_COMPILER:-} == Clang ]] || { echo 'the README shows what Clang makes of the program' && exit 77; }
  local wall='s/^(  wall time +).*/\1/'
  # Without run's tee: what passes through it may come behind the summary.
  "$ferry" run "$dma" --for 10s "${wire[@]}" >"$work/output" 2>&1
  awk '/^```/ { shown = $0 == "```text"; next } shown' "$source/README.md" | sed -E "$wall" >"$work/shown"
  sed -E "$wall" "$work/output" | diff "$work/shown" - || fail 'README.md shows (<) what ./run does not print (>)'
}

# The right bytes, and a report that is to the letter the one in the documents. With FERRY_UPDATE set, it is put there.
test_race() {
  [[ ${FERRY_COMPILER:-} == Clang ]] || { echo 'the documents show what Clang makes of the program' && exit 77; }
  local status=0 document
  "$ferry" run "$programs/race.elf" --quiet --for 500ms --watch "${wire[@]}" >"$work/text" 2>"$work/messages" || status=$?
  [[ $status -eq 66 ]] || fail "the exit code is $status, not 66"
  expect_lines 2 'Received 42 42 42 42 42 42 42 42 42 42 ... 42 42 42 42 42 42 42 42 42 42'
  grep -v '^ferry:' "$work/messages" >"$work/report"
  for document in README.md board/watch/README.md book/dma/README.md; do
    [[ -z ${FERRY_UPDATE:-} ]] || put_report "$source/$document"
    awk '/^```/ { shown = $0 == "```console"; next } shown' "$source/$document" | diff "$work/report" - ||
      fail "$document does not show (>) what race prints (<); FERRY_UPDATE=1 ctest --preset firmware -R exercise.race mends it"
  done
}

# Puts the report into a document's block of it.
put_report() {
  awk -v report="$work/report" '
    /^```/ { within = $0 == "```console"; print
             if (within) while ((getline line < report) > 0) print line
             next }
    !within' "$1" >"$work/document"
  cp "$work/document" "$1"
}

"test_$case_name"

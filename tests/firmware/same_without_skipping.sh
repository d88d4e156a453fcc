#!/bin/sh
# Runs a firmware with and without skipping loops that only wait, and compares all there is to see: text, messages,
# exit code, summary with its counters, waveform. Once more with DMA watch, which must not change what happens either:
# text, counters, waveform.
#
# A tenth of a second of the chip's time is enough to compare (--for): waveforms of seconds are gigabytes.
#
#   same_without_skipping.sh FERRY OPTION... FIRMWARE
set -eu
ferry=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# run NAME OPTION...
run() {
  name=$1
  shift
  code=0
  "$ferry" run --no-wall --json "$folder/$name.json" --vcd "$folder/$name.vcd" "$@" \
    >"$folder/$name.text" 2>"$folder/$name.messages" || code=$?
  echo "exit code $code" >>"$folder/$name.messages"
}

run skipping "$@"
run whole --no-idle-skip "$@"
run watched --watch=report "$@"
# The signal of the watch itself is no part of the comparison.
awk '/^\$scope module watch / { inside = 1 }
     inside && $1 == "$var" { signal = $4 }
     !inside && (signal == "" || ($0 != "0" signal && $0 != "1" signal))
     inside && $1 == "$upscope" { inside = 0 }' "$folder/watched.vcd" >"$folder/others.vcd"
mv "$folder/others.vcd" "$folder/watched.vcd"
failed=0
for kind in text vcd; do
  cmp "$folder/skipping.$kind" "$folder/watched.$kind" >&2 || failed=1
done
for name in skipping watched; do
  grep -E '"(simulated_ps|instructions|cycles|asleep_ps|interrupts|register_|bytes_|cpu_)' "$folder/$name.json" \
    >"$folder/$name.counters"
done
diff "$folder/skipping.counters" "$folder/watched.counters" >&2 || failed=1
for kind in text messages json vcd; do
  if ! cmp "$folder/skipping.$kind" "$folder/whole.$kind" >&2; then
    diff "$folder/skipping.$kind" "$folder/whole.$kind" | head -n 20 >&2 || true
    failed=1
  fi
done
exit $failed

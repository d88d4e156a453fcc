#!/bin/sh
# Runs a firmware twice, with and without skipping loops that only wait, and compares all there is to see: text,
# messages, exit code, summary with its counters, waveform.
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
failed=0
for kind in text messages json vcd; do
  if ! cmp "$folder/skipping.$kind" "$folder/whole.$kind" >&2; then
    diff "$folder/skipping.$kind" "$folder/whole.$kind" | head -n 20 >&2 || true
    failed=1
  fi
done
exit $failed

#!/usr/bin/env bash
# One test of repeatability: determinism.sh CASE FERRY OTHER FIRMWARE
# FERRY and OTHER are the program, from two compilers. Exit code 77 says that the case cannot be tried here.
set -euo pipefail
case_name=$1 ferry=$2 other=$3 firmware=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

options=(--wire GPIO4:GPIO2 --for 700ms --no-wall --vcd pins.vcd --json summary.json --trace dma --trace-bus=GPIO)
if "$ferry" run --help | grep -q -e '--report '; then options+=(--report report.html); fi

# run PROGRAM FOLDER: everything that a run leaves behind, in a folder of its own.
run() {
  mkdir "$work/$2"
  (cd "$work/$2" && "$1" run "$firmware" "${options[@]}" >text 2>notes)
}

# same FOLDER: as the first one.
same() {
  local file
  for file in "$work/first"/*; do
    cmp "$file" "$work/$1/$(basename "$file")"
  done
}

[[ $case_name != other_compiler || -x $other ]] || { echo 'there is no board from the other compiler' && exit 77; }
run "$ferry" first
[[ -s $work/first/pins.vcd && -s $work/first/summary.json ]]

case $case_name in
  again)
    run "$ferry" second
    same second
    ;;
  in_parallel)
    runs=()
    for number in 1 2 3 4; do
      run "$ferry" "$number" &
      runs+=($!)
    done
    for number in "${runs[@]}"; do wait "$number"; done
    for number in 1 2 3 4; do same "$number"; done
    ;;
  other_compiler)
    run "$other" other
    same other
    ;;
esac

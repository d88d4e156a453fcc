#!/usr/bin/env bash
# Fuzzes one target: fuzz.sh BUILD SOURCE TARGET SECONDS FINDINGS [CORPUS]
# BUILD has the programs fuzz_TARGET and fuzz_seeds, SOURCE the folder inputs/TARGET with inputs that once found
# something. What is found is left in the folder FINDINGS. With CORPUS, inputs that reach new code are kept there, and
# a later run goes on from them; without, every run starts from the same inputs, with the same seed.
set -euo pipefail
build=$1 source=$2 target=$3 seconds=$4 findings=$5 corpus=${6:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$build/fuzz_seeds" "$work/seeds"
mkdir -p "$findings" "$work/seeds/$target" "${corpus:=$work/corpus}"
folders=("$corpus" "$work/seeds/$target")
[[ ! -d $source/inputs/$target ]] || folders+=("$source/inputs/$target")
dictionary=()
[[ ! -f $source/$target.dict ]] || dictionary=("-dict=$source/$target.dict")
# An input that takes ten seconds hangs; none needs this much memory, not even with the sanitizers' own.
"$build/fuzz_$target" -seed=1 -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=256 \
  -artifact_prefix="$findings/$target-" -print_final_stats=1 "${dictionary[@]}" "${folders[@]}"

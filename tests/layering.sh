#!/usr/bin/env bash
# Who may include whom: hal -> chip, board -> chip, chip -> nothing of ours. And no file names a place on
# somebody's own machine. Prints each offending line; exit code 1 when there is one.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

offences=0

# forbid WHAT PATTERN FOLDER...: no source file below the folders has a line that matches the pattern.
forbid() {
  local what=$1 pattern=$2 folder folders=()
  shift 2
  for folder in "$@"; do
    if [[ -d $folder ]]; then folders+=("$folder"); fi
  done
  [[ ${#folders[@]} -gt 0 ]] || return 0
  # The one example that is no firmware: tests on this computer, of firmware on the board.
  if grep -rnE --exclude-dir=board_test --include='*.hpp' --include='*.h' --include='*.cpp' --include='*.S' --include='*.ld' \
    -e "$pattern" "${folders[@]}"; then
    printf '^ %s\n' "$what"
    offences=$((offences + 1))
  fi
}

# An include may start at the root ("board/bus.hpp"), at hal's include folder (<ferry/dma.hpp>), or climb there.
include='^[[:space:]]*#[[:space:]]*include[[:space:]]*["<](\.\./)*'
forbid 'hal must not include board' "${include}board/" hal
forbid 'board must not include hal' "${include}(hal/|ferry/)" board
forbid 'chip must not include hal, board or anything else of ours' "${include}(hal|ferry|board|tests|examples)/" chip
forbid 'firmware must not include board' "${include}board/" intro examples tests/firmware

# Listed by git where there is one, so that nothing built is looked at; without git there is nothing to publish.
personal='/(home|Users|root)/[A-Za-z0-9_.-]+'
mapfile -t listed < <(git -c safe.directory="$PWD" ls-files 2>/dev/null | grep -vxF tests/layering.sh)
if [[ ${#listed[@]} -gt 0 ]]; then
  if grep -nE -e "$personal" -- "${listed[@]}" 2>/dev/null; then
    printf '^ a path on one machine\n'
    offences=$((offences + 1))
  fi
fi

[[ $offences -eq 0 ]]

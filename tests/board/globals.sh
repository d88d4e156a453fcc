#!/usr/bin/env bash
# globals.sh LIBRARY: fails when the board's library has variables that boards in one process would share.
# Exit code 77 says that objdump is missing.
set -euo pipefail
library=$1
command -v objdump >/dev/null || { echo 'objdump is not installed' && exit 77; }
# Objects in writable sections. Constants that only the dynamic linker writes lie in .data.rel.ro; DW.ref.… is the
# compiler's; the documents that GDB is given are made once and never change, and Xbyak's table of messages never does.
shared=$(objdump -t -C "$library" | awk '
  /\.o:/ { file = $1 }
  / O \.(data|bss|tdata|tbss)/ && !/\.data\.rel\.ro/ && !/DW\.ref\./ && !/debug::Target::document/ && !/Xbyak::ConvertErrorToString/ { print file, $0 }')
[[ -z $shared ]] || { printf 'boards would share\n%s\n' "$shared" && exit 1; }
[[ $(objdump -t "$library" | grep -c ' O \.') -gt 0 ]] || { echo 'the library has no objects at all?' && exit 1; }

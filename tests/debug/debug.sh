#!/usr/bin/env bash
# One test of the debugger: debug.sh CASE FERRY PROGRAMS SOURCE
# FERRY is the program that runs the board, PROGRAMS the folder with dma.elf and race.elf, SOURCE the repository. Cases are the functions
# test_…; exit code 77 says that the case cannot be tried here.
# shellcheck disable=SC2016  # $1 is GDB's
set -euo pipefail

case_name=$1 ferry=$2 dma=$3/dma.elf race=$3/race.elf source=$4
firmware=$dma
wire=(--wire GPIO4:GPIO2)

work=$(mktemp -d)
board=
cleanup() {
  [[ -z $board ]] || kill "$board" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

fail() {
  printf '%s\n' "$1"
  exit 1
}

# start OPTION...: the board, waiting for GDB on a port that the system chose; $port is that.
start() {
  command -v gdb-multiarch >/dev/null || { echo 'gdb-multiarch is not installed' && exit 77; }
  : >"$work/notes"  # there to be read before the board's shell has opened it
  "$ferry" run "$firmware" "${wire[@]}" --no-wall --gdb=0 "$@" >"$work/text" 2>"$work/notes" &
  board=$!
  port=
  for ((look = 0; look < 100; look++)); do
    port=$(sed -n 's/^ferry: waiting for GDB: .*target remote :\([0-9]*\).*/\1/p' "$work/notes")
    [[ -z $port ]] || return 0
    sleep 0.1
  done
  fail 'ferry does not wait for GDB'
}

# debug: GDB's commands come from standard input; what it says is printed and kept in $work/gdb.
debug() {
  { printf 'set pagination off\nset confirm off\nset width 0\ntarget remote :%s\n' "$port" && cat; } >"$work/commands"
  timeout 60 gdb-multiarch --batch -nx -x "$work/commands" "$firmware" 2>&1 </dev/null | tee "$work/gdb"
}

# ended STATUS: the board's program ends, with this exit status.
ended() {
  local status=0
  wait "$board" || status=$?
  board=
  cat "$work/notes"
  [[ $status -eq $1 ]] || fail "ferry left with $status, not with $1"
}

# expect PATTERN: a line of what GDB said matches.
expect() {
  grep -qE -- "$1" "$work/gdb" || fail "GDB did not say \"$1\""
}

test_steps() {
  start --for 1s
  debug <<'END'
print/x $pc == (unsigned)&_start
break main
continue
next
step
backtrace
finish
stepi
info registers
print/x $mstatus
kill
END
  expect '^\$1 = 0x1$'
  expect '^Breakpoint 1, main \(\)'
  expect '^#1 .* main \(\)'
  expect '^Run till exit|^main \(\)'
  expect '^a0 +0x'
  expect '^\$2 = 0x1'
  expect 'killed'
  ended 0
  grep -q 'ended from the debugger' "$work/notes" || fail 'the summary does not say who ended the run'
}

# address PATTERN: where the symbol lies whose mangled name ends so.
address() {
  # To the end of the list: nm would die of a pipe that nobody reads.
  nm "$dma" | awk -v pattern="$1\$" '$3 ~ pattern && !found { print "0x" $1; found = 1 }'
}

# A variable that the CPU writes, and the buffer that the DMA engine fills.
test_watch() {
  start --for 1s
  command -v nm >/dev/null || { echo 'nm is not installed' && exit 77; }
  local taken rx
  taken=$(address 5taken) rx=$(address 2rx)
  [[ -n $taken && -n $rx ]] || fail "the program has no variables to watch: $taken, $rx"
  debug <<END
tbreak main
continue
print *(unsigned char *)$taken
watch *(unsigned char *)$taken
continue
backtrace 1
delete
watch *(unsigned char *)($rx + 1)
continue
print *(unsigned char *)($rx + 1)
delete
monitor dma
monitor pins
monitor time
detach
END
  expect '^\$1 = 0'
  expect '^New value = 1 '
  expect '^the DMA engine accessed'
  expect '^\$2 = 66 '
  expect '^channel 0 in: working, peripheral SPI2'
  expect '^  > 0x3fc[0-9a-f]*: DMA.s, size 4095'
  expect '^GPIO5 low'
  expect ' instructions, '
  ended 0
}

test_interrupt_and_detach() {
  # Long enough for half a second of real time to fall into it on any computer.
  start --for 60s
  debug <<'END'
python
import os, signal, threading
threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
end
continue
print "interrupted"
monitor dma
detach
END
  expect 'SIGINT'
  expect '^\$1 = "interrupted"'
  ended 0
  grep -q '^Received' "$work/text" || fail 'the program did not go on when GDB had left'
}

# counters FILE: what the run counted.
counters() {
  grep -E '"(instructions|cycles|asleep_ps|interrupts|register_loads|register_stores|bytes_in|bytes_out|simulated_ps)"' "$1"
}

test_same_run() {
  start --for 2.8s --json "$work/debugged.json"
  debug <<'END'
tbreak main
continue
stepi 100
next
next
next
tbreak ferry::dma::Channel::configure
continue
finish
break ferry::spi::detail::DmaPort::is_done
continue
stepi 100
continue
continue
delete
monitor time
detach
END
  ended 0
  "$ferry" run "$dma" "${wire[@]}" --no-wall --for 2.8s --json "$work/free.json" >/dev/null 2>&1
  diff <(counters "$work/free.json") <(counters "$work/debugged.json") || fail 'the debugger changed the run'
  [[ -n $(counters "$work/free.json") ]] || fail 'there are no counters'
}

test_ports() {
  start --for 1s
  local status=0
  "$ferry" run "$dma" --gdb="$port" >"$work/second" 2>&1 || status=$?
  [[ $status -eq 2 && $(wc -l <"$work/second") -eq 1 ]] || fail "a port in use: status $status, $(<"$work/second")"
  status=0
  "$ferry" run "$dma" --gdb=65536 >"$work/second" 2>&1 || status=$?
  [[ $status -eq 2 && $(wc -l <"$work/second") -eq 1 ]] || fail "no port: status $status, $(<"$work/second")"
  debug <<<'kill'
  ended 0
}

# What DMA watch finds stops the program right behind the instruction that the report names.
test_finding() {
  firmware=$race
  start --for 1s --watch=stop
  debug <<'END'
continue
printf "behind 0x%08x\n", $pc - 4
x/i $pc - 4
backtrace 4
kill
END
  expect '^dma watch: tx-write: '
  local place
  place=$(sed -n 's/^    in .* (\(0x[0-9a-f]*\))$/\1/p' "$work/gdb" | head -1)
  [[ -n $place ]] || fail 'the report names no place'
  expect "^behind $place$"
  expect "$place <.*>:.sb"
  expect '^#[0-9]+ .* at .*/race.cpp:'
  ended 66
}

# setting FILE KEY...: a value of one of Visual Studio Code's files, which are JSON with comments.
setting() {
  python3 -c '
import json, re, sys
value = json.loads(re.sub(r"(?m)^\s*//.*$", "", open(sys.argv[1]).read()))
for key in sys.argv[2:]:
    value = value[int(key) if key.isdigit() else key]
print(value)' "$source/.vscode/$1" "${@:2}"
}

# What .vscode/launch.json says, done as the extension does it: GDB's machine interface, the program, the address.
test_launch() {
  command -v python3 >/dev/null || { echo 'python3 is not installed' && exit 77; }
  local address program debugger command
  address=$(setting launch.json configurations 0 miDebuggerServerAddress)
  program=$(setting launch.json configurations 0 program)
  debugger=$(setting launch.json configurations 0 miDebuggerPath)
  command=$(setting tasks.json tasks 0 command)
  [[ $(setting launch.json configurations 0 preLaunchTask) == "$(setting tasks.json tasks 0 label)" ]] ||
    fail 'the task before the launch is not there'
  # The folder of the build is the preset's; here it may be that of another compiler.
  [[ $program == '${workspaceFolder}/build/firmware/intro/dma/dma.elf' ]] || fail "no such program: $program"
  [[ $command == "./run dma --gdb=${address#localhost:}" ]] || fail "\"$command\" does not wait at $address"
  grep -q '^dma ' <<<"$("$source/run" --list)" || fail 'there is no program dma'
  start --for 1s
  grep -qE "$(setting tasks.json tasks 0 problemMatcher background endsPattern)" "$work/notes" ||
    fail 'the task does not notice that the board waits'
  printf '%s\n' "-file-exec-and-symbols $dma" "-target-select remote localhost:$port" '-break-insert main' \
    '-exec-continue' '-stack-info-frame' '-interpreter-exec console kill' '-gdb-exit' |
    timeout 60 "$debugger" --nx --quiet --interpreter=mi >"$work/gdb" 2>&1 || fail "$debugger: $(<"$work/gdb")"
  expect '^\^connected'
  expect 'reason="breakpoint-hit".*func="main'
  ended 0
}

"test_$case_name"

# shellcheck shell=bash disable=SC2034,SC2154
# What ./run and ./test share: the set-up and quiet builds. Sourced after `set -euo pipefail`, with
# ferry_root naming the repository, ferry_command the command as the user knows it, and ferry_tests (ON or OFF)
# saying whether a build is to have the tests.

# Each entry is there for a reason; what these depend on (libstdc++ headers, binutils) is apt's business.
ferry_run_packages=(
  cmake ninja-build                                # the build
  clang-19                                         # both compilers in one: the board's and the firmware's
  libcli11-dev nlohmann-json3-dev libpng-dev       # the board: command line, diagram.json, pictures of displays
  libgcrypt20-dev libdw-dev                        # the board: hashes of images, lines of a program
  libxbyak-dev                                     # the board: translates hot code on x86-64
  lld-19 libc++-19-dev                             # the firmware: linker, C++ headers
  gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf  # the firmware: libgcc, C library
)
ferry_test_packages=(
  g++                                  # the board with GCC; the firmware's GCC comes with the packages above
  libgtest-dev libgmock-dev            # host tests
  librapidcheck-dev                    # random operations
  libclang-rt-19-dev                   # AddressSanitizer, UndefinedBehaviorSanitizer
  llvm-19                              # llvm-objdump, llvm-size: what is in an image
  qemu-system-misc                     # the CPU core is compared with QEMU's
  sigrok-cli                           # decodes the recorded waveforms
  gdb-multiarch                        # debugs the exercise on the board
  chromium chromium-driver             # looks at the report
  clang-format-19 clang-tidy-19 shellcheck
  python3
)
ferry_docs_packages=(doxygen)

ferry_stop() {
  printf '%s: %s\n' "$ferry_command" "$1" >&2
  exit "${2:-1}"
}

# Prints those of the named packages that are not installed, one a line.
ferry_missing_packages() {
  local installed
  # dpkg-query fails when it knows one of the names not at all; that is an answer here, not an error.
  installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
  local package
  for package in "$@"; do
    case $'\n'"$installed"$'\n' in
      *$'\ninstalled '"$package"$'\n'*) ;;
      *) printf '%s\n' "$package" ;;
    esac
  done
}

# Installs what is missing of the named packages, and nothing else. Silent when nothing is missing.
# FERRY_SKIP_SETUP=1 leaves all this to the user, for systems without apt.
ferry_install_packages() {
  [[ -z "${FERRY_SKIP_SETUP:-}" ]] || return 0
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    ferry_stop "this system has no apt to install packages with; install what Debian calls $* and set FERRY_SKIP_SETUP=1."
  fi
  local missing
  mapfile -t missing < <(ferry_missing_packages "$@")
  [[ ${#missing[@]} -gt 0 ]] || return 0

  local as_root=()
  if [[ $(id -u) -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
      ferry_stop "installing ${missing[*]} needs root, and there is no sudo; run this as root once, or install them yourself."
    fi
    as_root=(sudo)
    # Without a terminal sudo has nobody to ask for a password.
    if [[ ! -t 0 ]]; then
      as_root=(sudo -n)
      if ! sudo -n true 2>/dev/null; then
        ferry_stop "installing ${missing[*]} needs sudo, which wants a password and has no terminal to ask on."
      fi
    elif ! sudo -v; then
      ferry_stop "installing ${missing[*]} needs sudo, and sudo did not let you."
    fi
  fi

  printf 'Installing from Debian: %s\n' "${missing[*]}"
  local log
  log=$(mktemp)
  # A failing update may concern a source that is not needed, so only the installation decides.
  # The lock belongs to whoever else is installing; they finish.
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600)
  "${apt[@]}" update >"$log" 2>&1 </dev/null || true
  if ! "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1 </dev/null; then
    local reason unreachable='Could not resolve|failure resolving|Could not connect|Network is unreachable'
    unreachable+='|Cannot initiate the connection|Connection (timed out|failed|refused)'
    # The last error is about the installation; those before may be about one source among many.
    reason=$(grep '^E: ' "$log" | tail -n 1 || true)
    # Without a network apt fails to fetch or, on a machine that never fetched a list, knows no package.
    if [[ $reason =~ 'fetch'|'Unable to locate'|'no installation candidate' ]] && grep -qE "$unreachable" "$log"; then
      ferry_stop "cannot install ${missing[*]}: Debian's archive cannot be reached from here (apt's output is in $log)."
    fi
    ferry_stop "cannot install ${missing[*]}: apt-get said \"${reason#E: }\" (all of its output is in $log)."
  fi
  rm -f "$log"
  mapfile -t missing < <(ferry_missing_packages "$@")
  if [[ ${#missing[@]} -gt 0 ]]; then
    ferry_stop "apt-get reported success, yet these packages are not installed: ${missing[*]}."
  fi
}

# Runs a command without a word; when it fails, shows what it said and returns its status.
ferry_quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 || status=$?
  [[ $status -eq 0 ]] || cat "$log" >&2
  rm -f "$log"
  return "$status"
}

# Configures the preset unless that was done before: ninja itself sees changed CMake files and new sources.
# What it does not see are values that CMake remembers: presets, the toolchain's flags, the repository's place.
# Tests are configured when ferry_tests is ON; for ./run a folder with and one without them are as good.
ferry_configure() {
  local preset=$1 directory="$ferry_root/build/$1" input fresh=false
  local cache="$directory/CMakeCache.txt"
  [[ -f "$directory/build.ninja" ]] && grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$ferry_root" "$cache" || fresh=true
  if [[ $ferry_tests == ON ]]; then
    grep -qsx 'FERRY_TESTS:BOOL=ON' "$cache" || fresh=true
  fi
  for input in "$ferry_root"/CMakePresets.json "$ferry_root"/cmake/toolchains/*; do
    [[ ! $input -nt $cache ]] || fresh=true
  done
  $fresh || return 0
  # cmake finds a preset in the source folder only from within it.
  (cd "$ferry_root" && cmake --fresh --preset "$preset" -DFERRY_TESTS="$ferry_tests")
}

# Everything is built below build/, which may have been made by somebody else.
ferry_require_build_folder() {
  local place
  mkdir -p "$ferry_root/build" 2>/dev/null || true
  for place in "$ferry_root"/build "$ferry_root"/build/.lock "$ferry_root"/build/*; do
    if [[ -e $place || $place == */build ]] && [[ ! -w $place ]]; then
      ferry_stop "cannot write to $place; make it yours, or clone the repository to a place of your own."
    fi
  done
}

# ferry_build PRESET [TARGET...]: configures if need be and builds. One build at a time per repository: a second
# ./run waits for the first. Joined by && because its callers ask for its status, which turns `set -e` off.
ferry_build() {
  local preset=$1
  shift
  (
    mkdir -p "$ferry_root/build" &&
      exec 9>"$ferry_root/build/.lock" &&
      flock 9 &&
      ferry_configure "$preset" &&
      ninja -C "$ferry_root/build/$preset" "$@"
  )
}

# What both firmware compilers share: the target, the C library, and the tools a build cannot do without.
# A toolchain file is read several times per configure, also in the small trial projects CMake makes, so
# everything in here must be cheap and must give the same answer each time.

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv32)
# A trial program would need our linker script to link; a library shows as well that the compiler works.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

# Stops with one sentence; the package is what a reader can act on, the path only what was looked for.
macro(ferry_require_tool variable program package)
  find_program(${variable} ${program})
  if(NOT ${variable})
    message(FATAL_ERROR "Ferry's firmware build needs ${program}: install the Debian package ${package} (or let ./run do it).")
  endif()
endmacro()
macro(ferry_require_file path package)
  if(NOT EXISTS "${path}")
    message(FATAL_ERROR "Ferry's firmware build needs ${path}: install the Debian package ${package} (or let ./run do it).")
  endif()
endmacro()

get_filename_component(ferry_shims "${CMAKE_CURRENT_LIST_DIR}/../shims" ABSOLUTE)

# The libraries are taken from the rv32im multilib on purpose. The C3 has no A extension, and the rv32imac
# build of the same libraries uses it: fgetc, ungetc and fseek in libc, __sync_*_1/_2 in libgcc would trap.
set(ferry_picolibc /usr/lib/picolibc/riscv64-unknown-elf)
ferry_require_tool(FERRY_RISCV_GCC riscv64-unknown-elf-gcc gcc-riscv64-unknown-elf)
ferry_require_tool(FERRY_RISCV_AS riscv64-unknown-elf-as binutils-riscv64-unknown-elf)
ferry_require_file("${ferry_picolibc}/lib/rv32im/ilp32/libc.a" picolibc-riscv64-unknown-elf)
execute_process(
  COMMAND "${FERRY_RISCV_GCC}" -march=rv32im -mabi=ilp32 -print-libgcc-file-name
  OUTPUT_VARIABLE ferry_libgcc
  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
ferry_require_file("${ferry_libgcc}" gcc-riscv64-unknown-elf)

# picolibc's math functions are in libc.a; its libm.a holds a 64-bit object that lld refuses, so no -lm.
set(CMAKE_CXX_STANDARD_LIBRARIES
    "-Wl,--start-group ${ferry_picolibc}/lib/rv32im/ilp32/libc.a ${ferry_libgcc} -Wl,--end-group")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-nostdlib -static -Wl,--gc-sections")

# -mstrict-align: documents disagree on what the C3 does with a misaligned access, and on the instruction bus
# and in peripherals only aligned words work in any reading.
# No unwind tables: nothing unwinds.
string(CONCAT ferry_common_flags
  "-mabi=ilp32 -mstrict-align -ffunction-sections -fdata-sections"
  " -fno-unwind-tables -fno-asynchronous-unwind-tables")
set(ferry_cxx_flags "-fno-exceptions -fno-rtti -fno-threadsafe-statics")

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)

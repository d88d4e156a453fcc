# ESP32-C3 firmware with riscv64-unknown-elf-gcc 12: a second opinion on the same sources. Debian builds this
# compiler without libstdc++, so the headers are those of the host's libstdc++-12 with a few replaced by
# cmake/shims/libstdcxx. Misuse of moved-from objects is not found here at compile time; it traps at run time.

include("${CMAKE_CURRENT_LIST_DIR}/riscv_common.cmake")

set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_CXX_COMPILER riscv64-unknown-elf-g++)
set(CMAKE_ASM_COMPILER riscv64-unknown-elf-gcc)

ferry_require_file(/usr/include/c++/12/expected libstdc++-12-dev)
# The half of the headers that depends on the host's architecture has the architecture in its path.
file(GLOB ferry_libstdcxx_config_dir /usr/include/*-linux-gnu/c++/12)
list(POP_FRONT ferry_libstdcxx_config_dir ferry_libstdcxx_config)
ferry_require_file("${ferry_libstdcxx_config}/bits/c++config.h" libstdc++-12-dev)

# -misa-spec=2.2 counts CSR instructions and fence.i to the base set. Named as extensions (zicsr, zifencei)
# they make this GCC miss the rv32im multilib and link 64-bit libraries.
set(ferry_arch "-march=rv32imc -misa-spec=2.2 ${ferry_common_flags}")
# Not --specs=picolibc.specs: it puts the C headers before libstdc++'s, whose #include_next then finds none.
string(CONCAT ferry_gcc_cxx_flags
  "${ferry_arch} ${ferry_cxx_flags}"
  " -nostdinc++ -isystem ${ferry_shims}/libstdcxx -isystem /usr/include/c++/12"
  " -isystem ${ferry_libstdcxx_config} -isystem ${ferry_picolibc}/include")
set(CMAKE_ASM_FLAGS_INIT "${ferry_arch}")
set(CMAKE_C_FLAGS_INIT "${ferry_arch} -isystem ${ferry_picolibc}/include")
set(CMAKE_CXX_FLAGS_INIT "${ferry_gcc_cxx_flags}")
# A RAM image has code and data in one memory; GNU ld warns of that although it is meant.
string(APPEND CMAKE_EXE_LINKER_FLAGS_INIT " -Wl,--no-warn-rwx-segments")

set(CMAKE_CXX_FLAGS_MINSIZEREL "-Os -g -DNDEBUG" CACHE STRING "Flags of a MinSizeRel build")
set(CMAKE_ASM_FLAGS_MINSIZEREL "-g" CACHE STRING "Flags of a MinSizeRel build")

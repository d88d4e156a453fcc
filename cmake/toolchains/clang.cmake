# ESP32-C3 firmware with clang-19, lld-19, libc++-19's headers, picolibc and libgcc. This is the build to
# use: only Clang follows a moved-from driver or buffer at compile time (-Wconsumed).

include("${CMAKE_CURRENT_LIST_DIR}/riscv_common.cmake")

ferry_require_tool(FERRY_CLANG clang++-19 clang-19)
ferry_require_tool(FERRY_LLD ld.lld-19 lld-19)
ferry_require_tool(FERRY_RISCV_AR riscv64-unknown-elf-ar binutils-riscv64-unknown-elf)
ferry_require_tool(FERRY_RISCV_RANLIB riscv64-unknown-elf-ranlib binutils-riscv64-unknown-elf)
ferry_require_file(/usr/lib/llvm-19/include/c++/v1/expected libc++-19-dev)

set(CMAKE_C_COMPILER clang-19)
set(CMAKE_CXX_COMPILER clang++-19)
set(CMAKE_ASM_COMPILER clang-19)
foreach(language C CXX ASM)
  set(CMAKE_${language}_COMPILER_TARGET riscv32-unknown-elf)
endforeach()

# The archiver that comes with libgcc's package, so that building does not need the llvm tools.
set(CMAKE_AR "${FERRY_RISCV_AR}" CACHE FILEPATH "Archiver")
set(CMAKE_RANLIB "${FERRY_RISCV_RANLIB}" CACHE FILEPATH "Archive indexer")

set(ferry_arch "-march=rv32imc_zicsr_zifencei ${ferry_common_flags}")
# forced-atomics: aligned loads and stores up to a word are atomic here, so std::atomic may use plain lw and
# sw for them; without the flag each is a library call. Read-modify-write still calls __sync_*, which
# hal/src/support/atomics.cpp provides.
# A static object's destructor never runs in firmware; not registering it saves __cxa_atexit.
string(CONCAT ferry_clang_cxx_flags
  "${ferry_arch} ${ferry_cxx_flags} -fno-c++-static-destructors"
  " -Xclang -target-feature -Xclang +forced-atomics"
  " -nostdinc++ -isystem ${ferry_shims}/libcxx -isystem /usr/lib/llvm-19/include/c++/v1"
  " -isystem ${ferry_picolibc}/include"
  " -Wconsumed -Werror=consumed")
set(CMAKE_ASM_FLAGS_INIT "${ferry_arch}")
set(CMAKE_C_FLAGS_INIT "${ferry_arch} -isystem ${ferry_picolibc}/include")
set(CMAKE_CXX_FLAGS_INIT "${ferry_clang_cxx_flags}")
string(APPEND CMAKE_EXE_LINKER_FLAGS_INIT " --ld-path=${FERRY_LLD}")

# The variables themselves, as CMake would append its own -Os to an _INIT value.
# Debug information costs nothing in the image and lets the board name function and line.
set(CMAKE_CXX_FLAGS_MINSIZEREL "-Oz -g -DNDEBUG" CACHE STRING "Flags of a MinSizeRel build")
set(CMAKE_ASM_FLAGS_MINSIZEREL "-g" CACHE STRING "Flags of a MinSizeRel build")

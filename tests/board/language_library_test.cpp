// Which files are a language's own library, by their paths as compilers write them.
#include "board/record/language_library.hpp"

#include <gtest/gtest.h>

namespace ferry::board {
namespace {

TEST(LanguageLibrary, IsWhatComesWithTheCompiler) {
  for (const char* const path : {
           "/usr/lib/llvm-19/include/c++/v1/__algorithm/fill_n.h",
           "/opt/esp/tools/riscv32-esp-elf/riscv32-esp-elf/include/c++/14.2.0/bits/stl_algobase.h",
           "/usr/lib/llvm-19/lib/clang/19/include/stdint.h",
           "/usr/lib/gcc/riscv64-unknown-elf/12.2.0/include/stdatomic.h",
           "/builds/idf/crosstool-NG/.build/src/newlib/newlib/libc/string/memset.c",
           "/rustc/59807616e1fa/library/core/src/ptr/mod.rs",
           "/rustc/59807616e1fa\\library\\core\\src\\ptr\\mod.rs",
           "/opt/rust/.rustup/toolchains/nightly/lib/rustlib/src/rust/library/alloc/src/vec/mod.rs",
           "/opt/rust/.cargo/registry/src/index.crates.io-1949cf/compiler_builtins-0.1.160/src/mem/mod.rs",
           "/opt/rust/.cargo/registry/src/index.crates.io-1949cf/vcell-0.1.3/src/lib.rs",
           "C:\\rust\\.cargo\\registry\\src\\index.crates.io-1949cf\\esp32c3-0.31.0\\src\\generic.rs",
       })
    EXPECT_TRUE(is_language_library(path)) << path;
}

TEST(LanguageLibrary, IsNoDriverAndNoPartOfTheProgram) {
  for (const char* const path : {
           "",
           "main.c",
           "../drivers/include/lcd.h",
           "src/bin/bad.rs",
           "src\\bin\\bad.rs",
           "/opt/me/library/core/src/lcd.c",
           "/opt/me/project/src/generic.rs",
           "/opt/me/vcell-test/src/main.rs",
           "/opt/esp/idf/components/esp_lcd/src/esp_lcd_panel_ops.c",
           "/opt/rust/.cargo/registry/src/index.crates.io-1949cf/esp-hal-1.0.0/src/dma/gdma.rs",
       })
    EXPECT_FALSE(is_language_library(path)) << path;
}

}  // namespace
}  // namespace ferry::board

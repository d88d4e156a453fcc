// Which source files belong to a language's own library, and not to a program.
#pragma once

#include <string_view>

namespace ferry::board {

// Whether a file, by its path as DWARF has it, is part of the library of C, C++ or Rust, a compiler's own
// header, or the few functions that stand for one access to a register in all Rust of this chip (vcell, and
// what svd2rust makes). One line of them does the work of many callers. Vendors' code, drivers and crates are
// parts of the program.
bool is_language_library(std::string_view path);

}  // namespace ferry::board

// The names in an ELF file.
#pragma once

#include "board/image/elf_reader.hpp"
#include "board/image/image.hpp"

#include <vector>

namespace ferry::board {

// Functions and variables, in order of address. Names are a convenience: where the symbol table is absent or
// makes no sense there are none, and that is no error.
std::vector<Symbol> read_symbols(const ElfReader& file, const Elf32_Ehdr& header);

}  // namespace ferry::board

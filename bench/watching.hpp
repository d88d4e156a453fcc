// What it costs to be ready to look, while there is nothing to see.
#pragma once

#include <filesystem>
#include <string>

namespace ferry::bench {

// Programs that use no DMA, with nothing attached, with a line of memory watched that nobody touches, and
// with DMA watch attached. `processor` is bench-cpu-board.elf, `waiting` bench-waiting.elf. Markdown. Throws
// Failure.
std::string watching_table(const std::filesystem::path& processor, const std::filesystem::path& waiting);

}  // namespace ferry::bench

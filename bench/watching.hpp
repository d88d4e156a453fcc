// What it costs to be ready to look, while there is nothing to see.
#pragma once

#include <filesystem>
#include <string>

namespace ferry::bench {

// Programs that use no DMA, with nothing attached, with a line of memory watched that nobody touches, and
// with DMA watch attached. `processor` is bench-cpu-board.elf, `waiting` bench-waiting.elf. `self` is this
// program, which measures some of them at a time: see below. Markdown. Throws Failure.
std::string watching_table(const std::filesystem::path& self, const std::filesystem::path& processor,
                           const std::filesystem::path& waiting);

// The same of one program, by its number, and of three boards, the how manieth, that are alone in the
// process: three times, in seconds of the CPU.
std::string watching_trio(const std::filesystem::path& processor, const std::filesystem::path& waiting,
                          unsigned program, unsigned trio);

}  // namespace ferry::bench

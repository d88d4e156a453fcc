// What it costs to look on: the exercise with nothing attached, and with what `ferry run` can record.
#pragma once

#include <filesystem>
#include <string>

namespace ferry::bench {

// Runs `ferry` with each of its recorders, a few times in turns: with the exercise, and of the programs in
// this folder with bench-asleep.elf, the exercise with a CPU that sleeps, and with DMA watch
// bench-on_stack.elf, bench-ring.elf, bench-stream.elf and bench-copies_*.elf. A second table has what the
// watch adds to each of the latter's copies. Markdown. Throws Failure.
std::string attached_table(const std::filesystem::path& ferry, const std::filesystem::path& exercise,
                           const std::filesystem::path& folder);

}  // namespace ferry::bench

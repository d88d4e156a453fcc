// What it costs to look on: the exercise with nothing attached, and with what `ferry run` can record.
#pragma once

#include <filesystem>
#include <string>

namespace ferry::bench {

// Runs `ferry` with each of its recorders, a few times in turns: with the exercise, with
// bench-asleep.elf, the same with a CPU that sleeps, with bench-on_stack.elf and with bench-ring.elf.
// Markdown. Throws Failure.
std::string attached_table(const std::filesystem::path& ferry, const std::filesystem::path& exercise,
                           const std::filesystem::path& asleep, const std::filesystem::path& on_stack,
                           const std::filesystem::path& ring);

}  // namespace ferry::bench

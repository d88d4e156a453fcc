// How fast this computer simulates a CPU that waits, by the way in which it does.
#pragma once

#include <filesystem>
#include <string>

namespace ferry::bench {

// bench-waiting.elf in each of its ways, with waiting skipped and executed, and bench-asleep.elf. Markdown.
// Throws Failure.
std::string waiting_table(const std::filesystem::path& waiting, const std::filesystem::path& asleep);

}  // namespace ferry::bench

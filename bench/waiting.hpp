// How fast this computer simulates a CPU that waits, by the way in which it does.
#pragma once

#include "bench/waiting_style.hpp"
#include "board/board.hpp"
#include "board/image/image.hpp"

#include <filesystem>
#include <string>

namespace ferry::bench {

// Has bench-waiting.elf, which was loaded from this image and has not begun, wait in this way.
void choose(board::Board& board, const board::Image& image, WaitingStyle style);

// bench-waiting.elf in each of its ways, with waiting skipped and executed, and bench-asleep.elf. Markdown.
// Throws Failure.
std::string waiting_table(const std::filesystem::path& waiting, const std::filesystem::path& asleep);

}  // namespace ferry::bench

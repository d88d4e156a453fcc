// What `monitor …` in GDB answers: the state of the board that GDB has no notion of.
#pragma once

#include "board/board.hpp"

#include <string>
#include <string_view>

namespace ferry::board::debug {

// Carries out one command and gives the text to show, which ends with a line feed.
std::string monitor(Board& board, std::string_view command);

}  // namespace ferry::board::debug

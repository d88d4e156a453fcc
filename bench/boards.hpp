// How long this computer takes to make a board, to keep its state and to put it back, and how much memory it
// needs.
#pragma once

#include <filesystem>
#include <string>

namespace ferry::bench {

// Boards with the exercise. Markdown. Throws Failure.
std::string boards_table(const std::filesystem::path& exercise);

}  // namespace ferry::bench

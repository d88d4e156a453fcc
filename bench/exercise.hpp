// How long this computer takes for the chip's seconds. Unlike the counts, that differs from run to run.
#pragma once

#include <filesystem>
#include <string>

namespace ferry::bench {

// Runs the exercise and its skeleton for two rounds of the exercise each, as ./run does, a few times in
// turns. Markdown. Throws Failure.
std::string exercise_table(const std::filesystem::path& exercise, const std::filesystem::path& skeleton);

}  // namespace ferry::bench

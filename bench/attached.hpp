// What it costs to look on: the exercise with nothing attached, and with what `ferry run` can record.
#pragma once

#include <filesystem>
#include <string>

namespace ferry::bench {

// Runs `ferry` with each of its recorders, a few times in turns. Markdown. Throws Failure.
std::string attached_table(const std::filesystem::path& ferry, const std::filesystem::path& exercise);

}  // namespace ferry::bench

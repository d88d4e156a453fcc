// Reading input files whole, with a limit, and with errors a user understands.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace ferry::board {

// The file's bytes, or why there are none ("No such file or directory", "it is a directory", "it is larger
// than 64 MiB"). Pipes can be read as well. `first_bytes` ends the reading early when the file begins with
// none of them: what was read by then is returned, and its parser says what is wrong with it.
std::expected<std::vector<std::byte>, std::string> read_file(const std::filesystem::path& path,
                                                             std::size_t limit,
                                                             std::span<const std::byte> first_bytes = {});

}  // namespace ferry::board

// A boot ROM's content from a file.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace ferry::board {

// An ELF file, of which the parts at the ROM's addresses count, or the 384 KiB themselves. An error is one
// line without a full stop.
std::expected<std::vector<std::byte>, std::string> parse_rom(std::span<const std::byte> file);

// parse_rom on a file's content.
std::expected<std::vector<std::byte>, std::string> load_rom(const std::filesystem::path& path);

}  // namespace ferry::board

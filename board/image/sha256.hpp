#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace ferry::board {

inline constexpr std::size_t sha256_size = 32;

std::array<std::byte, sha256_size> sha256(std::span<const std::byte> bytes);

}  // namespace ferry::board

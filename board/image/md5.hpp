// MD5 (RFC 1321) with its state in the open: the boot ROM's functions keep theirs in the program's memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ferry::board {

using Md5State = std::array<std::uint32_t, 4>;
inline constexpr Md5State md5_start{0x6745'2301, 0xEFCD'AB89, 0x98BA'DCFE, 0x1032'5476};
inline constexpr std::size_t md5_block_size = 64, md5_size = 16;

// Takes in one block of md5_block_size bytes.
void md5_block(Md5State& state, std::span<const std::byte> block);
std::array<std::byte, md5_size> md5_result(const Md5State& state);
// The sum of all of `bytes`.
std::array<std::byte, md5_size> md5(std::span<const std::byte> bytes);

}  // namespace ferry::board

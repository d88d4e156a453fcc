#include "board/image/md5.hpp"

#include "board/image/byte_order.hpp"

#include <algorithm>
#include <bit>
#include <vector>

namespace ferry::board {

namespace {

// RFC 1321, 3.4: the integer part of 2^32 times |sin(i)|, for i from 1.
constexpr std::array<std::uint32_t, 64> sines{
    0xD76A'A478, 0xE8C7'B756, 0x2420'70DB, 0xC1BD'CEEE, 0xF57C'0FAF, 0x4787'C62A, 0xA830'4613, 0xFD46'9501,
    0x6980'98D8, 0x8B44'F7AF, 0xFFFF'5BB1, 0x895C'D7BE, 0x6B90'1122, 0xFD98'7193, 0xA679'438E, 0x49B4'0821,
    0xF61E'2562, 0xC040'B340, 0x265E'5A51, 0xE9B6'C7AA, 0xD62F'105D, 0x0244'1453, 0xD8A1'E681, 0xE7D3'FBC8,
    0x21E1'CDE6, 0xC337'07D6, 0xF4D5'0D87, 0x455A'14ED, 0xA9E3'E905, 0xFCEF'A3F8, 0x676F'02D9, 0x8D2A'4C8A,
    0xFFFA'3942, 0x8771'F681, 0x6D9D'6122, 0xFDE5'380C, 0xA4BE'EA44, 0x4BDE'CFA9, 0xF6BB'4B60, 0xBEBF'BC70,
    0x289B'7EC6, 0xEAA1'27FA, 0xD4EF'3085, 0x0488'1D05, 0xD9D4'D039, 0xE6DB'99E5, 0x1FA2'7CF8, 0xC4AC'5665,
    0xF429'2244, 0x432A'FF97, 0xAB94'23A7, 0xFC93'A039, 0x655B'59C3, 0x8F0C'CC92, 0xFFEF'F47D, 0x8584'5DD1,
    0x6FA8'7E4F, 0xFE2C'E6E0, 0xA301'4314, 0x4E08'11A1, 0xF753'7E82, 0xBD3A'F235, 0x2AD7'D2BB, 0xEB86'D391};

constexpr std::array<std::array<int, 4>, 4> rotations{
    {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};

}  // namespace

void md5_block(Md5State& state, std::span<const std::byte> block) {
  auto [a, b, c, d] = state;
  for (unsigned step = 0; step < 64; ++step) {
    std::uint32_t mixed = 0;
    unsigned word = 0;
    switch (step / 16) {
      case 0:
        mixed = (b & c) | (~b & d), word = step;
        break;
      case 1:
        mixed = (d & b) | (~d & c), word = 5 * step + 1;
        break;
      case 2:
        mixed = b ^ c ^ d, word = 3 * step + 5;
        break;
      default:
        mixed = c ^ (b | ~d), word = 7 * step;
        break;
    }
    mixed += a + sines[step] + word_at(block, std::size_t{word % 16} * 4);
    a = d, d = c, c = b;
    b += std::rotl(mixed, rotations[step / 16][step % 4]);
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
}

std::array<std::byte, md5_size> md5_result(const Md5State& state) {
  std::array<std::byte, md5_size> bytes{};
  for (std::size_t index = 0; index < bytes.size(); ++index)
    bytes[index] = static_cast<std::byte>(state[index / 4] >> (8 * (index % 4)));
  return bytes;
}

std::array<std::byte, md5_size> md5(std::span<const std::byte> bytes) {
  Md5State state = md5_start;
  const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
  for (; bytes.size() >= md5_block_size; bytes = bytes.subspan(md5_block_size))
    md5_block(state, bytes.first(md5_block_size));
  std::vector<std::byte> rest(bytes.begin(), bytes.end());
  rest.push_back(std::byte{0x80});
  rest.resize(rest.size() <= md5_block_size - 8 ? md5_block_size - 8 : 2 * md5_block_size - 8);
  append_word(rest, static_cast<std::uint32_t>(bits));
  append_word(rest, static_cast<std::uint32_t>(bits >> 32));
  for (std::size_t start = 0; start < rest.size(); start += md5_block_size)
    md5_block(state, std::span(rest).subspan(start, md5_block_size));
  return md5_result(state);
}

}  // namespace ferry::board

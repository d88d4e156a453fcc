#include "board/devices/sha/compression.hpp"

#include <bit>
#include <cstddef>
#include <utility>

namespace ferry::board::sha {

namespace {

// The first 32 bits behind the point of the cube roots of the first 64 primes.
constexpr std::array<std::uint32_t, 64> round_constants{
    0x428A'2F98, 0x7137'4491, 0xB5C0'FBCF, 0xE9B5'DBA5, 0x3956'C25B, 0x59F1'11F1, 0x923F'82A4, 0xAB1C'5ED5,
    0xD807'AA98, 0x1283'5B01, 0x2431'85BE, 0x550C'7DC3, 0x72BE'5D74, 0x80DE'B1FE, 0x9BDC'06A7, 0xC19B'F174,
    0xE49B'69C1, 0xEFBE'4786, 0x0FC1'9DC6, 0x240C'A1CC, 0x2DE9'2C6F, 0x4A74'84AA, 0x5CB0'A9DC, 0x76F9'88DA,
    0x983E'5152, 0xA831'C66D, 0xB003'27C8, 0xBF59'7FC7, 0xC6E0'0BF3, 0xD5A7'9147, 0x06CA'6351, 0x1429'2967,
    0x27B7'0A85, 0x2E1B'2138, 0x4D2C'6DFC, 0x5338'0D13, 0x650A'7354, 0x766A'0ABB, 0x81C2'C92E, 0x9272'2C85,
    0xA2BF'E8A1, 0xA81A'664B, 0xC24B'8B70, 0xC76C'51A3, 0xD192'E819, 0xD699'0624, 0xF40E'3585, 0x106A'A070,
    0x19A4'C116, 0x1E37'6C08, 0x2748'774C, 0x34B0'BCB5, 0x391C'0CB3, 0x4ED8'AA4A, 0x5B9C'CA4F, 0x682E'6FF3,
    0x748F'82EE, 0x78A5'636F, 0x84C8'7814, 0x8CC7'0208, 0x90BE'FFFA, 0xA450'6CEB, 0xBEF9'A3F7, 0xC671'78F2};

State compress_sha1(const State& state, const Block& block) {
  std::array<std::uint32_t, 80> words{};
  for (std::size_t i = 0; i < words.size(); ++i)
    words[i] = i < block.size() ? block[i]
                                : std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  auto [a, b, c, d, e, unused0, unused1, unused2] = state;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto [mixed, constant] = [&]() -> std::pair<std::uint32_t, std::uint32_t> {
      if (i < 20) return {(b & c) | (~b & d), 0x5A82'7999};
      if (i < 40) return {b ^ c ^ d, 0x6ED9'EBA1};
      if (i < 60) return {(b & c) | (b & d) | (c & d), 0x8F1B'BCDC};
      return {b ^ c ^ d, 0xCA62'C1D6};
    }();
    const std::uint32_t next = std::rotl(a, 5) + mixed + e + constant + words[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  return {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e, unused0, unused1, unused2};
}

State compress_sha256(const State& state, const Block& block) {
  std::array<std::uint32_t, 64> words{};
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i < block.size()) {
      words[i] = block[i];
      continue;
    }
    const std::uint32_t early = words[i - 15], late = words[i - 2];
    words[i] = words[i - 16] + (std::rotr(early, 7) ^ std::rotr(early, 18) ^ early >> 3) + words[i - 7] +
               (std::rotr(late, 17) ^ std::rotr(late, 19) ^ late >> 10);
  }
  auto [a, b, c, d, e, f, g, h] = state;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint32_t first = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) +
                                ((e & f) ^ (~e & g)) + round_constants[i] + words[i];
    const std::uint32_t other =
        (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + other;
  }
  return {state[0] + a, state[1] + b, state[2] + c, state[3] + d,
          state[4] + e, state[5] + f, state[6] + g, state[7] + h};
}

}  // namespace

State initial_state(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::sha1:
      return {0x6745'2301, 0xEFCD'AB89, 0x98BA'DCFE, 0x1032'5476, 0xC3D2'E1F0, 0, 0, 0};
    case Algorithm::sha224:
      return {0xC105'9ED8, 0x367C'D507, 0x3070'DD17, 0xF70E'5939,
              0xFFC0'0B31, 0x6858'1511, 0x64F9'8FA7, 0xBEFA'4FA4};
    case Algorithm::sha256:
      break;
  }
  return {0x6A09'E667, 0xBB67'AE85, 0x3C6E'F372, 0xA54F'F53A,
          0x510E'527F, 0x9B05'688C, 0x1F83'D9AB, 0x5BE0'CD19};
}

State compress(Algorithm algorithm, const State& state, const Block& block) {
  return algorithm == Algorithm::sha1 ? compress_sha1(state, block) : compress_sha256(state, block);
}

}  // namespace ferry::board::sha

#include "board/image/sha256.hpp"

#include <gcrypt.h>

namespace ferry::board {

std::array<std::byte, sha256_size> sha256(std::span<const std::byte> bytes) {
  // The library wants to be asked for its version before anything else; asking again costs nothing.
  gcry_check_version(nullptr);
  std::array<std::byte, sha256_size> sum{};
  gcry_md_hash_buffer(GCRY_MD_SHA256, sum.data(), bytes.data(), bytes.size());
  return sum;
}

}  // namespace ferry::board

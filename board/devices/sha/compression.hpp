// What SHA-1 and SHA-256 do with one block (FIPS 180-4, 6.1.2 and 6.2.2): the hardware's state goes in and
// out between two blocks, which libraries for whole messages do not show.
#pragma once

#include <array>
#include <cstdint>

namespace ferry::board::sha {

// SHA-1 uses the first five words.
using State = std::array<std::uint32_t, 8>;
using Block =
    std::array<std::uint32_t, 16>;  // words as the standard numbers them: the first byte is the top one

enum class Algorithm : std::uint8_t { sha1 = 0, sha224 = 1, sha256 = 2 };

State initial_state(Algorithm algorithm);
State compress(Algorithm algorithm, const State& state, const Block& block);

}  // namespace ferry::board::sha

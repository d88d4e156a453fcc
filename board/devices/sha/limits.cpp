// What SHA leaves out.
#include "board/limits.hpp"

#include "board/devices/sha/sha.hpp"
#include "chip/esp32c3/registers/sha.hpp"

#include <array>

namespace ferry::board {

namespace reg = chip::sha;

std::span<const Limit> Sha::limits() const {
  static constexpr auto list = std::to_array<Limit>({

      approximated<reg::TString>("stored; for SHA-512/t, which this chip does not have"),
      approximated<reg::TLength>("stored; for SHA-512/t, which this chip does not have"),
      approximated<reg::Busy>("a block takes 0.5 µs"),
  });
  return list;
}

}  // namespace ferry::board

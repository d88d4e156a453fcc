// More is to come than finds a place.
#include "parts.hpp"

constexpr std::uint32_t frame = 60, checksum = 8;
void misuse(MasterDma& spi, SizedRx& rx) {
  // error: this length is larger than the buffer it is for
  auto read = std::move(spi).read(std::move(rx), frame + checksum);
}

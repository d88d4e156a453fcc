// Nothing comes out of a stream that only sends.
#include "parts.hpp"

std::uint32_t misuse(ferry::spi::Transmission& stream FERRY_BORROWS, std::span<std::byte> bytes) {
  // error(Clang): invalid reference to function 'pop'
  // error(GNU): no matching function for call to
  return stream.pop(bytes);
}

// A blocking operation may have failed.
#include "parts.hpp"

// error: ignoring return value of
void misuse(ferry::spi::Master& spi FERRY_BORROWS, std::span<const std::byte> bytes) { spi.write(bytes); }

// SPI2 has six chip select lines.
#include "parts.hpp"

// error-anywhere: SPI2 has the CS lines 0 to 5
auto misuse(ferry::spi::Master& spi FERRY_BORROWS, ferry::gpio::Gpio<5>& pin) {
  auto master = std::move(spi).with_cs<6>(std::move(pin));
  spi = std::move(master);
}

// What a driver does by the CPU it does not while a transfer has it.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto tx = make_tx();
  auto write = std::move(spi).write(std::move(tx));
  // error: 'write' on object 'spi' while it is in the 'consumed' state
  if (!spi.write(std::span<const std::byte>{})) work();
  // error: 'half_duplex_read' on object 'spi' while it is in the 'consumed' state
  if (!spi.half_duplex_read({.command = {0x05, 8}}, std::span<std::byte>{})) work();
  // error: 'select' on object 'spi' while it is in the 'consumed' state
  spi.select(ferry::spi::Cs::_1);
  if (!std::move(write).wait_into(spi, tx)) work();
}

// Data lines that no pin is routed to are not used in silence.
#include "check.hpp"
#include "ferry/ferry.hpp"

using namespace ferry;
using namespace ferry::literals;
using spi::Lines;

int main() {
  auto chip = take();
  auto spi = spi::Master{std::move(chip.spi2), {.frequency = 1_MHz}}.with_mosi(std::move(chip.gpio4));
  for (const Lines lines : {Lines::one_both_ways, Lines::two, Lines::four}) {
    std::byte byte[1];
    const auto read = spi.half_duplex_read({.data_lines = lines}, byte);
    FERRY_CHECK(!read && read.error() == spi::Error::line_not_routed);
    const bool sends = spi.half_duplex_write({.command = {1, 8, lines}}).has_value();
    FERRY_CHECK_EQUAL(sends, lines == Lines::one_both_ways);  // for which MOSI is enough
  }
  FERRY_CHECK(spi.half_duplex_write({.command = {1, 8}}).has_value());
  return check::result();
}

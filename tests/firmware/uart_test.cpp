// run: --send 2ms:hello --send 30ms:again
// expect-text: echo: hello
// Bytes in and out over UART0.
#include "check.hpp"
#include "ferry/ferry.hpp"

#include <array>
#include <cstddef>
#include <span>

using namespace ferry;
using namespace ferry::literals;

int main() {
  FERRY_CHECK(!uart::try_read().has_value());

  // The first byte of five takes until 2 ms, each 87 µs on the wire.
  std::array<std::byte, 5> received{};
  for (std::byte& byte : received) byte = uart::read().value_or(0_b);
  FERRY_CHECK(time::now() < Instant::from_ticks((4_ms).in_ticks()));
  print("echo: ");
  uart::write(received);
  print("\n");

  const Instant before = time::now();
  FERRY_CHECK(!uart::read(Deadline::after(1_ms)).has_value());
  FERRY_CHECK(time::now() - before >= 1_ms);
  FERRY_CHECK(time::now() - before < 1_ms + 10_us);

  // What comes while nobody reads waits in the FIFO.
  delay(50_ms);
  FERRY_CHECK(uart::try_read() == static_cast<std::byte>('a'));
  FERRY_CHECK(uart::try_read() == static_cast<std::byte>('g'));
  return check::result();
}

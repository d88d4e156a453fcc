// A buffer in a function's frame, among variables that the CPU works with while the bytes pass, and calls
// above it: where whoever looks at each byte of the buffer and at the stack pointer has the most to look at.
#include "bench/firmware/by_hand/spi_dma.hpp"
#include "chip/esp32c3/signals.hpp"
#include <ferry/ferry.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace {

using by_hand::Status;

std::array<by_hand::Descriptor, 1> rx_descriptors, tx_descriptors;
by_hand::DmaBus dma;

void set_up() {
  using namespace ferry::gpio::detail;
  namespace signal = ferry::chip::signal;
  route_output(0, signal::fspiclk);
  route_output(4, signal::fspid);
  route_output(5, signal::fspics0);
  dma.channel.rx.list.first = rx_descriptors.data();
  dma.channel.tx.list.first = tx_descriptors.data();
  dma.channel.rx.list.capacity = dma.channel.tx.list.capacity = 1;
  open_channel(dma.channel, 0, 0, false, ferry::chip::DmaPeripheral::spi2);
  const auto frequency = *ferry::spi::Frequency::at_run_time(ferry::Hertz{100'000});
  open_bus(dma.bus, {.clock = frequency.clock_register(),
                     .pll = frequency.source() == ferry::spi::ClockSource::pll80,
                     .hertz = frequency.actual().value,
                     .lsb_first = false,
                     .outputs = 0b01,
                     .inputs = 0b10});
}

[[gnu::noinline]] std::uint32_t fibonacci(std::uint32_t number) {
  asm volatile("" : "+r"(number));
  return number < 2 ? number : fibonacci(number - 1) + fibonacci(number - 2);
}

[[gnu::noinline]] Status send_and_work() {
  struct {
    volatile std::uint32_t before = 0;
    std::array<std::byte, 1000> bytes{};
    volatile std::uint32_t behind = 0;
  } frame;
  constexpr std::uint32_t length = sizeof frame.bytes;
  const by_hand::Buffer nothing{}, buffer{frame.bytes.data(), length, length};
  Status status = start(dma, nothing, 0, buffer, length);
  if (status != Status::ok) return status;
  while (!is_done(dma, status))
    for (int round = 0; round < 100; ++round) {
      frame.before = frame.before + 1;
      frame.behind = frame.behind + fibonacci(5);
    }
  return finish(dma).status;
}

}  // namespace

int main() {
  set_up();
  for (;;)
    if (send_and_work() != Status::ok) return 1;
}

// The same ways to transfer as in forms.cpp, on a register driver as one writes it by hand: what Ferry's
// types and its ownership cost is measured against this.
//
// The driver (by_hand/) has Ferry's duties: any channel, buffers of any length and place, two lengths that
// differ, longer than SPI can do at once, phases on one, two and four lines, translated where the compiler
// knows them, both bit orders, the same checks, a name for what went wrong, a bound to each wait. Of
// ownership it has a flag that refuses a second start. forms_least.cpp is what is left without these duties.
#include "bench/firmware/bench.hpp"
#include "bench/firmware/by_hand/spi_dma.hpp"
#include "chip/esp32c3/signals.hpp"
#include <ferry/ferry.hpp>

#include <algorithm>
#include <array>

volatile ferry::bench::Job job;

namespace {

using by_hand::Status;
using ferry::bench::Form;

constexpr std::uint32_t most = 64, descriptors = 8;
alignas(4) std::array<std::byte, most> rx_bytes, tx_bytes;
std::array<by_hand::Descriptor, descriptors> rx_descriptors, tx_descriptors;

by_hand::DmaBus dma;
const by_hand::Buffer rx{rx_bytes.data(), most, most}, tx{tx_bytes.data(), most, most};

// Not known before the program runs, as where in a flash chip something lies.
volatile std::uint32_t data_address = 0x123456;

[[gnu::always_inline]] inline by_hand::Phases phases(std::uint32_t address) {
  using by_hand::Lines;
  return {.command = 0x02,
          .dummy_cycles = 0,
          .command_bits = 8,
          .address_bits = 24,
          .command_lines = Lines::one,
          .address_lines = Lines::one,
          .data_lines = Lines::one,
          .address = address};
}

void set_up() {
  using namespace ferry::gpio::detail;
  namespace signal = ferry::chip::signal;
  route_output(0, signal::fspiclk);
  route_output(4, signal::fspid);
  route_input(2, signal::fspiq);
  route_output(5, signal::fspics0);
  dma.channel.rx.list.first = rx_descriptors.data();
  dma.channel.tx.list.first = tx_descriptors.data();
  dma.channel.rx.list.capacity = dma.channel.tx.list.capacity = descriptors;
  open_channel(dma.channel, 0, 0, false, ferry::chip::DmaPeripheral::spi2);
  const auto frequency = *ferry::spi::Frequency::at_run_time(ferry::Hertz{job.hertz});
  open_bus(dma.bus, {.clock = frequency.clock_register(),
                     .pll = frequency.source() == ferry::spi::ClockSource::pll80,
                     .hertz = frequency.actual().value,
                     .lsb_first = false,
                     .outputs = 0b01,
                     .inputs = 0b10});
}

std::uint32_t checked(Status status, std::uint32_t length) {
  return status == Status::ok ? ferry::bench::check(std::span{rx_bytes}.first(length)) : ferry::bench::failed;
}

// The end of a transfer that start() said this of, and what has come in.
[[gnu::always_inline]] inline by_hand::End end(Status status) {
  ferry::bench::meanwhile();
  const by_hand::End end = status == Status::ok ? finish(dma) : by_hand::End{status, 0};
  FERRY_MARK("back");
  return end;
}

std::uint32_t received(const by_hand::End& end, std::uint32_t length) {
  return end.received == length ? checked(end.status, length) : ferry::bench::failed;
}

std::uint32_t sent(Status status, std::uint32_t length) {
  return status == Status::ok ? length : ferry::bench::failed;
}

// Each form in a function of its own, as in forms.cpp.
std::uint32_t blocking(std::uint32_t length) {
  FERRY_MARK("call");
  FERRY_MARK("begin");
  const Status status = exchange(dma.bus, rx_bytes.data(), length, tx_bytes.data(), length);
  FERRY_MARK("back");
  return checked(status, length);
}

std::uint32_t full_duplex(std::uint32_t length) {
  FERRY_MARK("call");
  FERRY_MARK("begin");
  return received(end(start(dma, rx, length, tx, length)), length);
}

std::uint32_t prepared(std::uint32_t length) {
  FERRY_MARK("call");
  if (prepare(dma, rx, length, tx, length) != Status::ok) return ferry::bench::failed;
  if (start_prepared(dma) != Status::ok || finish(dma).status != Status::ok) return ferry::bench::failed;
  FERRY_MARK("begin");
  return received(end(start_prepared(dma)), length);
}

std::uint32_t half_duplex(std::uint32_t length) {
  const std::uint32_t address = data_address;
  FERRY_MARK("call");
  FERRY_MARK("begin");
  const Status status = write_behind(dma.bus, phases(address), tx_bytes.data(), length);
  FERRY_MARK("back");
  return sent(status, length);
}

std::uint32_t half_duplex_dma(std::uint32_t length) {
  const std::uint32_t address = data_address;
  FERRY_MARK("call");
  FERRY_MARK("begin");
  return sent(end(start_write_behind(dma, phases(address), tx, length)).status, length);
}

std::uint32_t half_duplex_prepared(std::uint32_t length) {
  FERRY_MARK("call");
  if (prepare_write_behind(dma, phases(data_address), tx, length) != Status::ok) return ferry::bench::failed;
  if (start_prepared(dma) != Status::ok || finish(dma).status != Status::ok) return ferry::bench::failed;
  FERRY_MARK("begin");
  return sent(end(start_prepared(dma)).status, length);
}

std::uint32_t transfer(Form form, std::uint32_t length) {
  switch (form) {
    case Form::blocking:
      return blocking(length);
    case Form::dma:
      return full_duplex(length);
    case Form::prepared:
      return prepared(length);
    case Form::half_duplex:
      return half_duplex(length);
    case Form::half_duplex_dma:
      return half_duplex_dma(length);
    case Form::half_duplex_prepared:
      return half_duplex_prepared(length);
  }
  return ferry::bench::failed;
}

}  // namespace

int main() {
  FERRY_MARK("boot");
  set_up();
  ferry::bench::fill(tx_bytes);

  for (;;) {
    FERRY_MARK("ready");
    const std::uint32_t length = job.length;
    rx_bytes.fill(std::byte{0});
    job.received = transfer(static_cast<Form>(job.form), length);
  }
}

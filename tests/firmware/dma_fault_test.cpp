// unwatched: it damages descriptors and turns clocks off
// What somebody does to GDMA behind a driver's back: each thing has its name, each wait its end, and the next
// copy is as good as any.
#include "check.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"
#include "spi_loopback.hpp"

#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;
using dma::Error;

namespace {

constexpr std::uint32_t channel_number = 1;

dma::Descriptor* list_at(std::uint32_t low_bits) {
  return reinterpret_cast<dma::Descriptor*>(0x3FC0'0000u + low_bits);
}
dma::Descriptor* rx_list() {
  return list_at(mmio::read(chip::dma::base, chip::dma::InLink::inlink_addr, channel_number));
}
dma::Descriptor* tx_list() {
  return list_at(mmio::read(chip::dma::base, chip::dma::OutLink::outlink_addr, channel_number));
}

void works(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
           dma::TxBuffer& from FERRY_BORROWS) {
  static std::uint32_t round = 0;
  ++round;
  from.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
  to.fill(0_b);
  const auto outcome = copier.copy_and_wait(to, from);
  if (!outcome) print("round {}: {}\n", round, outcome.error());
  FERRY_CHECK(outcome.has_value());
  FERRY_CHECK_EQUAL(to.with([&](std::span<std::byte> bytes) { return matching(bytes, round); }), to.size());
}

void fails(const dma::Outcome& outcome, Error error) {
  FERRY_CHECK(!outcome.has_value());
  if (!outcome) FERRY_CHECK_EQUAL(outcome.error(), error);
}

// A copy during which something is done; then it ends with this error, long before anybody loses patience.
template <class Deed>
void spoiled(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
             dma::TxBuffer& from FERRY_BORROWS, Error error, Deed deed) {
  works(copier, to, from);
  auto copy = std::move(copier).copy(std::move(to), std::move(from));
  deed();
  const Instant start = time::now();
  fails(std::move(copy).wait_into(copier, to, from, Deadline::after(5_ms)), error);
  FERRY_CHECK(time::now() - start < 7_ms);
  works(copier, to, from);
}

void set_clock(bool on) {
  mmio::modify(chip::system::base, chip::system::PeripClkEn1::dma_clk_en.run_time(on));
}
void set_reset(bool on) { mmio::modify(chip::system::base, chip::system::PeripRstEn1::dma_rst.run_time(on)); }

void run(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
         dma::TxBuffer& from FERRY_BORROWS) {
  using namespace chip::dma;
  // Stopped, either half, early and late.
  for (const Duration when : {1_us, 20_us, 100_us}) {
    spoiled(copier, to, from, Error::engine_stopped, [&] {
      delay(when);
      mmio::modify(base, OutLink::outlink_stop(1), channel_number);
    });
    spoiled(copier, to, from, Error::engine_stopped, [&] {
      delay(when);
      mmio::modify(base, InLink::inlink_stop(1), channel_number);
    });
  }
  // Reset half by half: nothing tells of it but that nothing goes on.
  spoiled(copier, to, from, Error::engine_stopped, [] {
    delay(20_us);
    mmio::modify(base, InConf0::in_rst(1), channel_number);
    mmio::modify(base, InConf0::in_rst(0), channel_number);
  });

  // All of GDMA: clock, reset, and a reset that is over when somebody looks.
  spoiled(copier, to, from, Error::clock_off, [] {
    delay(20_us);
    set_clock(false);
  });
  spoiled(copier, to, from, Error::in_reset, [] {
    delay(20_us);
    set_reset(true);
  });
  spoiled(copier, to, from, Error::in_reset, [] {
    delay(20_us);
    set_reset(true);
    set_reset(false);
  });
  // Before it starts.
  set_clock(false);
  fails(copier.copy_and_wait(to, from), Error::clock_off);
  works(copier, to, from);
  set_reset(true);
  fails(copier.copy_and_wait(to, from), Error::in_reset);
  works(copier, to, from);

  // The lists: a descriptor that the CPU owns, one that describes what GDMA does not reach, an early end.
  rx_list()[1].word0 &= ~dma::Descriptor::owner_bit;
  rx_list()[0].word0 |= dma::Descriptor::owner_bit;  // or it would be taken for closed, and given back
  fails(copier.copy_and_wait(to, from), Error::rx_descriptor_error);
  works(copier, to, from);
  tx_list()[1].word0 &= ~dma::Descriptor::owner_bit;
  fails(copier.copy_and_wait(to, from), Error::tx_descriptor_error);
  works(copier, to, from);
  rx_list()[1].buffer = 0x4038'0000;
  fails(copier.copy_and_wait(to, from), Error::rx_descriptor_error);
  works(copier, to, from);
  rx_list()[0].next = 0;
  fails(copier.copy_and_wait(to, from), Error::rx_list_too_short);
  FERRY_CHECK_EQUAL(to.received(), 4095u);
  works(copier, to, from);

  // What the program asked for keeps its name.
  auto copy = std::move(copier).copy(std::move(to), std::move(from));
  fails(std::move(copy).wait_into(copier, to, from, Deadline::after(20_us)), Error::timed_out);
  works(copier, to, from);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [to_memory, rx_descriptors, from_memory, tx_descriptors] = dma_buffers<30'000>();
  dma::RxBuffer to{std::move(to_memory)};
  dma::TxBuffer from{std::move(from_memory)};
  auto channel = std::move(dma.channel1);
  dma::Copier copier{std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)),
                     std::move(chip.sha)};
  run(copier, to, from);
  // Each error has a name and a sentence.
  for (std::uint8_t number = 1; number <= static_cast<std::uint8_t>(Error::in_reset); ++number) {
    FERRY_CHECK(name(static_cast<Error>(number)) != "unknown");
    FERRY_CHECK(explain(static_cast<Error>(number)).ends_with('.'));
  }
  return check::result();
}

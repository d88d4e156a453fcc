// run: --wire GPIO4:GPIO2
// unwatched: it turns clocks off under the driver
// SPI or GDMA does not answer: every wait ends, by name, and afterwards all works again.
#include "check.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "deeds.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"
#include "spi_loopback.hpp"

#include <cstdint>
#include <span>
#include <string_view>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;
using deed::in_words;

namespace {

void works(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
           dma::TxBuffer& tx FERRY_BORROWS, std::uint32_t round) {
  tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
  rx.fill(0_b);
  const auto outcome = std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx);
  if (!outcome) print("round {}: {}\n", round, outcome.error());
  FERRY_CHECK(outcome.has_value());
  FERRY_CHECK_EQUAL(rx.with([&](std::span<std::byte> bytes) { return matching(bytes, round); }), rx.size());
}

void blocking_without_bus_clock(spi::MasterDma& spi FERRY_BORROWS) {
  std::byte bytes[100];
  fill_pattern(bytes, 1);
  deed::stop_bus_clock();
  const Instant start = time::now();
  const auto result = spi.transfer_in_place(bytes);
  FERRY_CHECK(!result && result.error() == spi::Error::clock_off);
  FERRY_CHECK(time::now() - start < 50_ms);
  fill_pattern(bytes, 2);
  FERRY_CHECK(spi.transfer_in_place(bytes).has_value());
  FERRY_CHECK_EQUAL(matching(bytes, 2), 100u);
}

// A DMA transfer that cannot start.
void start_without_bus_clock(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                             dma::TxBuffer& tx FERRY_BORROWS) {
  deed::stop_bus_clock();
  const Instant start = time::now();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  FERRY_CHECK(transfer.is_done());
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx);
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::clock_off);
  FERRY_CHECK(time::now() - start < 50_ms);
}

// The clock stops in the middle of one: no deadline was given, and still it ends.
void bus_clock_stops(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                     dma::TxBuffer& tx FERRY_BORROWS) {
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  delay(1_ms);
  deed::stop_bus_clock();
  const Instant start = time::now();
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx);
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::clock_off);
  FERRY_CHECK(time::now() - start >= 20_ms);
  FERRY_CHECK(time::now() - start < 60_ms);
}

// SPI's clock gate is shut, or SPI is put into reset, before and in the middle of an operation. That is told
// by name, and undone.
void spi_is_taken_away(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                       dma::TxBuffer& tx FERRY_BORROWS, const deed::Deed& take_away) {
  const std::string_view expected = in_words(take_away.error);
  std::byte bytes[100]{};
  take_away();
  const auto blocking = spi.transfer_in_place(bytes);
  FERRY_CHECK_EQUAL(in_words(blocking), expected);
  FERRY_CHECK(spi.transfer_in_place(bytes).has_value());
  take_away();
  const auto half_duplex = spi.half_duplex_read({.command = {0x9F, 8}}, bytes);
  FERRY_CHECK_EQUAL(in_words(half_duplex), expected);

  take_away();
  const auto started = std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx);
  FERRY_CHECK_EQUAL(in_words(started), expected);
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  delay(1_ms);
  take_away();
  const Instant start = time::now();
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx);
  FERRY_CHECK_EQUAL(in_words(outcome), expected);
  FERRY_CHECK(time::now() - start < 60_ms);
}

// A reset that is over, between two operations or in the middle of one, whatever the next one writes to SPI's
// registers before it finds out.
template <class Operation>
void after_a_reset(Operation operation) {
  FERRY_CHECK_EQUAL(operation(), "ok");
  deed::reset_spi();
  FERRY_CHECK_EQUAL(operation(), "in_reset");
  FERRY_CHECK_EQUAL(operation(), "ok");
}

void spi_was_reset(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                   dma::TxBuffer& tx FERRY_BORROWS) {
  std::uint32_t length = 0;  // another one each time
  std::byte bytes[100]{};
  const auto part = [&] { return std::span{bytes}.first(++length); };
  constexpr spi::Phases phases{.command = {0x9F, 8}};
  after_a_reset([&] { return in_words(spi.write(part())); });
  after_a_reset([&] { return in_words(spi.transfer_in_place(part())); });
  after_a_reset([&] { return in_words(spi.half_duplex_read(phases, part())); });
  after_a_reset([&] { return in_words(spi.half_duplex_write(phases, {})); });
  after_a_reset([&] { return in_words(std::move(spi).write(std::move(tx), ++length).wait_into(spi, tx)); });
  after_a_reset([&] { return in_words(std::move(spi).read(std::move(rx), ++length).wait_into(spi, rx)); });
  after_a_reset([&] { return in_words(std::move(spi).read(std::move(rx), length).wait_into(spi, rx)); });
  after_a_reset([&] {
    ++length;
    return in_words(std::move(spi)
                        .transfer(std::move(rx), std::move(tx), {.rx_length = length, .tx_length = length})
                        .wait_into(spi, rx, tx));
  });
  after_a_reset([&] {
    return in_words(std::move(spi).half_duplex_read(phases, std::move(rx), ++length).wait_into(spi, rx));
  });
  after_a_reset([&] {
    return in_words(std::move(spi).half_duplex_write(phases, std::move(tx), 0).wait_into(spi, tx));
  });

  // Phases alone, which leave nothing to be told by but what was set up.
  auto phases_alone =
      std::move(spi).half_duplex_write({.command = {0, 16}, .dummy_cycles = 256}, std::move(tx), 0);
  delay(20_us);
  deed::reset_spi();
  FERRY_CHECK_EQUAL(in_words(std::move(phases_alone).wait_into(spi, tx)), "in_reset");
}

// The channel loses its peripheral: its bytes never come out.
void channel_is_disconnected(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                             dma::TxBuffer& tx FERRY_BORROWS) {
  using namespace chip::dma;
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  mmio::write(base, InPeriSel::peri_in_sel(0x3F));
  mmio::write(base, OutPeriSel::peri_out_sel(0x3F));
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx);
  FERRY_CHECK(!outcome.has_value());
  mmio::write(base, InPeriSel::peri_in_sel(0));
  mmio::write(base, OutPeriSel::peri_out_sel(0));
}

void dma_clock_is_off(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                      dma::TxBuffer& tx FERRY_BORROWS) {
  deed::stop_gdma();
  const Instant start = time::now();
  const auto outcome = std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx);
  FERRY_CHECK(!outcome.has_value());
  FERRY_CHECK(time::now() - start < 100_ms);
  mmio::modify(chip::system::base, chip::system::PeripClkEn1::dma_clk_en(1));
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<500>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      make_master(chip, {.frequency = 1_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  blocking_without_bus_clock(spi);
  works(spi, rx, tx, 3);
  start_without_bus_clock(spi, rx, tx);
  works(spi, rx, tx, 4);
  bus_clock_stops(spi, rx, tx);
  works(spi, rx, tx, 5);
  channel_is_disconnected(spi, rx, tx);
  works(spi, rx, tx, 6);
  dma_clock_is_off(spi, rx, tx);
  works(spi, rx, tx, 7);
  spi_is_taken_away(spi, rx, tx, deed::stop_spi);
  works(spi, rx, tx, 8);
  spi_is_taken_away(spi, rx, tx, deed::hold_spi_in_reset);
  works(spi, rx, tx, 9);
  spi_was_reset(spi, rx, tx);
  works(spi, rx, tx, 10);
  return check::result();
}

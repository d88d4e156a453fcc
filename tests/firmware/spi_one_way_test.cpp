// run: --wire GPIO4:GPIO2
// Transfers that own one buffer: write and read, full and half duplex. Every end gives back what it took.
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

void half_duplex_read(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS) {
  auto half = std::move(spi).half_duplex_read({.command = {0x9F, 8}}, std::move(rx), 4);
  const auto outcome = std::move(half).wait_into(spi, rx);
  FERRY_CHECK(outcome && outcome->length == 4);
  if (!outcome) print("{}\n", outcome.error());
  FERRY_CHECK_EQUAL(rx.with([](std::span<std::byte> bytes) { return leading(bytes.first(4), 0_b); }), 4u);
}

void write_alone(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                 dma::TxBuffer& tx FERRY_BORROWS) {
  auto write = std::move(spi).write(std::move(tx));
  rx.fill(0xEE_b);  // not part of it
  const auto written = std::move(write).wait_into(spi, tx);
  FERRY_CHECK(written.has_value());
}

// Of memory for both directions: what only sends brings nothing, and takes nothing away.
void sent_from_in_place(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS) {
  auto both = std::move(rx).as_in_place();
  FERRY_CHECK(std::move(spi).transfer_in_place(std::move(both), 100).wait_into(spi, both).has_value());
  FERRY_CHECK_EQUAL(both.received(), 100u);
  FERRY_CHECK(std::move(spi).write(std::move(both), 50).wait_into(spi, both).has_value());
  FERRY_CHECK_EQUAL(both.received(), 100u);
  const spi::Phases phases{.command = {0x9F, 8}};
  FERRY_CHECK(std::move(spi).half_duplex_write(phases, std::move(both), 40).wait_into(spi, both).has_value());
  FERRY_CHECK(!std::move(spi).write(std::move(both)).cancel_into(spi, both).has_value());
  FERRY_CHECK_EQUAL(both.received(), 100u);
  auto prepared = spi::prepare_write(std::move(spi), std::move(both), 30);
  FERRY_CHECK(std::move(prepared).start().wait_into(prepared).has_value());
  auto moved = std::move(prepared);
  FERRY_CHECK(std::move(moved).start().wait_into(moved).has_value());
  FERRY_CHECK_EQUAL(moved.received<0>(), 100u);
  std::move(moved).release_into(spi, both);
  auto behind = spi::prepare_half_duplex_write(std::move(spi), phases, std::move(both), 30);
  FERRY_CHECK(std::move(behind).start().wait_into(behind).has_value());
  FERRY_CHECK_EQUAL(behind.received<0>(), 100u);
  std::move(behind).release_into(spi, both);
  // What receives, tells; also that it was nothing.
  FERRY_CHECK(std::move(spi).read(std::move(both), 7).wait_into(spi, both).has_value());
  FERRY_CHECK_EQUAL(both.received(), 7u);
  FERRY_CHECK(std::move(spi).half_duplex_read(phases, std::move(both), 9).wait_into(spi, both).has_value());
  FERRY_CHECK_EQUAL(both.received(), 9u);
  FERRY_CHECK(std::move(spi).transfer_in_place(std::move(both), 0).wait_into(spi, both).has_value());
  FERRY_CHECK_EQUAL(both.received(), 0u);
  rx = std::move(both).as_receive();
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<5000>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      make_master(chip, {.frequency = 10_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  tx.with([](std::span<std::byte> bytes) { fill_pattern(bytes, 1); });
  write_alone(spi, rx, tx);

  auto read = std::move(spi).read(std::move(rx), 4);
  FERRY_CHECK_EQUAL(tx.size(), 5000u);  // nor is this
  const auto received = std::move(read).wait_into(spi, rx);
  FERRY_CHECK(received && received->length == 4);
  FERRY_CHECK_EQUAL(rx.with([](std::span<std::byte> bytes) { return leading(bytes.first(4), 0_b); }), 4u);
  FERRY_CHECK(rx[4] == 0xEE_b);

  half_duplex_read(spi, rx);
  sent_from_in_place(spi, rx);

  // Longer than memory: the wait's own bound is as long as it takes.
  tx.fill(0_b);
  auto endless = dma::loop(std::move(tx));
  spi.apply_config({.frequency = 40_MHz});
  const Instant start = time::now();
  FERRY_CHECK(std::move(spi).write(std::move(endless), 540'000).wait_into(spi, endless).has_value());
  const Duration taken = time::now() - start;
  FERRY_CHECK(taken >= 108_ms && taken < 109_ms);
  return check::result();
}

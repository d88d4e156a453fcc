// run: --wire GPIO4:GPIO2
// Running transfers and streams that go out of scope as members, which no compiler follows: each is ended,
// and its parts can be had again. So can those of what was prepared for transfers.
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstdint>
#include <optional>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

void transfers(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
               dma::TxBuffer& tx FERRY_BORROWS, Duration when) {
  tx.with([](std::span<std::byte> bytes) { fill_pattern(bytes, 5); });
  const Instant start = time::now();
  {
    std::optional<spi::Transfer> transfer;
    transfer.emplace(std::move(spi).transfer(std::move(rx), std::move(tx)));
    delay(when);
  }
  FERRY_CHECK(time::now() - start < when + 300_us);
  FERRY_CHECK(spi::Transfer::was_dropped() && !spi::Write::was_dropped());
  const auto outcome = spi::Transfer::recover_into(spi, rx, tx);
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::cancelled);
  FERRY_CHECK_EQUAL(rx.received(), received(outcome));
  FERRY_CHECK_EQUAL(rx.with_received([](std::span<const std::byte> bytes) { return matching(bytes, 5); }),
                    rx.received());
  rx.fill(0xEE_b);
  delay(500_us);
  FERRY_CHECK_EQUAL(rx.with([](std::span<std::byte> bytes) { return leading(bytes, 0xEE_b); }), rx.size());
  auto again = std::move(spi).transfer(std::move(rx), std::move(tx));
  FERRY_CHECK(std::move(again).wait_into(spi, rx, tx).has_value());
  FERRY_CHECK_EQUAL(rx.with([](std::span<std::byte> bytes) { return matching(bytes, 5); }), rx.size());
}

// What the analysis does not see although it is no member: a name for a temporary, and a parameter.
void parameter(spi::Write write) { static_cast<void>(write.is_done()); }

void seen_by_nobody(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  {
    [[maybe_unused]] auto&& write = std::move(spi).write(std::move(tx));
  }
  FERRY_CHECK(spi::Write::was_dropped());
  FERRY_CHECK(spi::Write::recover_into(spi, tx).error() == dma::Error::cancelled);
  parameter(std::move(spi).write(std::move(tx)));
  FERRY_CHECK(spi::Write::was_dropped());
  FERRY_CHECK(spi::Write::recover_into(spi, tx).error() == dma::Error::cancelled);
}

// What nothing runs with: prepared transfers, buffers with a list, several buffers as one.
void at_rest(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
             dma::TxBuffer& tx FERRY_BORROWS) {
  using Prepared = spi::PreparedOf<dma::RxBuffer, dma::TxBuffer>;
  FERRY_CHECK(!Prepared::was_dropped());
  {
    auto sample = spi::prepare(std::move(spi), std::move(rx), std::move(tx));
    auto running = std::move(sample).start();
    FERRY_CHECK(std::move(running).wait_into(sample).has_value());
    std::optional<Prepared> place;
    place.emplace(std::move(sample));
  }
  FERRY_CHECK(Prepared::was_dropped());
  Prepared::recover_into(spi, rx, tx);
  FERRY_CHECK_EQUAL(rx.received(), rx.size());
  FERRY_CHECK(!Prepared::was_dropped());

  using Frame = dma::Gather<dma::TxBuffer, dma::InPlaceBuffer>;
  auto both = std::move(rx).as_in_place();
  {
    const auto frame = dma::gather(std::move(tx), std::move(both));
  }
  FERRY_CHECK(Frame::was_dropped());
  Frame::recover_into(tx, both);
  {
    auto frame = dma::gather(std::move(tx), std::move(both));
    std::move(frame).release_into(tx, both);
  }
  FERRY_CHECK(!Frame::was_dropped());
  rx = std::move(both).as_receive();

  auto [unused, list] = dma_descriptors<1, 2>();
  {
    const auto command = dma::prepare(std::move(tx), std::move(list));
  }
  FERRY_CHECK(dma::Prepared<dma::TxBuffer>::was_dropped());
  dma::Prepared<dma::TxBuffer>::recover_into(tx, list);
  auto command = dma::prepare(std::move(tx), std::move(list));
  FERRY_CHECK(std::move(spi).write(std::move(command)).wait_into(spi, command).has_value());
  tx = std::move(command).release(list);
}

void streams(spi::MasterDma& spi FERRY_BORROWS) {
  auto rx = dma_rx_stream<3072, 3>();
  auto tx = dma_tx_stream<768, 3>();
  {
    std::optional<spi::Exchange> exchange;
    exchange.emplace(spi::stream(std::move(spi), std::move(rx), std::move(tx)));
    const std::array<std::byte, 300> bytes{};
    exchange->push(bytes);
    delay(1_ms);
  }
  FERRY_CHECK(spi::Exchange::recover_into(spi, rx, tx).has_value());
  FERRY_CHECK(!spi::Exchange::was_dropped());
  FERRY_CHECK_EQUAL(rx.available(), 256u);
  FERRY_CHECK_EQUAL(tx.room(), 768u);
}

void pipes(dma::Copier& copier FERRY_BORROWS) {
  auto to = dma_rx_stream<3072, 3>();
  auto from = dma_tx_stream<768, 3>();
  {
    std::optional<dma::Pipe> pipe;
    pipe.emplace(std::move(copier).pipe(std::move(to), std::move(from)));
  }
  FERRY_CHECK(dma::Pipe::was_dropped());
  FERRY_CHECK(dma::Pipe::recover_into(copier, to, from).has_value());
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<4000>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      make_master(chip, {.frequency = 5_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  for (const Duration when : {0_us, 10_us, 1_ms, 3_ms}) transfers(spi, rx, tx, when);
  seen_by_nobody(spi, tx);
  at_rest(spi, rx, tx);
  streams(spi);
  transfers(spi, rx, tx, 100_us);

  dma::ConfiguredChannel configured;
  [[maybe_unused]] auto master = std::move(spi).without_dma(configured);
  dma::Copier copier{std::move(configured), std::move(chip.uhci0)};
  pipes(copier);
  FERRY_CHECK(copier.copy_and_wait(rx, tx).has_value());
  return check::result();
}

// More bytes than 32 bits hold nanoseconds for: a source without an end, sent for half a megabyte and more.
// The time that a wait without a deadline allows grows with it. And a source of no bytes, which nothing can
// be made of.
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

// Of more bytes than an error can tell, it tells as many as it can: they have left for certain, too.
static_assert(dma::Failure{dma::Error::timed_out, 0x00FF'FFFF}.length == 0xFF'FFFF);
static_assert(dma::Failure{dma::Error::timed_out, 0x0100'0005}.length == 0xFF'FFFF);
static_assert(dma::Failure{dma::Error::timed_out, 0xFFFF'FFFF}.length == 0xFF'FFFF);

// Where nothing says how many bytes it is to be, a source that repeats itself is sent once. And less of a
// buffer than the transfer before used is less.
void once_or_not_at_all(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                        dma::Gather<dma::TxBuffer> source FERRY_TAKES_LIVE) {
  auto loop = dma::loop(std::move(source));
  const Instant start = time::now();
  FERRY_CHECK(std::move(spi).write(std::move(loop)).wait_into(spi, loop).has_value());
  FERRY_CHECK(time::now() - start > 400_us);
  source = std::move(loop).release();
  const auto beyond = [](const dma::Outcome& outcome) {
    return !outcome && outcome.error() == dma::Error::length_beyond_buffer;
  };
  FERRY_CHECK(std::move(spi).write(std::move(source), 1000).wait_into(spi, source).has_value());
  source.use<0>(0, 10);
  FERRY_CHECK(beyond(std::move(spi).write(std::move(source), 1000).wait_into(spi, source)));
  source.use<0>(0, 0);
  auto nothing = dma::loop(std::move(source));
  FERRY_CHECK(beyond(std::move(spi).transfer(std::move(rx), std::move(nothing)).wait_into(spi, rx, nothing)));
  FERRY_CHECK(std::move(spi).write(std::move(nothing)).wait_into(spi, nothing).has_value());
  source = std::move(nothing).release();
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<1000>();
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      make_master(chip, {.frequency = 20_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  auto loop = dma::loop(std::move(tx));
  for (const std::uint32_t length : std::to_array<std::uint32_t>({536'000, 537'000, 600'000})) {
    const auto outcome = std::move(spi).write(std::move(loop), length).wait_into(spi, loop);
    FERRY_CHECK(outcome.has_value());
  }
  dma::RxBuffer rx{std::move(rx_memory)};
  once_or_not_at_all(spi, rx, dma::gather(std::move(loop).release()));
  return check::result();
}

// run: --wire GPIO4:GPIO2
// A descriptor list that served one channel, inside dma::prepare(), and is another channel's now: whatever
// the first channel does, the list is no business of its any more.
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

constexpr std::uint32_t copied = 30'000;

// A copy by the channel that has the list now, during which `deed` is done by the one that had it.
template <class Deed>
void copies(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
            dma::TxBuffer& from FERRY_BORROWS, Deed deed) {
  static std::uint32_t round = 0;
  ++round;
  from.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
  to.fill(0_b);
  auto copy = std::move(copier).copy(std::move(to), std::move(from));
  deed();
  const auto outcome = std::move(copy).wait_into(copier, to, from);
  FERRY_CHECK(outcome.has_value());
  FERRY_CHECK_EQUAL(dma::received(outcome), copied);
  FERRY_CHECK_EQUAL(to.received(), copied);
  FERRY_CHECK_EQUAL(to.with([&](std::span<std::byte> bytes) { return matching(bytes, round); }), copied);
}

// GDMA gives the descriptors of one channel back, and looks at the owner of another one's: a list that both
// use by turns.
void written_back_and_not(dma::Copier& plain FERRY_BORROWS, dma::Copier& writing_back FERRY_BORROWS,
                          dma::RxBuffer& to FERRY_BORROWS, dma::TxBuffer& from FERRY_BORROWS,
                          dma::TxDescriptors list) {
  auto source = dma::prepare(std::move(from), std::move(list));
  std::uint32_t round = 30;
  for (const bool writes_back : {true, false, false, true, true, false}) {
    ++round;
    source.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
    dma::Copier& copier = writes_back ? writing_back : plain;
    const auto outcome = copier.copy_and_wait(to, source);
    FERRY_CHECK(outcome && outcome->length == copied);
    if (!outcome) print("{}\n", outcome.error());
    FERRY_CHECK_EQUAL(to.with([&](std::span<std::byte> bytes) { return matching(bytes, round); }), copied);
  }
  from = std::move(source).release(list);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [to_memory, to_list, from_memory, from_list] = dma_buffers<copied>();
  auto [rx_memory, rx_list, tx_memory, tx_list] = dma_buffers<1'000>();
  dma::RxBuffer to{std::move(to_memory)}, rx{std::move(rx_memory)};
  dma::TxBuffer from{std::move(from_memory)}, tx{std::move(tx_memory)};
  auto stream_memory = dma_tx_stream<1024, 4>();
  auto zero = std::move(dma.channel0);
  auto one = std::move(dma.channel1);
  auto spi = make_master(chip, {.frequency = 1_MHz})
                 .with_dma(std::move(zero).configure({}, std::move(rx_list), std::move(tx_list)));

  // Both lists serve channel 0 and come back, then they are channel 1's own.
  auto target = dma::prepare(std::move(rx), std::move(to_list));
  auto source = dma::prepare(std::move(tx), std::move(from_list));
  FERRY_CHECK(std::move(spi)
                  .transfer(std::move(target), std::move(source))
                  .wait_into(spi, target, source)
                  .has_value());
  rx = std::move(target).release(to_list);
  tx = std::move(source).release(from_list);
  dma::Copier copier{std::move(one).configure({}, std::move(to_list), std::move(from_list)),
                     std::move(chip.uhci0)};

  copies(copier, to, from, [&] {
    dma::ConfiguredChannel channel;
    auto master = std::move(spi).without_dma(channel);
    spi = std::move(master).with_dma(std::move(channel));
  });
  copies(copier, to, from, [&] {
    const auto outcome = std::move(spi).write(std::move(tx)).cancel_into(spi, tx);
    FERRY_CHECK(!outcome && outcome.error() == dma::Error::cancelled);
  });
  copies(copier, to, from, [&] {
    const auto outcome = std::move(spi).read(std::move(rx)).cancel_into(spi, rx);
    FERRY_CHECK(!outcome && outcome.error() == dma::Error::cancelled);
  });
  copies(copier, to, from, [&] {
    auto stream = spi::stream(std::move(spi), std::move(stream_memory));
    tx.with([&](std::span<std::byte> bytes) { (void)stream.push(bytes); });
    stream.flush();
    FERRY_CHECK(std::move(stream).stop_into(spi, stream_memory).has_value());
  });

  auto two = std::move(dma.channel2);
  auto [own, lent] = dma_descriptors<8>();
  auto [others, unused] = dma_descriptors<8>();
  dma::Copier writing_back{
      std::move(two).configure({.auto_write_back = true}, std::move(own), std::move(unused)),
      std::move(chip.sha)};
  written_back_and_not(copier, writing_back, to, from, std::move(lent));
  return check::result();
}

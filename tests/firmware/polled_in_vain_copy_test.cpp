// run: --wire GPIO4:GPIO0 --wire GPIO5:GPIO1 --wire GPIO6:GPIO2 --wire GPIO7:GPIO3
// unwatched: it turns clocks off and stops channels
// A loop that asks is_done() of a copy or a slave's transfer ends, whatever somebody does to GDMA or SPI2;
// and goes on where nobody did anything.
#include "bit_bang_master.hpp"
#include "check.hpp"
#include "deeds.hpp"
#include "ferry/ferry.hpp"
#include "polled.hpp"

#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace polled;

namespace {

constexpr std::uint32_t copied = 8000;

void copy(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
          dma::TxBuffer& from FERRY_BORROWS, const deed::Deed& deed) {
  auto copy = std::move(copier).copy(std::move(to), std::move(from), copied);
  spoil(copy, 5_us, deed);
  is_told(std::move(copy).wait_into(copier, to, from), deed);
  const auto good = copier.copy_and_wait(to, from, copied);
  FERRY_CHECK(good && good->length == copied);
}

// The end of the first part has come, and the second one is spoiled.
void appended_copy(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
                   dma::TxBuffer& from FERRY_BORROWS, dma::RxBuffer& more_to FERRY_BORROWS,
                   dma::TxBuffer& more_from FERRY_BORROWS, const deed::Deed& deed) {
  auto copy = std::move(copier).copy(std::move(more_to), std::move(more_from));
  delay(50_us);
  auto longer = std::move(copy).append(std::move(to), std::move(from), copied);
  spoil(longer, 5_us, deed);
  is_told(std::move(longer).wait_into(copier, more_to, more_from, to, from), deed);
}

void queue(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
           dma::TxBuffer& from FERRY_BORROWS, dma::RxBuffer& more_to FERRY_BORROWS,
           dma::TxBuffer& more_from FERRY_BORROWS, const deed::Deed& deed) {
  auto queue =
      std::move(copier).queue(std::move(more_to), std::move(more_from), std::move(to), std::move(from));
  spoil(queue, 5_us, deed);
  is_told(std::move(queue).wait_into(copier, more_to, more_from, to, from), deed);
}

void slave(spi::SlaveDma& spi FERRY_BORROWS, bit_bang::Master& master, dma::RxBuffer& rx FERRY_BORROWS,
           const deed::Deed& deed) {
  auto read = std::move(spi).read(std::move(rx));
  for (std::uint32_t i = 0; i < 2 * most_polls; ++i) FERRY_CHECK(!read.is_done());  // the master may come yet
  deed();
  master.select();
  for (int i = 0; i < 8; ++i) master.exchange_byte(0x55_b);
  master.deselect();
  ends(read);
  is_told(std::move(read).wait_into(spi, rx), deed);

  auto good = std::move(spi).read(std::move(rx));
  master.select();
  for (int i = 0; i < 8; ++i) master.exchange_byte(0x55_b);
  master.deselect();
  const auto outcome = std::move(good).wait_into(spi, rx);
  FERRY_CHECK(outcome && outcome->received == 8);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_list, tx_memory, tx_list] = dma_buffers<12'000>();  // three descriptors
  auto [more_rx_memory, no_rx_list, more_tx_memory, no_tx_list] = dma_buffers<100>();
  dma::RxBuffer rx{std::move(rx_memory)}, more_rx{std::move(more_rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)}, more_tx{std::move(more_tx_memory)};
  auto [long_rx_memory, no_long_rx_list, long_tx_memory, no_long_tx_list] = dma_buffers<8000>();
  dma::RxBuffer long_rx{std::move(long_rx_memory)};
  dma::TxBuffer long_tx{std::move(long_tx_memory)};
  auto channel = std::move(dma.channel0);
  dma::Copier copier{std::move(channel).configure({}, std::move(rx_list), std::move(tx_list)),
                     std::move(chip.uhci0)};
  const auto spoiled_copies = [&](const deed::Deed& each) {
    copy(copier, rx, tx, each);
    appended_copy(copier, rx, tx, more_rx, more_tx, each);
    queue(copier, long_rx, long_tx, more_rx, more_tx, each);
  };
  spoiled_copies(deed::stop_receiving);
  spoiled_copies(deed::stop_sending);
  for (const deed::Deed& each : deed::to_gdma) spoiled_copies(each);

  auto master = bit_bang::make_master(chip);
  auto spi = bit_bang::make_slave(chip).with_dma(std::move(copier).release());
  slave(spi, master, rx, deed::stop_receiving);
  for (const deed::Deed& each : deed::to_gdma) slave(spi, master, rx, each);
  for (const deed::Deed& each : deed::to_spi) slave(spi, master, rx, each);
  return check::result();
}

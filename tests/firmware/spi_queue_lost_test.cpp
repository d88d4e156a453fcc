// unwatched: it turns clocks off and stops channels
// What somebody does to SPI2 or GDMA behind the back of a queue, or of a transfer that was made longer: the
// next call tells, so does the end, and the next one is as good as any.
#include "check.hpp"
#include "deeds.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

using namespace ferry;
using namespace ferry::literals;
using deed::in_words;

namespace {

struct Parts {
  spi::MasterDma spi;
  dma::RxBuffer rx1, rx2, rx3;
  dma::TxBuffer tx1, tx2, tx3;
};

// In the first buffer, in the second one, or when nothing is left to do and more comes. What it is that ends
// it is told by whoever looks next.
void queue_spoiled(Parts& parts, const deed::Deed& deed, std::initializer_list<Duration> times) {
  const std::string_view expected = in_words(deed.error);
  for (const Duration when : times) {
    auto queue = spi::queue(take_out(parts.spi), take_out(parts.rx1), take_out(parts.tx1),
                            take_out(parts.rx2), take_out(parts.tx2));
    if (when >= 900_us) {
      auto rx = take_out(parts.rx3);
      auto tx = take_out(parts.tx3);
      FERRY_CHECK(queue.exchange(rx, tx).has_value());
      parts.rx3 = std::move(rx);
      parts.tx3 = std::move(tx);
    }
    if (when >= 2_ms) {
      while (!queue.is_done()) {
      }
    } else {
      delay(when >= 900_us ? 100_us : when);
    }
    deed();
    for (int i = 0; i < 3; ++i) {
      auto rx = take_out(parts.rx3);
      auto tx = take_out(parts.tx3);
      const auto outcome = queue.exchange(rx, tx);
      if (i == 2) FERRY_CHECK_EQUAL(in_words(outcome), expected);
      parts.rx3 = std::move(rx);
      parts.tx3 = std::move(tx);
    }
    const auto outcome = std::move(queue).wait_into(parts.spi, parts.rx1, parts.tx1, parts.rx2, parts.tx2);
    FERRY_CHECK_EQUAL(in_words(outcome), expected);
    if (in_words(outcome) != expected) print("after {} us\n", when.in_microseconds());
  }
}

void longer_spoiled(Parts& parts, const deed::Deed& deed) {
  for (const bool over : {false, true}) {
    auto transfer = std::move(parts.spi).transfer(take_out(parts.rx1), take_out(parts.tx1));
    delay(over ? 1_ms : 100_us);
    deed();
    auto longer = std::move(transfer).append(take_out(parts.rx2), take_out(parts.tx2));
    const auto outcome = std::move(longer).wait_into(parts.spi, parts.rx1, parts.tx1, parts.rx2, parts.tx2);
    FERRY_CHECK_EQUAL(in_words(outcome), in_words(deed.error));
    if (in_words(outcome) != in_words(deed.error)) print("over {}\n", over ? 1 : 0);
  }
}

void spoiled(Parts& parts, const deed::Deed& deed) {
  queue_spoiled(parts, deed, {100_us, 900_us, 2_ms});
  longer_spoiled(parts, deed);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto one = dma_buffers<1000>();
  auto two = dma_buffers<1000>();
  auto three = dma_buffers<1000>();
  auto lists = dma_descriptors<3>();
  auto channel = std::move(dma.channel0).configure({}, std::move(lists.rx), std::move(lists.tx));
  Parts parts{.spi = loopback::make_master(chip, {.frequency = 10_MHz}).with_dma(std::move(channel)),
              .rx1 = dma::RxBuffer{std::move(one.rx_memory)},
              .rx2 = dma::RxBuffer{std::move(two.rx_memory)},
              .rx3 = dma::RxBuffer{std::move(three.rx_memory)},
              .tx1 = dma::TxBuffer{std::move(one.tx_memory)},
              .tx2 = dma::TxBuffer{std::move(two.tx_memory)},
              .tx3 = dma::TxBuffer{std::move(three.tx_memory)}};
  spoiled(parts, deed::nothing);
  for (const deed::Deed& each : deed::to_spi) spoiled(parts, each);
  for (const deed::Deed& each : deed::to_gdma) spoiled(parts, each);
  // At rest there is nothing that stopping it could spoil.
  queue_spoiled(parts, deed::stop_receiving, {100_us, 900_us});
  queue_spoiled(parts, deed::stop_sending, {100_us, 900_us});
  spoiled(parts, deed::nothing);
  return check::result();
}

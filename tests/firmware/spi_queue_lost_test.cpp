// unwatched: it turns clocks off and stops channels
// What somebody does to SPI2 or GDMA behind the back of a queue, or of a transfer that was made longer: the
// next call tells, so does the end, and the next one is as good as any.
#include "check.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"
#include "spi_loopback.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>

using namespace ferry;
using namespace ferry::literals;

namespace {

namespace system = chip::system;

struct Parts {
  spi::MasterDma spi;
  dma::RxBuffer rx1, rx2, rx3;
  dma::TxBuffer tx1, tx2, tx3;
};

bool is(const dma::Outcome& outcome, std::optional<dma::Error> error) {
  return error ? !outcome && outcome.error() == *error : outcome.has_value();
}

// In the first buffer, in the second one, or when nothing is left to do and more comes. What it is that ends
// it is told by whoever looks next.
template <class Deed>
void queue_spoiled(Parts& parts, std::optional<dma::Error> error, std::initializer_list<Duration> times,
                   Deed deed) {
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
      if (i == 2) FERRY_CHECK(is(outcome, error));
      parts.rx3 = std::move(rx);
      parts.tx3 = std::move(tx);
    }
    const auto outcome = std::move(queue).wait_into(parts.spi, parts.rx1, parts.tx1, parts.rx2, parts.tx2);
    FERRY_CHECK(is(outcome, error));
    if (!is(outcome, error))
      print("after {} us: {}\n", when.in_microseconds(), outcome ? "none" : name(outcome.error()));
  }
}

template <class Deed>
void longer_spoiled(Parts& parts, std::optional<dma::Error> error, Deed deed) {
  for (const bool over : {false, true}) {
    auto transfer = std::move(parts.spi).transfer(take_out(parts.rx1), take_out(parts.tx1));
    delay(over ? 1_ms : 100_us);
    deed();
    auto longer = std::move(transfer).append(take_out(parts.rx2), take_out(parts.tx2));
    const auto outcome = std::move(longer).wait_into(parts.spi, parts.rx1, parts.tx1, parts.rx2, parts.tx2);
    FERRY_CHECK(is(outcome, error));
    if (!is(outcome, error)) print("over {}: {}\n", over ? 1 : 0, outcome ? "none" : name(outcome.error()));
  }
}

template <class Deed>
void spoiled(Parts& parts, std::optional<dma::Error> error, Deed deed) {
  queue_spoiled(parts, error, {100_us, 900_us, 2_ms}, deed);
  longer_spoiled(parts, error, deed);
}

void reset_spi(bool on) { mmio::modify(system::base, system::PeripRstEn0::spi2_rst.run_time(on)); }
void reset_gdma(bool on) { mmio::modify(system::base, system::PeripRstEn1::dma_rst.run_time(on)); }

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
  const auto nothing = [] {};
  spoiled(parts, {}, nothing);
  spoiled(parts, dma::Error::clock_off,
          [] { mmio::modify(system::base, system::PeripClkEn0::spi2_clk_en(0)); });
  spoiled(parts, dma::Error::in_reset, [] { reset_spi(true); });
  spoiled(parts, dma::Error::in_reset, [] {
    reset_spi(true);
    reset_spi(false);
  });
  spoiled(parts, dma::Error::clock_off,
          [] { mmio::modify(system::base, system::PeripClkEn1::dma_clk_en(0)); });
  spoiled(parts, dma::Error::in_reset, [] { reset_gdma(true); });
  spoiled(parts, dma::Error::in_reset, [] {
    reset_gdma(true);
    reset_gdma(false);
  });
  // At rest there is nothing that stopping it could spoil.
  queue_spoiled(parts, dma::Error::engine_stopped, {100_us, 900_us},
                [] { mmio::write(chip::dma::base, chip::dma::InLink::inlink_stop(1)); });
  queue_spoiled(parts, dma::Error::engine_stopped, {100_us, 900_us},
                [] { mmio::write(chip::dma::base, chip::dma::OutLink::outlink_stop(1)); });
  spoiled(parts, {}, nothing);
  return check::result();
}

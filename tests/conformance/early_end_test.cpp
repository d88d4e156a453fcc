// run: --wire GPIO4:GPIO2 --wire GPIO0:GPIO6
// A transfer that rests between two pieces, as nobody has asked how it goes, begins none when it is ended:
// not by cancel_into(), not by a deadline that has passed, and not when it is dropped.
#include "tests/conformance/edge_counter.hpp"
#include "tests/conformance/spi.hpp"

using namespace conformance;

namespace {

constexpr std::uint32_t piece = 32'736, size = 40'000;

void ended(const dma::Outcome& outcome, dma::Error error, std::uint32_t length) {
  FERRY_CHECK(!outcome && outcome.error() == error);
  if (!outcome) FERRY_CHECK_EQUAL(outcome.error().length, length);
}

// From here to the end of the block there is no clock edge. Before, edges come too fast for a handler.
class Silence {
 public:
  Silence() { counter_.take(); }
  ~Silence() { FERRY_CHECK_EQUAL(counter_.take()[0], 0u); }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  EdgeCounter counter_{{6, 6, 6, 6}};
};

void long_transfers(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                    dma::TxBuffer& tx FERRY_BORROWS) {
  {
    auto read = std::move(spi).read(std::move(rx));
    delay(10_ms);  // the first piece takes 6.5 ms
    const Silence silence;
    ended(std::move(read).cancel_into(spi, rx), dma::Error::cancelled, piece);
  }
  {
    auto both = std::move(spi).transfer(std::move(rx), std::move(tx));
    delay(10_ms);
    const Silence silence;
    ended(std::move(both).wait_into(spi, rx, tx, Deadline::after(0_us)), dma::Error::timed_out, piece);
  }
  {
    auto write = std::move(spi).write(std::move(tx));
    delay(10_ms);
    const Silence silence;
    ended(std::move(write).cancel_into(spi, tx), dma::Error::cancelled, piece);
  }
}

void appended(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
              dma::RxBuffer& more FERRY_BORROWS) {
  auto read = std::move(spi).read(std::move(rx), 8);
  delay(1_ms);
  auto longer = std::move(read).append(std::move(more));
  delay(1_ms);
  {
    const Silence silence;
    ended(std::move(longer).cancel_into(spi, rx, more), dma::Error::cancelled, 8);
  }
  FERRY_CHECK_EQUAL(rx.received(), 8u);
  FERRY_CHECK_EQUAL(more.received(), 0u);
}

void queued(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& first FERRY_BORROWS,
            dma::RxBuffer& second FERRY_BORROWS) {
  {
    auto queue = spi::queue(std::move(spi), std::move(first), std::move(second));
    delay(1_ms);
    const Silence silence;
    ended(std::move(queue).cancel_into(spi, first, second), dma::Error::cancelled, 64);
  }
  FERRY_CHECK_EQUAL(first.received(), 64u);
  auto queue = spi::queue(std::move(spi), std::move(first), std::move(second));
  delay(1_ms);
  const Silence silence;
  ended(std::move(queue).wait_into(spi, first, second, Deadline::after(0_us)), dma::Error::timed_out, 64);
}

}  // namespace

int main() {
  auto chip = take();
  const gpio::Input clock{std::move(chip.gpio6)};
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_list, tx_memory, tx_list] = dma_buffers<size>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto [first_memory, no_rx_list, more_memory, no_tx_list] = dma_buffers<64>();
  auto [second_memory, no_second_rx_list, more_second, no_second_tx_list] = dma_buffers<64>();
  dma::RxBuffer first{std::move(first_memory)}, second{std::move(second_memory)};
  auto channel = std::move(dma.channel0);
  auto spi = make_master(chip, {.frequency = 40_MHz})
                 .with_dma(std::move(channel).configure({}, std::move(rx_list), std::move(tx_list)));
  long_transfers(spi, rx, tx);
  appended(spi, rx, first);
  queued(spi, first, second);
  // All of it, and as fast as ever.
  FERRY_CHECK_EQUAL(
      dma::received(std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx)), size);
  return check::result();
}

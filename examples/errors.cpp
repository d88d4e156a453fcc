/// Everything that goes wrong has a name and a sentence; all parts are back, and the next transfer works.
// run: --wire GPIO4:GPIO2
// expect-text: length_beyond_buffer: .*too_few_descriptors: .*outside_dma_memory: .*misaligned: .*value_too_large: .*line_not_routed: .*engine_stopped: .*timed_out: .*By the CPU: clock_off.*8 errors, and behind each a transfer that went well
#include <ferry/ferry.hpp>
#include <ferry/mmio.hpp>

#include <chip/esp32c3/registers/dma.hpp>
#include <chip/esp32c3/registers/system.hpp>

#include <array>
#include <cstddef>
#include <utility>

using namespace ferry::literals;
using ferry::spi::Lines;

// Memory of the real-time clock, which the CPU reaches and DMA does not.
asm(".global rtc_bytes\n.set rtc_bytes, 0x50000000");
extern "C" std::array<std::byte, 64> rtc_bytes;

namespace {

alignas(4) std::array<std::byte, 9000> large_bytes;
struct Odd {
  alignas(4) std::byte first;
  std::array<std::byte, 63> bytes;  // does not start on a word
};
Odd odd;

int errors = 0, well = 0;

// What comes back is not only the error: the same driver and buffers go on at once.
void look_at(const ferry::dma::Outcome& outcome, ferry::spi::MasterDma& spi FERRY_BORROWS,
             ferry::dma::RxBuffer& rx FERRY_BORROWS, ferry::dma::TxBuffer& tx FERRY_BORROWS) {
  if (outcome) return;
  ++errors;
  ferry::print("{}: {}\n", outcome.error(), ferry::dma::explain(outcome.error().reason));
  rx.fill(0_b);
  const auto next = std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx);
  if (next && rx[999] == 0x42_b) ++well;
}

// Found before anything is started.
void calls_that_cannot_be_right(ferry::spi::MasterDma& spi FERRY_BORROWS,
                                ferry::dma::RxBuffer& rx FERRY_BORROWS,
                                ferry::dma::TxBuffer& tx FERRY_BORROWS) {
  //! [refused]
  auto longer = std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = 1001});
  look_at(std::move(longer).wait_into(spi, rx, tx), spi, rx, tx);
  //! [refused]

  ferry::dma::RxBuffer large{ferry::dma::RxMemory::of<large_bytes>()};
  look_at(std::move(spi).read(std::move(large)).wait_into(spi, large), spi, rx, tx);
  ferry::dma::TxBuffer rtc{ferry::dma::TxMemory::of<rtc_bytes>()};
  look_at(std::move(spi).write(std::move(rtc)).wait_into(spi, rtc), spi, rx, tx);
  ferry::dma::RxBuffer shifted{ferry::dma::RxMemory::of<odd.bytes>()};
  look_at(std::move(spi).read(std::move(shifted)).wait_into(spi, shifted), spi, rx, tx);

  const ferry::spi::Phases nine_bits_in_eight{.command = {0x1FF, 8}}, four_lines{.data_lines = Lines::four};
  auto too_large = std::move(spi).half_duplex_read(nine_bits_in_eight, std::move(rx));
  look_at(std::move(too_large).wait_into(spi, rx), spi, rx, tx);
  auto unrouted = std::move(spi).half_duplex_read(four_lines, std::move(rx));
  look_at(std::move(unrouted).wait_into(spi, rx), spi, rx, tx);
}

// Found while it runs. Each is over then: nothing touches the buffers any more.
void what_happens_on_the_way(ferry::spi::MasterDma& spi FERRY_BORROWS, ferry::dma::RxBuffer& rx FERRY_BORROWS,
                             ferry::dma::TxBuffer& tx FERRY_BORROWS) {
  namespace dma = ferry::chip::dma;
  auto stopped = std::move(spi).transfer(std::move(rx), std::move(tx));
  ferry::mmio::write(dma::base, dma::InLink::inlink_stop(1));  // by somebody behind the driver's back
  look_at(std::move(stopped).wait_into(spi, rx, tx), spi, rx, tx);

  auto late = std::move(spi).transfer(std::move(rx), std::move(tx));
  look_at(std::move(late).wait_into(spi, rx, tx, ferry::Deadline::after(1_ms)), spi, rx, tx);
}

// The operations of the CPU have errors of their own.
bool by_the_cpu(ferry::spi::MasterDma& spi FERRY_BORROWS) {
  namespace system = ferry::chip::system;
  const std::array<std::byte, 2> bytes{};
  ferry::mmio::modify(system::base, system::PeripClkEn0::spi2_clk_en(0));
  const auto result = spi.write(bytes);
  if (result) return false;
  ferry::print("By the CPU: {}\n", result.error());
  return spi.write(bytes).has_value();
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<1000>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  ferry::dma::TxBuffer tx{std::move(tx_memory)};
  tx.fill(0x42_b);
  auto channel = std::move(dma.channel0);
  // With bursts, so that a buffer has to start on a word.
  auto configured =
      std::move(channel).configure({.burst = true}, std::move(rx_descriptors), std::move(tx_descriptors));
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 1_MHz}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_dma(std::move(configured));
  calls_that_cannot_be_right(spi, rx, tx);
  what_happens_on_the_way(spi, rx, tx);
  if (!by_the_cpu(spi)) return 1;
  ferry::print("{} errors, and behind each a transfer that went well\n", errors);
  return errors == 8 && well == 8 ? 0 : 1;
}

/// Receives without an end while the program does something else: SPI is kept going by interrupt.
// expect-text: 65472 bytes came meanwhile
#include <ferry/ferry.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

using namespace ferry::literals;

namespace {

// Where the handler finds it.
std::optional<ferry::spi::Reception> reception;

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto lists = ferry::dma_descriptors<1>();
  auto channel = std::move(dma.channel0);
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 10_MHz}}
                 .with_sck(std::move(chip.gpio0))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)));
  auto received = ferry::dma_rx_stream<65'472, 16>();

  //! [listen]
  reception.emplace(ferry::spi::stream(std::move(spi), std::move(received)));
  ferry::interrupt::attach(ferry::interrupt::Source::spi2, 1, [] { reception->keep_going(); });
  reception->listen();
  ferry::delay(54_ms);  // the time for twice as much as SPI does at once
  const std::uint32_t there = ferry::interrupt::critical_section([] { return reception->available(); });
  //! [listen]
  ferry::interrupt::detach(ferry::interrupt::Source::spi2);
  ferry::print("{} bytes came meanwhile\n", there);
  reception.reset();  // ends it, and the parts can be had again
  return ferry::spi::Reception::recover_into(spi, received) ? 0 : 1;
}

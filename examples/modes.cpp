/// The four SPI modes: on which level the clock rests and which edge samples, by the CPU and by DMA.
// run: --wire GPIO4:GPIO2 --wire GPIO0:GPIO1
// expect-text: Mode 0: .*rests low, .*Mode 1: .*low, .*Mode 2: .*high, .*Mode 3: the clock rests high, 2 of 2
#include <ferry/ferry.hpp>

#include <array>
#include <cstddef>

using namespace ferry::literals;
using ferry::spi::Mode;

namespace {

constexpr std::array sent{0x96_b, 0x3C_b};

bool by_cpu(ferry::spi::MasterDma& spi FERRY_BORROWS) {
  std::array<std::byte, 2> back{};
  return spi.transfer(back, sent) && back == sent;
}

bool by_dma(ferry::spi::MasterDma& spi FERRY_BORROWS, ferry::dma::RxBuffer& rx FERRY_BORROWS) {
  const auto source = ferry::dma::ConstSource::of<sent>();
  ferry::dma::ConstSource again;
  const auto outcome = std::move(spi).transfer(std::move(rx), source).wait_into(spi, rx, again);
  return outcome && rx[0] == sent[0] && rx[1] == sent[1];
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<2>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      ferry::spi::Master{std::move(chip.spi2), {}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_miso(std::move(chip.gpio2))
          .with_cs(std::move(chip.gpio5))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  const ferry::gpio::Input clock{std::move(chip.gpio1)};  // a wire to the clock, to see its level

  int number = 0, right = 0;
  //! [modes]
  for (const Mode mode : {Mode::_0, Mode::_1, Mode::_2, Mode::_3}) {
    spi.apply_config({.frequency = 1_MHz, .mode = mode});
    const int well = (by_cpu(spi) ? 1 : 0) + (by_dma(spi, rx) ? 1 : 0);
    ferry::print("Mode {}: the clock rests {}, {} of 2 transfers right\n", number++,
                 clock.is_high() ? "high" : "low", well);
    right += well;
  }
  //! [modes]
  return right == 8 ? 0 : 1;
}

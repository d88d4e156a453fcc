/// The exercise with a race that nothing shows but DMA watch: one line stands where it may not.
// run: --wire GPIO4:GPIO2 --for 500ms --watch
#include <ferry/ferry.hpp>

#include <algorithm>
#include <array>

using namespace ferry::literals;

namespace {

alignas(4) std::array<std::byte, 2000> message;

// The next message, in memory that the program has placed itself: Ferry's types do not guard it.
[[gnu::noinline]] void compose() { std::ranges::fill(message, 0x42_b); }

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto channel = std::move(dma.channel0);
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<2000, 4>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  ferry::dma::TxBuffer tx{ferry::dma::TxMemory::of<message>()};

  auto spi =
      ferry::spi::Master{std::move(chip.spi2), {.frequency = 100_kHz, .mode = ferry::spi::Mode::_0}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_miso(std::move(chip.gpio2), ferry::gpio::Pull::down)
          .with_cs(std::move(chip.gpio5))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  compose();
  for (;;) {
    //! [race]
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    compose();  // belongs behind wait_into(): this message is still being sent
    auto outcome = std::move(transfer).wait_into(spi, rx, tx);
    //! [race]

    if (!outcome) ferry::print("failed: {}\n", name(outcome.error()));
    rx.with_first(10, [](auto bytes) { ferry::print("Received {} ...", bytes); });
    rx.with_last(10, [](auto bytes) { ferry::print(" {}\n", bytes); });
    ferry::delay(100_ms);
  }
}

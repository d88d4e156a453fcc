// The exercise with a CPU that has nothing to do: it sleeps while the bytes pass, too.
#include "chip/esp32c3/registers/spi2.hpp"
#include "ferry/mmio.hpp"
#include <ferry/ferry.hpp>

using namespace ferry::literals;
namespace spi2 = ferry::chip::spi2;
namespace mmio = ferry::mmio;

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto channel = std::move(dma.channel0);
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<32'000>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  ferry::dma::TxBuffer tx{std::move(tx_memory)};
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 100_kHz, .mode = ferry::spi::Mode::_0}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2), ferry::gpio::Pull::down)
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(channel).configure(
                     {.burst = false, .priority = 0}, std::move(rx_descriptors), std::move(tx_descriptors)));
  tx.fill(0x42_b);

  // The driver polls what SPI has to say and leaves its interrupt alone: the handler only holds it back.
  ferry::interrupt::attach(ferry::interrupt::Source::spi2, 1,
                           [] { mmio::write_word<spi2::DmaIntEna>(spi2::base, 0); });
  for (;;) {
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    mmio::write(spi2::base, spi2::DmaIntEna::trans_done_int_ena(1));
    ferry::interrupt::critical_section([&] {
      if (!transfer.is_done()) ferry::interrupt::wait_for_interrupt();
    });
    auto outcome = std::move(transfer).wait_into(spi, rx, tx);
    if (!outcome) ferry::print("failed: {}\n", name(outcome.error()));
    rx.with_first(10, [](auto bytes) { ferry::print("Received {} ...\n", bytes); });
    ferry::delay(2500_ms);
  }
}

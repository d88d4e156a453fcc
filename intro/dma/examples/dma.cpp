/// The DMA exercise, solved: 32,000 bytes over SPI while the CPU does something else.
// run: --wire GPIO4:GPIO2 --for 10s
#include <ferry/ferry.hpp>

#include <cstdint>

using namespace ferry::literals;

namespace {

// Something for the CPU to do that can be counted: looking for primes, one number a call.
class PrimeSearch {
 public:
  void look_at_next() {
    candidate_ += 2;
    for (std::uint32_t divisor = 3; divisor * divisor <= candidate_; divisor += 2)
      if (candidate_ % divisor == 0) return;
    ++found_;
    if (found_ % 16'384 == 0) ferry::print(".");
  }
  std::uint32_t found() const { return found_; }

 private:
  std::uint32_t candidate_ = 1;
  std::uint32_t found_ = 1;  // 2 is one, and the only even one
};

}  // namespace

int main() {
  auto chip = ferry::take();

  //! [init-dma]
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto channel = std::move(dma.channel0);

  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<32'000>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  ferry::dma::TxBuffer tx{std::move(tx_memory)};
  //! [init-dma]

  //! [configure-spi]
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 100_kHz, .mode = ferry::spi::Mode::_0}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2), ferry::gpio::Pull::down)
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(channel).configure(
                     {.burst = false, .priority = 0}, std::move(rx_descriptors), std::move(tx_descriptors)));
  //! [configure-spi]

  tx.fill(0x42_b);

  for (;;) {
    //! [transfer]
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    //! [transfer]

    //! [work]
    PrimeSearch primes;
    while (!transfer.is_done()) primes.look_at_next();
    ferry::print("\nThe CPU found {} primes meanwhile\n", primes.found());
    //! [work]

    //! [transfer-wait]
    auto outcome = std::move(transfer).wait_into(spi, rx, tx);
    //! [transfer-wait]

    if (!outcome) ferry::print("failed: {}\n", name(outcome.error()));
    rx.with_first(10, [](auto bytes) { ferry::print("Received {} ...", bytes); });
    rx.with_last(10, [](auto bytes) { ferry::print(" {}\n", bytes); });

    ferry::delay(2500_ms);
  }
}

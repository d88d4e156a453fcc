/// When do bytes count as sent? When they are in DMA's FIFO, or when SPI has taken the last one: a setting.
// expect-text: when_read: OUT_EOF after [0-9]+ us, with the transfer .*when_taken: OUT_EOF after [0-9]+ us
#include <ferry/ferry.hpp>
#include <ferry/mmio.hpp>

#include <chip/esp32c3/registers/dma.hpp>

#include <cstdint>
#include <string_view>

using namespace ferry::literals;
using ferry::dma::Eof;

namespace {

// The HAL waits for SPI and needs no such event; a program that wants to refill a buffer early may.
bool has_out_eof() {
  namespace dma = ferry::chip::dma;
  return ferry::mmio::read(dma::base, dma::IntRaw::out_eof) != 0;
}

void show(std::string_view mode, ferry::spi::MasterDma& spi FERRY_BORROWS,
          ferry::dma::TxBuffer& tx FERRY_BORROWS) {
  const ferry::Instant start = ferry::time::now();
  auto write = std::move(spi).write(std::move(tx));
  while (!has_out_eof() && !write.is_done()) {
  }
  const auto event = (ferry::time::now() - start).in_microseconds();
  const auto outcome = std::move(write).wait_into(spi, tx);
  const auto end = (ferry::time::now() - start).in_microseconds();
  if (outcome)
    ferry::print("{}: OUT_EOF after {} us, with the transfer over after {} us\n", mode, event, end);
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<400>();
  ferry::dma::TxBuffer tx{std::move(tx_memory)};
  tx.fill(0x42_b);
  auto channel = std::move(dma.channel0);
  // 400 bytes at 1 MHz take 3.2 ms; what the FIFOs hold of them is sent in the last of these.
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 1_MHz}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 //! [eof]
                 .with_dma(std::move(channel).configure({.eof = Eof::when_read}, std::move(rx_descriptors),
                                                        std::move(tx_descriptors)));
  //! [eof]
  show("when_read", spi, tx);

  ferry::dma::ConfiguredChannel configured;
  auto master = std::move(spi).without_dma(configured);
  auto released = std::move(configured).release(rx_descriptors, tx_descriptors);
  auto again = std::move(released).configure({.eof = Eof::when_taken}, std::move(rx_descriptors),
                                             std::move(tx_descriptors));
  spi = std::move(master).with_dma(std::move(again));
  show("when_taken", spi, tx);
  return 0;
}

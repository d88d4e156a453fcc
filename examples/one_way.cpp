/// Only sends, and only receives: transfers that own one buffer, and what MOSI says while nothing is sent.
// run: --wire GPIO4:GPIO2
// expect-text: Wrote 256 bytes.*MOSI low: read 00 00 .*MOSI high: read ff ff .*by the CPU: read ff
#include <ferry/ferry.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

using namespace ferry::literals;

namespace {

//! [read]
// MISO is wired to MOSI, so what is read is the level that MOSI rests on.
bool read_and_show(std::string_view how, ferry::spi::MasterDma& spi FERRY_BORROWS,
                   ferry::dma::RxBuffer& rx FERRY_BORROWS) {
  auto read = std::move(spi).read(std::move(rx));
  const auto outcome = std::move(read).wait_into(spi, rx);
  if (!outcome) return false;
  ferry::print("{}: read {:02x} {:02x} ...\n", how, std::to_integer<unsigned>(rx[0]),
               std::to_integer<unsigned>(rx[1]));
  return true;
}
//! [read]

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<256>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  ferry::dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      ferry::spi::Master{std::move(chip.spi2), {.frequency = 10_MHz}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_miso(std::move(chip.gpio2))
          .with_cs(std::move(chip.gpio5))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  tx.fill(0x42_b);

  //! [write]
  auto write = std::move(spi).write(std::move(tx));
  rx.fill(0x55_b);  // no part of it: a write has the driver and the buffer to send
  if (!std::move(write).wait_into(spi, tx)) return 1;
  //! [write]
  ferry::print("Wrote {} bytes\n", tx.size());

  if (!read_and_show("MOSI low", spi, rx)) return 1;
  //! [idle]
  spi.apply_config({.frequency = 10_MHz, .idle_mosi = ferry::gpio::Level::high});
  //! [idle]
  if (!read_and_show("MOSI high", spi, rx)) return 1;

  std::array<std::byte, 1> byte{};
  if (!spi.read(byte)) return 1;
  ferry::print("The same by the CPU: read {:02x}\n", std::to_integer<unsigned>(byte[0]));
  return 0;
}

/// Sends a buffer by DMA and receives into the same one: what comes back takes the place of what went out.
// run: --wire GPIO4:GPIO2
// expect-text: Sent 01 02 03 04, received 80 40 c0 20 in the same place
#include <ferry/ferry.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

using namespace ferry::literals;

namespace {

void print_bytes(const ferry::dma::InPlaceBuffer& buffer FERRY_BORROWS) {
  ferry::print("{:02x} {:02x} {:02x} {:02x}", std::to_integer<unsigned>(buffer[0]),
               std::to_integer<unsigned>(buffer[1]), std::to_integer<unsigned>(buffer[2]),
               std::to_integer<unsigned>(buffer[3]));
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  //! [one-buffer]
  auto [memory, rx_descriptors, tx_descriptors] = ferry::dma_buffer_in_place<4>();
  ferry::dma::InPlaceBuffer buffer{std::move(memory)};
  //! [one-buffer]
  auto channel = std::move(dma.channel0);
  // MISO is wired to MOSI; that the bits are taken in the other order shows which bytes have come back.
  auto spi =
      ferry::spi::Master{std::move(chip.spi2),
                         {.frequency = 1_MHz, .read_bit_order = ferry::spi::BitOrder::lsb_first}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_miso(std::move(chip.gpio2))
          .with_cs(std::move(chip.gpio5))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  buffer.with([](std::span<std::byte> bytes) {
    std::ranges::copy(std::array{0x01_b, 0x02_b, 0x03_b, 0x04_b}, bytes.begin());
  });
  ferry::print("Sent ");
  print_bytes(buffer);

  //! [transfer]
  auto transfer = std::move(spi).transfer_in_place(std::move(buffer));
  const auto outcome = std::move(transfer).wait_into(spi, buffer);
  //! [transfer]
  if (!outcome) {
    ferry::print(" failed: {}\n", outcome.error());
    return 1;
  }
  ferry::print(", received ");
  print_bytes(buffer);
  ferry::print(" in the same place\n");
  return 0;
}

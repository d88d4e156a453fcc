/// Makes a transfer longer while it runs: two buffers more for the list that DMA is at, and all of them back.
// run: --wire GPIO5:GPIO7
// expect-text: 3 buffers, 720 bytes, 1 chip select
#include <ferry/ferry.hpp>

#include <array>
#include <cstddef>

using namespace ferry::literals;

namespace {

// Memory that the program placed itself, for buffers of its own sizes.
//! [own-bytes]
std::array<std::byte, 400> header_bytes;
//! [own-bytes]
std::array<std::byte, 200> body_bytes;
std::array<std::byte, 120> trailer_bytes;

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto lists = ferry::dma_descriptors<1, 3>();  // to send: one descriptor for each buffer
  auto channel = std::move(dma.channel0);
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 10_MHz}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)));
  //! [own-buffer]
  ferry::dma::TxBuffer header{ferry::dma::TxMemory::of<header_bytes>()};
  //! [own-buffer]
  ferry::dma::TxBuffer body{ferry::dma::TxMemory::of<body_bytes>()};
  ferry::dma::TxBuffer trailer{ferry::dma::TxMemory::of<trailer_bytes>()};
  const ferry::gpio::Input select{std::move(chip.gpio7)};

  //! [longer]
  spi.hold_cs();  // active over all parts
  header.fill(0x11_b);
  auto write = std::move(spi).write(std::move(header));
  // The header is on its way, and there is time to make what follows it.
  body.fill(0x22_b);
  auto longer = std::move(write).append(std::move(body));
  trailer.fill(0x33_b);
  auto longest = std::move(longer).append(std::move(trailer));
  unsigned selects = 0;
  for (bool was_active = false; !longest.is_done();) {
    const bool is_active = select.is_low();
    if (is_active && !was_active) ++selects;
    was_active = is_active;
  }
  auto outcome = std::move(longest).wait_into(spi, header, body, trailer);
  spi.release_cs();
  //! [longer]
  if (!outcome) {
    ferry::print("failed: {}\n", outcome.error());
    return 1;
  }
  ferry::print("3 buffers, {} bytes, {} chip select\n", header.size() + body.size() + trailer.size(),
               selects);
  return 0;
}

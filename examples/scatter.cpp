/// Receives a frame into the places that its parts belong to: header, text and checksum, without a copy.
// run: --wire GPIO4:GPIO2
// expect-text: Header 2a 05, text "hello", checksum 4d
#include <ferry/ferry.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

using namespace ferry::literals;

namespace {

constexpr std::array<std::byte, 8> frame{0x2A_b, 0x05_b, 0x68_b, 0x65_b, 0x6C_b, 0x6C_b, 0x6F_b, 0x4D_b};

std::array<std::byte, 2> header_bytes;
std::array<std::byte, 100> text_bytes;
std::array<std::byte, 1> checksum_bytes;

void show(const ferry::dma::RxBuffer& header FERRY_BORROWS, const ferry::dma::RxBuffer& text FERRY_BORROWS,
          const ferry::dma::RxBuffer& checksum FERRY_BORROWS) {
  ferry::print("Header");
  header.with_received([](std::span<const std::byte> bytes) {
    for (const std::byte byte : bytes) ferry::print(" {:02x}", std::to_integer<unsigned>(byte));
  });
  text.with_received([](std::span<const std::byte> bytes) {
    ferry::print(", text \"{}\"",
                 std::string_view{reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  });
  ferry::print(", checksum {:02x}\n", std::to_integer<unsigned>(checksum[0]));
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto lists = ferry::dma_descriptors<3, 1>();  // each piece takes a descriptor
  auto channel = std::move(dma.channel0);
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 1_MHz}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)));
  ferry::dma::RxBuffer header{ferry::dma::RxMemory::of<header_bytes>()};
  ferry::dma::RxBuffer text{ferry::dma::RxMemory::of<text_bytes>()};
  ferry::dma::RxBuffer checksum{ferry::dma::RxMemory::of<checksum_bytes>()};

  //! [scatter]
  auto places = ferry::dma::scatter(std::move(header), std::move(text), std::move(checksum));
  places.use<1>(5);  // of the text's memory only so much this time
  const auto source = ferry::dma::ConstSource::of<frame>();
  ferry::dma::ConstSource sent;
  auto transfer = std::move(spi).transfer(std::move(places), source);
  const auto outcome = std::move(transfer).wait_into(spi, places, sent);
  std::move(places).release_into(header, text, checksum);
  //! [scatter]
  if (!outcome) return 1;
  show(header, text, checksum);
  return 0;
}

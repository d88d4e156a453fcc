// Application images and whole flash chips. The first byte says what the rest is: a file as it is, an
// application image whose checksum is made right, or 64 bytes of a partition table and such an image behind
// it in a flash chip. What the loader takes is run for a while.
#include "board/board.hpp"
#include "board/image/firmware.hpp"
#include "tests/app/app_image_builder.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

namespace {

using ferry::tests::Bytes;

// So that more inputs get past the checksum: it is one byte at the end of the last block of 16.
Bytes with_checksum(Bytes image) {
  constexpr std::size_t header = 24, segment_header = 8, block = 16;
  if (image.size() < header) return image;
  image[0] = std::byte{0xE9};
  image[23] = std::byte{0};  // no SHA-256
  std::size_t place = header;
  std::byte checksum{0xEF};
  for (unsigned left = std::to_integer<unsigned>(image[1]); left != 0; --left) {
    if (image.size() - place < segment_header) return image;
    std::uint32_t size = 0;
    for (unsigned index = 0; index < 4; ++index)
      size |= std::to_integer<std::uint32_t>(image[place + 4 + index]) << (8 * index);
    place += segment_header;
    if (size > image.size() - place) return image;
    for (const std::byte byte : std::span(image).subspan(place, size)) checksum ^= byte;
    place += size;
  }
  const std::size_t end = (place + block) / block * block;
  image.resize(std::max(image.size(), end));
  image[end - 1] = checksum;
  return image;
}

Bytes flash_with(std::span<const std::byte> input) {
  constexpr std::uint32_t size = 1024 * 1024, table = 0x8000, application = 0x1'0000;
  constexpr std::size_t table_bytes = 64;
  ferry::tests::FlashBuilder flash(size);
  flash.put(0, Bytes{std::byte{0xE9}});
  const auto partitions = input.first(std::min(input.size(), table_bytes));
  flash.put(table, Bytes(partitions.begin(), partitions.end()));
  const auto image = input.subspan(partitions.size());
  const Bytes checked = with_checksum(Bytes(image.begin(), image.end()));
  if (checked.size() <= size - application) flash.put(application, checked);
  return flash.build();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ferry::board;
  if (size == 0) return 0;
  const auto input = std::as_bytes(std::span(data + 1, size - 1));
  Bytes file(input.begin(), input.end());
  if (data[0] % 3 == 1) file = with_checksum(std::move(file));
  if (data[0] % 3 == 2) file = flash_with(input);
  auto image = parse_firmware(file);
  if (!image) {
    // An error is one line of text.
    if (image.error().text.empty() || image.error().text.find('\n') != std::string::npos) std::abort();
    return 0;
  }
  Board board;
  board.load(std::move(*image));
  board.run_for(50 * microsecond);
  board.reset();
  board.run_for(10 * microsecond);
  return 0;
}

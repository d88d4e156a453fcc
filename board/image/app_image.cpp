#include "board/image/app_image.hpp"

#include "board/devices/efuse/efuse.hpp"
#include "board/image/byte_order.hpp"
#include "board/image/sha256.hpp"
#include "board/image/text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace ferry::board {

namespace {

constexpr std::size_t header_size = 24, segment_header_size = 8, most_segments = 16, checksum_block = 16;
constexpr std::byte checksum_seed{0xEF};
constexpr std::uint32_t this_chip = 5;

struct Chip {
  std::uint32_t id;
  std::string_view name;
};
constexpr std::array chips = std::to_array<Chip>({{0x0000, "ESP32"},
                                                  {0x0002, "ESP32-S2"},
                                                  {0x0005, "ESP32-C3"},
                                                  {0x0009, "ESP32-S3"},
                                                  {0x000C, "ESP32-C2"},
                                                  {0x000D, "ESP32-C6"},
                                                  {0x0010, "ESP32-H2"},
                                                  {0x0012, "ESP32-P4"},
                                                  {0x0014, "ESP32-C61"},
                                                  {0x0017, "ESP32-C5"}});

std::string chip_name(std::uint32_t id) {
  const auto chip = std::ranges::find(chips, id, &Chip::id);
  return chip == chips.end() ? "chip " + std::to_string(id) : "the " + std::string(chip->name);
}

std::string revision_text(std::uint32_t revision) {
  return "v" + std::to_string(revision / 100) + "." + std::to_string(revision % 100);
}

using Problem = std::string;

Problem check_header(std::span<const std::byte> bytes) {
  if (bytes.empty()) return "the image is empty";
  if (bytes[0] != app_image_magic) return "the image does not start with 0xE9";
  if (bytes.size() < header_size) return "truncated: the image's header is incomplete";
  const std::uint32_t chip = half_word_at(bytes, 12);
  if (chip != this_chip) return "the image is made for " + chip_name(chip) + ", not for the ESP32-C3";
  const auto segments = std::to_integer<std::size_t>(bytes[1]);
  if (segments == 0 || segments > most_segments) {
    return "the image claims " + std::to_string(segments) + " segments; there may be 1 to " +
           std::to_string(most_segments);
  }
  constexpr std::uint32_t revision = Efuse::wafer_major * 100 + Efuse::wafer_minor;
  const std::uint32_t least = half_word_at(bytes, 15), most = half_word_at(bytes, 17);
  // All ones, as an old tool leaves it, and 0 mean any.
  if (least != 0xFFFF && least > revision)
    return "the image needs chip revision " + revision_text(least) + "; the board's is " +
           revision_text(revision);
  if (most != 0 && most != 0xFFFF && most < revision) {
    return "the image is for chip revisions up to " + revision_text(most) + "; the board's is " +
           revision_text(revision);
  }
  return {};
}

// 1 MiB to 16 MiB; other codes are for chips that the C3 cannot drive.
std::uint32_t flash_size_of(std::byte code) {
  const auto exponent = std::to_integer<std::uint32_t>(code) >> 4;
  return exponent <= 4 ? (1024u * 1024u) << exponent : 0;
}

}  // namespace

std::expected<AppImage, std::string> parse_app_image(std::span<const std::byte> bytes) {
  if (auto problem = check_header(bytes); !problem.empty()) return std::unexpected(std::move(problem));
  AppImage image{
      .entry = word_at(bytes, 4), .flash_size = flash_size_of(bytes[3]), .size = 0, .segments = {}};
  std::size_t place = header_size;
  std::byte checksum = checksum_seed;
  for (std::size_t index = 0; index < std::to_integer<std::size_t>(bytes[1]); ++index) {
    const std::string which = "segment " + std::to_string(index) + " of the image";
    if (bytes.size() - place < segment_header_size)
      return std::unexpected("truncated: " + which + " is missing");
    const AppSegment segment{.address = word_at(bytes, place),
                             .offset = static_cast<std::uint32_t>(place + segment_header_size),
                             .size = word_at(bytes, place + 4)};
    place += segment_header_size;
    if (segment.size > bytes.size() - place) {
      return std::unexpected("truncated: " + which + " (" + std::to_string(segment.size) + " bytes for " +
                             hex(segment.address) + ") lies beyond the end");
    }
    if (segment.size % 4 != 0) return std::unexpected(which + " is not made of whole words");
    for (const std::byte byte : bytes.subspan(place, segment.size)) checksum ^= byte;
    place += segment.size;
    image.segments.push_back(segment);
  }
  // The checksum is the last byte of a block of 16.
  const std::size_t end = (place + checksum_block) / checksum_block * checksum_block;
  if (bytes.size() < end) return std::unexpected("truncated: the image's checksum is missing");
  if (bytes[end - 1] != checksum) return std::unexpected("the image's checksum is wrong");
  image.size = static_cast<std::uint32_t>(end);
  if (bytes[23] == std::byte{1}) {
    if (bytes.size() - end < sha256_size)
      return std::unexpected("truncated: the image's SHA-256 is incomplete");
    if (!std::ranges::equal(bytes.subspan(end, sha256_size), sha256(bytes.first(end))))
      return std::unexpected("the image's SHA-256 is wrong");
    image.size += sha256_size;
  }
  return image;
}

}  // namespace ferry::board

#include "tests/conformance/properties/memory.hpp"

#include <algorithm>
#include <iterator>

namespace properties {

std::string_view error_name(std::uint32_t succeeded, std::uint32_t error) {
  if (succeeded != 0) return "";
  return error < std::size(error_names) ? error_names[error] : "not an error of dma::Error";
}

std::uint8_t device_byte(std::size_t index) {
  return static_cast<std::uint8_t>(index * 37 + (index >> 8) + 11);
}

Bytes inverse(Bytes bytes) {
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(~byte);
  return bytes;
}

Bytes random_looking(std::uint32_t seed, std::size_t size) {
  Bytes bytes(size);
  std::uint32_t state = seed * 2 + 1;
  for (std::uint8_t& byte : bytes) {
    state = state * 1'664'525 + 1'013'904'223;
    byte = static_cast<std::uint8_t>(state >> 24);
  }
  return bytes;
}

Bytes taken(const Bytes& arena, const std::array<Piece, 3>& pieces) {
  Bytes bytes;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto begin = arena.begin() + static_cast<std::ptrdiff_t>(tx_places[i] + pieces[i].offset);
    bytes.insert(bytes.end(), begin, begin + pieces[i].length);
  }
  return bytes;
}

std::vector<std::size_t> places(const std::array<Piece, 3>& pieces) {
  std::vector<std::size_t> where;
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t byte = 0; byte < pieces[i].length; ++byte) where.push_back(rx_places[i] + byte);
  return where;
}

bool misaligned(const std::array<Piece, 3>& pieces, std::uint32_t length) {
  for (std::size_t i = 0; i < 3 && length > 0; ++i) {
    const std::uint32_t here = std::min(pieces[i].length, length);
    if (here == 0) continue;
    length -= here;
    if (rx_places[i] % 4 != 0) return true;
    if (length > 0 && here % 4 != 0) return true;
    if ((here + 3) / 4 * 4 > piece_sizes[i]) return true;
  }
  return false;
}

std::vector<std::size_t> places_in_place(std::size_t length) {
  std::vector<std::size_t> where(length);
  for (std::size_t i = 0; i < length; ++i) where[i] = offsetof(Arena, in_place) + i;
  return where;
}

void check_memory(const Bytes& before, const Bytes& after, const Reception& reception, std::size_t count) {
  Bytes allowed = after;
  for (std::size_t i = 0; i < reception.where.size(); ++i) {
    const std::size_t place = reception.where[i];
    if (i < count || after[place] != before[place]) {
      RC_ASSERT(i < reception.bytes.size());
      RC_ASSERT(after[place] == reception.bytes[i]);
    }
    allowed[place] = before[place];
  }
  for (std::size_t i = 0; i < reception.rounding && !reception.where.empty(); ++i)
    allowed[reception.where.back() + 1 + i] = before[reception.where.back() + 1 + i];
  RC_ASSERT(allowed == before);
}

rc::Gen<std::uint32_t> length_up_to(std::uint32_t most) {
  const auto upto = [most](std::uint32_t length) { return std::min(length, most); };
  const auto usual =
      rc::gen::oneOf(rc::gen::inRange(0u, 10u), rc::gen::inRange(60u, 70u), rc::gen::inRange(4088u, 4100u),
                     rc::gen::inRange(0u, usually_longest + 1));
  if (most <= usually_longest) return rc::gen::map(usual, upto);
  // Around one and two of SPI's pieces, and any; a few, as they take the computer's time.
  const auto longer = rc::gen::oneOf(rc::gen::inRange(32'730u, 32'742u), rc::gen::inRange(65'466u, 65'478u),
                                     rc::gen::inRange(0u, most + 1));
  return rc::gen::map(rc::gen::weightedOneOf<std::uint32_t>({{9, usual}, {1, longer}}), upto);
}

rc::Gen<Piece> piece_of(std::uint32_t size) {
  return rc::gen::mapcat(length_up_to(size), [size](std::uint32_t length) {
    return rc::gen::map(rc::gen::inRange(0u, size - length + 1),
                        [length](std::uint32_t offset) { return Piece{.offset = offset, .length = length}; });
  });
}

rc::Gen<std::uint32_t> part_of(std::uint32_t all) {
  return rc::gen::weightedOneOf<std::uint32_t>(
      {{3, rc::gen::just(whole)}, {3, rc::gen::inRange(0u, all + 1)}, {1, rc::gen::inRange(all, all + 4)}});
}

}  // namespace properties

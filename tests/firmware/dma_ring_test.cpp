// Rings of descriptors, without the hardware: what it would do to them is done here. Plain arithmetic, so the
// compiler does it.
#include "check.hpp"
#include "ferry/dma/ring.hpp"

#include <array>

using namespace ferry::dma;
using namespace ferry::dma::detail;

namespace {

constexpr std::uint32_t list_at = 0x3FC9'0000;
constexpr std::uint32_t bytes_at = 0x3FCA'0000;
constexpr std::uint32_t chunk = 1024;
using List = std::array<Descriptor, 4>;

constexpr std::uint32_t address(std::uint32_t index) { return list_at + index * 12; }
constexpr bool lies_at(Part part, std::uint32_t offset, std::uint32_t length) {
  return part.offset == offset && part.length == length;
}

// GDMA closes a receive descriptor.
constexpr void close(Descriptor& descriptor, std::uint32_t length, bool end_of_frame = false) {
  descriptor.word0 = descriptor.size() | length << 12 | (end_of_frame ? Descriptor::suc_eof_bit : 0);
}
// GDMA gives a transmit descriptor back.
constexpr void send(Descriptor& descriptor) { descriptor.word0 &= ~Descriptor::owner_bit; }

constexpr bool owners(const List& list, std::uint32_t dma_mask) {
  for (std::uint32_t i = 0; i < list.size(); ++i) {
    if ((list[i].owner() == Owner::dma) != ((dma_mask >> i & 1) != 0)) return false;
  }
  return true;
}

constexpr bool receives_nothing_yet() {
  List list{};
  ReceiveRing ring{list, list_at, bytes_at, chunk};
  ring.arm();
  if (!owners(list, 0b1111) || ring.capacity() != 4096 || ring.room() != 4096) return false;
  for (std::uint32_t i = 0; i < 4; ++i) {
    if (list[i].buffer != bytes_at + i * chunk || list[i].size() != chunk) return false;
    if (list[i].next != (i == 3 ? 0 : address(i + 1))) return false;
  }
  return ring.available() == 0 && ring.readable().length == 0 && !ring.consume(0) && ring.arrived() == 0;
}
static_assert(receives_nothing_yet());

constexpr bool receives_a_little() {
  List list{};
  ReceiveRing ring{list, list_at, bytes_at, chunk};
  ring.arm();
  close(list[0], 32, true);
  if (ring.available() != 32 || !lies_at(ring.readable(), 0, 32)) return false;
  if (ring.consume(13) || ring.available() != 19 || !lies_at(ring.readable(), 13, 19)) return false;
  // A frame that is there to its end, and one that is not.
  if (ring.frame().length != 19 || !ring.frame().complete) return false;
  close(list[1], chunk);
  if (ring.available() != 19 + chunk || ring.frame().length != 19) return false;
  if (!ring.consume(19) || !owners(list, 0b1101)) return false;
  return ring.frame().length == chunk && !ring.frame().complete && ring.arrived() == 32 + chunk;
}
static_assert(receives_a_little());

// What is consumed goes to the end of the list, in order, but for the one that GDMA may have read last.
constexpr bool gives_back() {
  List list{};
  ReceiveRing ring{list, list_at, bytes_at, chunk};
  ring.arm();
  close(list[0], chunk);
  close(list[1], chunk);
  if (!lies_at(ring.readable(1000), 1000, 24) || !lies_at(ring.readable(1024), 1024, 1024)) return false;
  if (ring.room() != 2048 || ring.consume(1000)) return false;
  if (!owners(list, 0b1100)) return false;
  if (!ring.consume(124)) return false;  // 24 of the first, 100 of the second
  if (!owners(list, 0b1101) || list[3].next != address(0) || list[0].next != 0) return false;
  if (list[0].word0 != Descriptor::receiving(chunk) || ring.available() != 924) return false;
  // Full: all closed, and one by one given back.
  close(list[2], chunk);
  close(list[3], chunk);
  close(list[0], chunk);
  if (ring.room() != 0 || ring.available() != 924 + 3 * chunk) return false;
  if (!ring.consume(924 + 3 * chunk) || ring.available() != 0 || ring.readable().length != 0) return false;
  if (!owners(list, 0b1110) || list[0].next != address(1) || list[1].next != address(2)) return false;
  if (list[2].next != address(3) || list[3].next != 0 || ring.arrived() != 5 * chunk) return false;
  // Descriptor 0 is where GDMA goes on from, until it has closed the next one.
  close(list[1], 10);
  if (ring.available() != 10 || !lies_at(ring.readable(), chunk, 10)) return false;
  return ring.consume(10) && owners(list, 0b1101) && list[3].next == address(0) && list[0].next == 0;
}
static_assert(gives_back());

// A frame of no bytes closes a descriptor, too.
constexpr bool skips_what_is_empty() {
  List list{};
  ReceiveRing ring{list, list_at, bytes_at, chunk};
  ring.arm();
  close(list[0], 0, true);
  close(list[1], 5, true);
  if (ring.available() != 5 || !lies_at(ring.readable(), chunk, 5)) return false;
  return ring.consume(5) && owners(list, 0b1101) && ring.available() == 0;
}
static_assert(skips_what_is_empty());

// Begun again with bytes that nobody took: they stay in front, behind them everything is open.
constexpr bool keeps_what_is_left() {
  List list{};
  ReceiveRing ring{list, list_at, bytes_at, chunk};
  ring.arm();
  ring.resume();
  if (!owners(list, 0b1111) || ring.first_open() != address(0) || list[3].next != 0) return false;
  close(list[0], chunk);
  close(list[1], 100, true);
  ring.consume(chunk + 20);
  if (list[3].next != address(0) || list[0].next != 0) return false;
  ring.resume();
  if (!owners(list, 0b1101) || ring.first_open() != address(2) || list[2].next != address(3)) return false;
  if (list[3].next != address(0) || list[0].next != 0 || ring.arrived() != 0) return false;
  if (ring.available() != 80 || !lies_at(ring.readable(), chunk + 20, 80)) return false;
  close(list[2], 7, true);
  if (ring.available() != 87 || ring.arrived() != 7 || !lies_at(ring.readable(80), 2 * chunk, 7))
    return false;
  // What is done with to the last byte is free, also the descriptor that GDMA was at.
  ring.consume(87);
  ring.resume();
  return owners(list, 0b1111) && ring.available() == 0 && ring.first_open() == address(3) &&
         list[3].next == address(0) && list[2].next == 0;
}
static_assert(keeps_what_is_left());

// Full of them: there is nothing to begin with until some are taken.
constexpr bool keeps_everything() {
  List list{};
  ReceiveRing ring{list, list_at, bytes_at, chunk};
  ring.arm();
  for (Descriptor& descriptor : list) close(descriptor, chunk);
  ring.resume();
  if (ring.first_open() != 0 || ring.room() != 0 || ring.available() != 4 * chunk) return false;
  return ring.consume(chunk) && ring.first_open() == address(0) && list[0].next == 0 && ring.arrived() == 0;
}
static_assert(keeps_everything());

constexpr bool sends_nothing_yet() {
  List list{};
  TransmitRing ring{list, list_at, bytes_at, chunk};
  ring.clear();
  return owners(list, 0) && ring.room() == 4096 && lies_at(ring.writable(), 0, chunk) && !ring.flush() &&
         ring.all_sent() && ring.handed_over() == 0;
}
static_assert(sends_nothing_yet());

constexpr bool fills_before_the_start() {
  List list{};
  TransmitRing ring{list, list_at, bytes_at, chunk};
  ring.clear();
  if (!ring.commit(chunk) || !ring.commit(chunk) || ring.commit(128)) return false;
  // What is not a whole chunk stays with the program.
  if (!owners(list, 0b0011) || ring.room() != 1920 || !lies_at(ring.writable(), 2048 + 128, 896))
    return false;
  if (list[0].next != address(1) || list[1].next != 0) return false;
  if (list[0].word0 != Descriptor::sending(chunk, true) || ring.handed_over() != 2048) return false;
  if (!ring.flush() || !owners(list, 0b0111) || list[2].length() != 128) return false;
  return list[1].next == address(2) && ring.room() == 1024;
}
static_assert(fills_before_the_start());

constexpr bool fills_again() {
  List list{};
  TransmitRing ring{list, list_at, bytes_at, chunk};
  ring.clear();
  for (int i = 0; i < 4; ++i) {
    if (!ring.commit(chunk)) return false;
  }
  if (ring.room() != 0 || ring.writable().length != 0 || ring.all_sent()) return false;
  send(list[0]);
  if (ring.room() != 0) return false;  // GDMA may go on from here
  send(list[1]);
  send(list[2]);
  if (ring.room() != 2048 || !lies_at(ring.writable(), 0, chunk)) return false;
  if (ring.commit(20) || ring.room() != 2028 || !lies_at(ring.writable(), 20, 1004)) return false;
  if (!ring.flush() || list[3].next != address(0) || list[0].next != 0 || list[0].length() != 20)
    return false;
  // All sent: the list goes on behind the last one even so, and that one stays.
  for (Descriptor& descriptor : list) send(descriptor);
  if (!ring.all_sent() || ring.room() != 3072) return false;
  return ring.commit(chunk) && list[0].next == address(1) && ring.handed_over() == 5 * chunk + 20;
}
static_assert(fills_again());

// After 2^32 bytes the count is 0 again; the list has begun all the same.
constexpr bool goes_on_after_the_count_wraps() {
  constexpr std::uint32_t half = 1u << 31;
  List list{};
  TransmitRing ring{list, list_at, bytes_at, half};
  ring.clear();
  if (ring.has_begun() || !ring.commit(half) || !ring.commit(half)) return false;
  if (!ring.has_begun() || ring.handed_over() != 0) return false;
  return ring.commit(half) && list[1].next == address(2);
}
static_assert(goes_on_after_the_count_wraps());

}  // namespace

int main() {
  FERRY_CHECK(receives_nothing_yet());
  return check::result();
}

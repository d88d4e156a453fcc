// Descriptor lists: words, chunks, links, and what is rewritten for a second transfer. Plain arithmetic, so
// the compiler does most of it.
#include "check.hpp"
#include "ferry/dma/descriptor.hpp"

#include <array>

using namespace ferry::dma;
using namespace ferry::dma::detail;

namespace {

static_assert(Descriptor::receiving(4095) == 0x8000'0FFF);
static_assert(Descriptor::sending(4092, false) == (0x8000'0000 | 0xFFCu << 12 | 0xFFC));
static_assert(Descriptor::sending(1, true) == 0xC000'1001);

static_assert(largest_buffer == 32'736);
static_assert(descriptors_for(0) == 1 && descriptors_for(1) == 1 && descriptors_for(4092) == 1);
static_assert(descriptors_for(4093) == 2 && descriptors_for(32'000) == 8 && descriptors_for(32'736) == 8);

constexpr std::uint32_t list_at = 0x3FC9'0000;
constexpr std::uint32_t bytes_at = 0x3FCA'0001;
using List = std::array<Descriptor, 8>;

constexpr List receive_list(std::uint32_t length, std::uint32_t chunk, std::uint32_t last_size) {
  List list{};
  fill_receive_list(list, {list_at, bytes_at, length, chunk}, last_size);
  return list;
}

constexpr List transmit_list(std::uint32_t length, std::uint32_t tail) {
  List list{};
  fill_transmit_list(list, {list_at, bytes_at, length, largest_chunk}, tail);
  return list;
}

// Every byte described once, in order, and the list linked as it lies.
constexpr bool covers(const List& list, std::uint32_t length, std::uint32_t tail) {
  std::uint32_t described = 0;
  for (std::uint32_t i = 0; i < list.size(); ++i) {
    const Descriptor& descriptor = list[i];
    if (descriptor.owner() != Owner::dma || descriptor.buffer != bytes_at + described) return false;
    described += descriptor.length();
    if (descriptor.size() != descriptor.length()) return false;
    if (described == length) return descriptor.next == tail && descriptor.suc_eof() == (tail == 0);
    if (descriptor.next != list_at + (i + 1) * 12 || descriptor.suc_eof()) return false;
  }
  return false;
}

constexpr bool covers_all_lengths() {
  for (std::uint32_t length = 1; length <= largest_buffer; length += length / 7 + 1) {
    if (!covers(transmit_list(length, 0), length, 0)) return false;
    if (!covers(transmit_list(length, 0x3FC8'1230), length, 0x3FC8'1230)) return false;
  }
  return covers(transmit_list(4095, 0), 4095, 0) && covers(transmit_list(4096, 0), 4096, 0) &&
         covers(transmit_list(32'736, 0), 32'736, 0);
}
static_assert(covers_all_lengths());

static_assert(receive_list(4096, largest_chunk, 1)[0].size() == 4095);
static_assert(receive_list(4096, largest_chunk, 1)[1].size() == 1);
static_assert(receive_list(4096, largest_chunk, 1)[1].next == 0);
static_assert(receive_list(4093, largest_aligned_chunk, 4)[0].size() == 4092);
static_assert(receive_list(4093, largest_aligned_chunk, 4)[1].size() == 4);
static_assert(receive_list(4093, largest_aligned_chunk, 4)[1].buffer == bytes_at + 4092);
static_assert(receive_list(1, largest_chunk, 1)[0].length() == 0);

// What GDMA does to a descriptor when it closes it.
constexpr void close(Descriptor& descriptor, std::uint32_t length, bool end_of_frame) {
  descriptor.word0 = descriptor.size() | length << 12 | (end_of_frame ? Descriptor::suc_eof_bit : 0);
}

constexpr bool rearms() {
  List list = receive_list(9000, largest_chunk, 810);
  const List fresh = list;
  close(list[0], 4095, false);
  close(list[1], 100, true);
  if (received_length({list.data(), 3}) != 4195) return false;
  rearm_receive_list({list.data(), 3});
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].word0 != fresh[i].word0 || list[i].next != fresh[i].next) return false;
  }
  return received_length({list.data(), 3}) == 0;
}
static_assert(rearms());

}  // namespace

int main() {
  FERRY_CHECK(sizeof(Descriptor) == 12 && alignof(Descriptor) == 4);
  return check::result();
}

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

static_assert(descriptors_for(0) == 1 && descriptors_for(1) == 1 && descriptors_for(4092) == 1);
static_assert(descriptors_for(4093) == 2 && descriptors_for(32'000) == 8 && descriptors_for(32'736) == 8);

constexpr std::uint32_t list_at = 0x3FC9'0000;
constexpr std::uint32_t bytes_at = 0x3FCA'0001;
using List = std::array<Descriptor, 8>;

constexpr List receive_list(std::uint32_t length, std::uint32_t chunk, bool whole_words) {
  List list{};
  ListBuilder builder{list, list_at, {chunk}};
  if (!builder.add_receiving(bytes_at, length)) return {};
  builder.finish_receiving(whole_words);
  return list;
}

constexpr List transmit_list(std::uint32_t length, std::uint32_t tail) {
  List list{};
  ListBuilder builder{list, list_at, {largest_chunk}};
  if (!builder.add_sending(bytes_at, length)) return {};
  builder.finish_sending(tail);
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
  for (std::uint32_t length = 1; length <= 32'736; length += length / 7 + 1) {
    if (!covers(transmit_list(length, 0), length, 0)) return false;
    if (!covers(transmit_list(length, 0x3FC8'1230), length, 0x3FC8'1230)) return false;
  }
  return covers(transmit_list(4095, 0), 4095, 0) && covers(transmit_list(4096, 0), 4096, 0) &&
         covers(transmit_list(32'736, 0), 32'736, 0);
}
static_assert(covers_all_lengths());

static_assert(receive_list(4096, largest_chunk, false)[0].size() == 4095);
static_assert(receive_list(4096, largest_chunk, false)[1].size() == 1);
static_assert(receive_list(4096, largest_chunk, false)[1].next == 0);
static_assert(receive_list(4093, largest_aligned_chunk, true)[0].size() == 4092);
static_assert(receive_list(4093, largest_aligned_chunk, true)[1].size() == 4);
static_assert(receive_list(4093, largest_aligned_chunk, true)[1].buffer == bytes_at + 4092);
static_assert(receive_list(1, largest_chunk, false)[0].length() == 0);

// Two pieces, and cuts where frames of 5000 bytes end.
constexpr bool pieces_and_frames() {
  List list{};
  ListBuilder builder{list, list_at, {.chunk = 4000, .frame = 5000}};
  if (!builder.add_receiving(0x3FCA'0000, 4500) || !builder.add_receiving(0x3FCB'0000, 1500)) return false;
  builder.finish_receiving(true);
  constexpr std::uint32_t sizes[] = {4000, 500, 500, 1000};
  constexpr std::uint32_t places[] = {0x3FCA'0000, 0x3FCA'0000 + 4000, 0x3FCB'0000, 0x3FCB'0000 + 500};
  if (builder.count() != 4) return false;
  for (std::uint32_t i = 0; i < 4; ++i) {
    if (list[i].size() != sizes[i] || list[i].buffer != places[i]) return false;
    if (list[i].next != (i == 3 ? 0 : list_at + (i + 1) * 12)) return false;
  }
  return true;
}
static_assert(pieces_and_frames());

// A list that is too short says so.
constexpr bool ends_with_the_list() {
  List list{};
  ListBuilder builder{list, list_at, {.chunk = 10}};
  return builder.add_sending(bytes_at, 80) && builder.count() == 8 && !builder.add_sending(bytes_at, 1);
}
static_assert(ends_with_the_list());

// What GDMA does to a descriptor when it closes it.
constexpr void close(Descriptor& descriptor, std::uint32_t length, bool end_of_frame) {
  descriptor.word0 = descriptor.size() | length << 12 | (end_of_frame ? Descriptor::suc_eof_bit : 0);
}

constexpr bool rearms() {
  List list = receive_list(9000, largest_chunk, false);
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

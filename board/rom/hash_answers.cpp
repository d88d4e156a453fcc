// CRCs and MD5.
#include "board/image/byte_order.hpp"
#include "board/image/crc.hpp"
#include "board/image/md5.hpp"
#include "board/rom/answers.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace ferry::board {

namespace {

std::vector<std::byte> bytes_at(RomCall& call, std::uint32_t address, std::uint32_t length) {
  constexpr std::uint32_t chunk = 4096;
  std::vector<std::byte> bytes;
  while (length != 0 && !call.faulted()) {
    const std::uint32_t count = std::min(length, chunk);
    bytes.resize(bytes.size() + count);
    call.read(address, std::span(bytes).last(count));
    address += count, length -= count;
  }
  return bytes;
}

// (value before, buffer, length)
template <class Value, Value polynomial, bool reflected>
void answer_crc(RomCall& call) {
  const std::vector<std::byte> bytes = bytes_at(call, call.argument(1), call.argument(2));
  call.spend(7 * bytes.size());  // a table look-up for each
  call.result(crc<Value, polynomial, reflected>(bytes, static_cast<Value>(call.argument(0))));
}

// The checksum of the MAC address in eFuse: (buffer, length). This one is not inverted.
void mac_crc(RomCall& call) {
  const std::vector<std::byte> bytes = bytes_at(call, call.argument(0), call.argument(1));
  call.result(static_cast<std::uint8_t>(~crc<std::uint8_t, 0x8C, true>(bytes, 0xFF)));
}

// MD5's state in the program's memory: four words, the length in bits as two words, a block.
struct Md5Context {
  static constexpr std::uint32_t bits = 16, block = 24, size = 88;  // the state is at 0
};
constexpr unsigned md5_block_cycles = 700;

void md5_init(RomCall& call) {
  std::vector<std::byte> context;
  for (const std::uint32_t word : md5_start) append_word(context, word);
  context.resize(Md5Context::size);
  call.write(call.argument(0), context);
}

// The context with these bytes taken in.
void take_in(RomCall& call, std::vector<std::byte>& context, std::span<const std::byte> bytes) {
  Md5State state{};
  for (std::size_t index = 0; index < state.size(); ++index) state[index] = word_at(context, 4 * index);
  std::uint64_t bits =
      word_at(context, Md5Context::bits) | std::uint64_t{word_at(context, Md5Context::bits + 4)} << 32;
  std::size_t filled = bits / 8 % md5_block_size;
  bits += std::uint64_t{bytes.size()} * 8;
  const std::span<std::byte> block = std::span(context).subspan(Md5Context::block, md5_block_size);
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), md5_block_size - filled);
    std::ranges::copy(bytes.first(count), block.begin() + static_cast<std::ptrdiff_t>(filled));
    bytes = bytes.subspan(count);
    filled += count;
    if (filled != md5_block_size) break;
    md5_block(state, block);
    call.spend(md5_block_cycles);
    filled = 0;
  }
  std::vector<std::byte> head;
  for (const std::uint32_t word : state) append_word(head, word);
  append_word(head, static_cast<std::uint32_t>(bits));
  append_word(head, static_cast<std::uint32_t>(bits >> 32));
  std::ranges::copy(head, context.begin());
}

void md5_update(RomCall& call) {
  const std::uint32_t place = call.argument(0);
  std::vector<std::byte> context = bytes_at(call, place, Md5Context::size);
  const std::vector<std::byte> bytes = bytes_at(call, call.argument(1), call.argument(2));
  if (call.faulted()) return;
  take_in(call, context, bytes);
  call.write(place, context);
}

void md5_final(RomCall& call) {
  const std::uint32_t place = call.argument(1);
  std::vector<std::byte> context = bytes_at(call, place, Md5Context::size);
  if (call.faulted()) return;
  const std::vector<std::byte> length(context.begin() + Md5Context::bits,
                                      context.begin() + Md5Context::block);
  const std::size_t filled = word_at(length, 0) / 8 % md5_block_size;
  constexpr std::size_t room = md5_block_size - 8;
  std::vector<std::byte> padding(filled < room ? room - filled : md5_block_size + room - filled);
  padding[0] = std::byte{0x80};
  take_in(call, context, padding);
  take_in(call, context, length);
  call.write(call.argument(0), std::span(context).first(md5_size));
}

constexpr std::array answers = std::to_array<RomAnswer>({
    {"crc32_le", answer_crc<std::uint32_t, 0xEDB8'8320, true>, 15},
    {"crc32_be", answer_crc<std::uint32_t, 0x04C1'1DB7, false>, 15},
    {"crc16_le", answer_crc<std::uint16_t, 0x8408, true>, 15},
    {"crc16_be", answer_crc<std::uint16_t, 0x1021, false>, 15},
    {"crc8_le", answer_crc<std::uint8_t, 0xE0, true>, 15},
    {"crc8_be", answer_crc<std::uint8_t, 0x07, false>, 15},
    {"esp_crc8", mac_crc, 15},
    {"MD5Init", md5_init, 15},
    {"MD5Update", md5_update, 30},
    {"MD5Final", md5_final, 60},
});

}  // namespace

std::span<const RomAnswer> hash_answers() { return answers; }

}  // namespace ferry::board

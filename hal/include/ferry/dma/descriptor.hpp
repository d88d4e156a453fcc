// The linked list that GDMA walks: 12-byte descriptors, each naming up to 4095 bytes of memory.
//
// Words and bits carry the names of the technical reference manual, chapter 2. Everything here is plain
// arithmetic on addresses, so it can be tried at compile time.
#pragma once

#include <cstdint>
#include <span>

namespace ferry::dma {

/// Most bytes one descriptor can describe: its size and length fields have 12 bits.
inline constexpr std::uint32_t largest_chunk = 4095;
/// The same where sizes have to be multiples of a word, as in receive descriptors with burst on.
inline constexpr std::uint32_t largest_aligned_chunk = 4092;
/// Most bytes of one buffer: what SPI's length register covers (2^18 bits), less the 32 bytes that let eight
/// aligned chunks do.
inline constexpr std::uint32_t largest_buffer = 8 * largest_aligned_chunk;

/// Descriptors for a buffer of this many bytes, however it is chunked.
constexpr std::uint32_t descriptors_for(std::uint32_t bytes) {
  return bytes == 0 ? 1 : (bytes + largest_aligned_chunk - 1) / largest_aligned_chunk;
}

enum class Owner : std::uint8_t { cpu = 0, dma = 1 };

/// One descriptor, as GDMA reads it. While a transfer runs it belongs to the hardware.
struct alignas(4) Descriptor {
  std::uint32_t word0 = 0;
  std::uint32_t buffer = 0;  ///< address of the bytes
  std::uint32_t next = 0;    ///< address of the next descriptor, 0 after the last

  /// Bytes that fit.
  constexpr std::uint32_t size() const { return word0 & 0xFFFu; }
  /// Bytes to send, or received: GDMA writes it when it closes a receive descriptor.
  constexpr std::uint32_t length() const { return (word0 >> 12) & 0xFFFu; }
  /// Last one of its frame.
  constexpr bool suc_eof() const { return (word0 & suc_eof_bit) != 0; }
  constexpr Owner owner() const { return (word0 & owner_bit) != 0 ? Owner::dma : Owner::cpu; }

  static constexpr std::uint32_t suc_eof_bit = 1u << 30;
  static constexpr std::uint32_t owner_bit = 1u << 31;

  /// word0 of a descriptor that waits for up to `size` bytes.
  static constexpr std::uint32_t receiving(std::uint32_t size) { return owner_bit | size; }
  /// word0 of a descriptor that sends `length` bytes.
  static constexpr std::uint32_t sending(std::uint32_t length, bool last) {
    return owner_bit | (last ? suc_eof_bit : 0) | length << 12 | length;
  }
};
static_assert(sizeof(Descriptor) == 12);

namespace detail {

/// Where a list lies and what it shall describe.
struct ListPlan {
  std::uint32_t list_address;    ///< of the first descriptor
  std::uint32_t buffer_address;  ///< of the first byte
  std::uint32_t length;          ///< bytes, at least 1
  std::uint32_t chunk;           ///< most bytes per descriptor
};

/// Descriptors that the plan needs.
constexpr std::uint32_t list_length(const ListPlan& plan) {
  return (plan.length + plan.chunk - 1) / plan.chunk;
}

/// Fills the list for receiving; `list` holds at least list_length(plan) descriptors. `last_size` is the size
/// of the last one, which may be rounded up beyond what `plan.length` leaves for it.
constexpr void fill_receive_list(std::span<Descriptor> list, const ListPlan& plan, std::uint32_t last_size) {
  const std::uint32_t count = list_length(plan);
  for (std::uint32_t i = 0; i < count; ++i) {
    const bool last = i + 1 == count;
    list[i].word0 = Descriptor::receiving(last ? last_size : plan.chunk);
    list[i].buffer = plan.buffer_address + i * plan.chunk;
    list[i].next = last ? 0 : plan.list_address + (i + 1) * static_cast<std::uint32_t>(sizeof(Descriptor));
  }
}

/// Fills the list for sending. Behind the last byte follows the descriptor at `tail`, or, with 0, the end of
/// the frame. The end is always marked by suc_eof, so that it does not matter which of the two readings of
/// OUT_TOTAL_EOF the hardware follows.
constexpr void fill_transmit_list(std::span<Descriptor> list, const ListPlan& plan, std::uint32_t tail) {
  const std::uint32_t count = list_length(plan);
  for (std::uint32_t i = 0; i < count; ++i) {
    const bool last = i + 1 == count;
    const std::uint32_t length = last ? plan.length - i * plan.chunk : plan.chunk;
    list[i].word0 = Descriptor::sending(length, last && tail == 0);
    list[i].buffer = plan.buffer_address + i * plan.chunk;
    list[i].next = last ? tail : plan.list_address + (i + 1) * static_cast<std::uint32_t>(sizeof(Descriptor));
  }
}

/// Makes a receive list that was filled before ready again, by giving back to GDMA what GDMA closed. It
/// closes in order, so the first one that it still owns ends the work.
constexpr void rearm_receive_list(std::span<Descriptor> list) {
  for (Descriptor& descriptor : list) {
    if (descriptor.owner() == Owner::dma) return;
    descriptor.word0 = Descriptor::receiving(descriptor.size());
  }
}

/// Bytes that GDMA reported in the descriptors it closed.
constexpr std::uint32_t received_length(std::span<const Descriptor> list) {
  std::uint32_t bytes = 0;
  for (const Descriptor& descriptor : list) {
    if (descriptor.owner() == Owner::dma) break;
    bytes += descriptor.length();
  }
  return bytes;
}

}  // namespace detail
}  // namespace ferry::dma

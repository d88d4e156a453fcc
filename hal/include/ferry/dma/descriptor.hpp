// The linked list that GDMA walks: 12-byte descriptors, each naming up to 4095 bytes of memory.
//
// Words and bits carry the names of the technical reference manual, chapter 2. Everything here is plain
// arithmetic on addresses, so it can be tried at compile time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

namespace ferry::dma {

/// Most bytes one descriptor can describe: its size and length fields have 12 bits.
inline constexpr std::uint32_t largest_chunk = 4095;
/// The same where sizes have to be multiples of a word, as in receive descriptors with burst on.
inline constexpr std::uint32_t largest_aligned_chunk = 4092;
/// Most bytes of one buffer: all memory that GDMA reaches. How much of it is left for buffers, the linker
/// finds out.
inline constexpr std::uint32_t largest_buffer = 384 * 1024;

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

/// As descriptors and registers name a place.
[[gnu::always_inline]] inline std::uint32_t address_of(const void* place) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(place));
}

/// Where a list is cut into descriptors.
struct Cuts {
  std::uint32_t chunk;         ///< most bytes per descriptor
  std::uint32_t frame = 0;     ///< a descriptor ends wherever a frame of so many bytes does; 0: anywhere
  std::uint32_t in_frame = 0;  ///< bytes of the first frame that come before the list
};

/// Writes a list from its start: for every piece of memory one add_…, then one finish_…. `list_address` is
/// that of the first descriptor.
class ListBuilder {
 public:
  [[gnu::always_inline]] constexpr ListBuilder(std::span<Descriptor> list, std::uint32_t list_address,
                                               Cuts cuts)
      : next_(list.data()),
        next_address_(list_address),
        free_(static_cast<std::uint32_t>(list.size())),
        cuts_(cuts),
        in_frame_(cuts.in_frame) {}

  /// Descriptors that wait for `bytes` bytes, at least 1. False if the list is too short for them.
  [[gnu::always_inline]] constexpr bool add_receiving(std::uint32_t address, std::uint32_t bytes) {
    return add(address, bytes, false);
  }
  /// Descriptors that send them, at least 1 byte, too.
  [[gnu::always_inline]] constexpr bool add_sending(std::uint32_t address, std::uint32_t bytes) {
    return add(address, bytes, true);
  }

  /// Ends the list. With `whole_words` the size of the last descriptor is rounded up, as a burst wants it.
  [[gnu::always_inline]] constexpr void finish_receiving(bool whole_words) {
    Descriptor& last = next_[-1];
    last.next = 0;
    if (whole_words) last.word0 = Descriptor::receiving((last.size() + 3) / 4 * 4);
  }
  /// Behind the last byte follows the descriptor at `tail`, or, with 0, the end of the frame. The end is
  /// always marked by suc_eof, so that it does not matter which of the two readings of OUT_TOTAL_EOF the
  /// hardware follows.
  [[gnu::always_inline]] constexpr void finish_sending(std::uint32_t tail) {
    Descriptor& last = next_[-1];
    last.next = tail;
    if (tail == 0) last.word0 |= Descriptor::suc_eof_bit;
  }

  /// Descriptors in use.
  constexpr std::uint32_t count() const { return count_; }

 private:
  [[gnu::always_inline]] constexpr bool add(std::uint32_t address, std::uint32_t bytes, bool sends) {
    do {
      if (count_ == free_) return false;
      std::uint32_t length = std::min(bytes, cuts_.chunk);
      if (cuts_.frame != 0) {
        length = std::min(length, cuts_.frame - in_frame_);
        in_frame_ += length;
        if (in_frame_ == cuts_.frame) in_frame_ = 0;
      }
      ++count_;
      next_address_ += static_cast<std::uint32_t>(sizeof(Descriptor));
      *next_++ = {.word0 = sends ? Descriptor::sending(length, false) : Descriptor::receiving(length),
                  .buffer = address,
                  .next = next_address_};
      address += length;
      bytes -= length;
    } while (bytes != 0);
    return true;
  }

  Descriptor* next_;
  std::uint32_t next_address_;
  std::uint32_t free_;
  Cuts cuts_;
  std::uint32_t count_ = 0;
  std::uint32_t in_frame_;
};

/// Makes a receive list that was filled before ready again, by giving back to GDMA what GDMA closed. It
/// closes in order, so the first one that it still owns ends the work.
[[gnu::always_inline]] constexpr void rearm_receive_list(std::span<Descriptor> list) {
  Descriptor* descriptor = list.data();
  for (std::size_t left = list.size(); left != 0 && descriptor->owner() == Owner::cpu; --left) {
    descriptor->word0 = Descriptor::receiving(descriptor->size());
    ++descriptor;
  }
}

/// The same for a transmit list whose descriptors GDMA gives back when it has sent them.
constexpr void rearm_transmit_list(std::span<Descriptor> list) {
  for (Descriptor& descriptor : list) {
    if (descriptor.owner() == Owner::dma) return;
    descriptor.word0 |= Descriptor::owner_bit;
  }
}

/// Bytes that GDMA reported in the descriptors it closed.
[[gnu::always_inline]] constexpr std::uint32_t received_length(std::span<const Descriptor> list) {
  std::uint32_t bytes = 0;
  const Descriptor* descriptor = list.data();
  for (std::size_t left = list.size(); left != 0 && descriptor->owner() == Owner::cpu; --left) {
    bytes += descriptor->length();
    ++descriptor;
  }
  return bytes;
}

}  // namespace detail
}  // namespace ferry::dma

// Descriptors that are used again and again while a transfer runs: what a stream is made of.
//
// A list never closes to a circle. It ends, and grows at its end: a descriptor that the program is done with
// is linked behind the last one, and GDMA told to read that one's link again (RESTART). So GDMA meets either
// a descriptor that is ready or the end of the list, never one that is being worked on, however far it reads
// ahead; at the end it rests, and RESTART wakes it.
//
// The descriptor that GDMA read last is where RESTART begins, so it has to stay as it is, even when its bytes
// are done with. Which one that is shows only when the one behind it is done with, too; so a descriptor is
// not used again before that.
//
// For the inside of the HAL. Plain arithmetic on addresses and indices, so it can be tried at compile time.
#pragma once

#include "ferry/dma/descriptor.hpp"

#include <cstdint>
#include <span>
#include <type_traits>

namespace ferry::dma::detail {

/// Bytes of the ring's memory that lie together.
struct Part {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

/// What both directions have in common: descriptor i describes the i-th chunk of the memory.
class Ring {
 public:
  constexpr Ring() = default;
  constexpr Ring(std::span<Descriptor> list, std::uint32_t list_address, std::uint32_t bytes_address,
                 std::uint32_t chunk)
      : list_(list), list_address_(list_address), bytes_address_(bytes_address), chunk_(chunk) {}

  constexpr std::uint32_t capacity() const { return count() * chunk_; }
  constexpr std::uint32_t chunk() const { return chunk_; }

 protected:
  constexpr std::uint32_t count() const { return static_cast<std::uint32_t>(list_.size()); }
  constexpr std::uint32_t after(std::uint32_t index) const { return index + 1 == count() ? 0 : index + 1; }
  constexpr std::uint32_t address(std::uint32_t index) const {
    return list_address_ + index * static_cast<std::uint32_t>(sizeof(Descriptor));
  }
  constexpr void set(std::uint32_t index, std::uint32_t word0, std::uint32_t next) {
    list_[index].buffer = bytes_address_ + index * chunk_;
    list_[index].next = next;
    list_[index].word0 = word0;
  }

  // The list goes on with this one. GDMA may follow at once, so what it finds there has to be in memory.
  constexpr void link(std::uint32_t index) {
    if (!std::is_constant_evaluated()) asm volatile("" ::: "memory");
    list_[last_].next = address(index);
  }

  std::span<Descriptor> list_;
  std::uint32_t list_address_ = 0;
  std::uint32_t bytes_address_ = 0;
  std::uint32_t chunk_ = 0;
  std::uint32_t last_ = 0;  // the descriptor at the list's end
};

class ReceiveRing : public Ring {
 public:
  using Ring::Ring;

  /// All descriptors wait for bytes; the list begins with the first one.
  constexpr void arm() {
    for (std::uint32_t i = 0; i < count(); ++i) {
      set(i, Descriptor::receiving(chunk_), i + 1 == count() ? 0 : address(i + 1));
    }
    last_ = count() - 1;
    head_ = offset_ = consumed_ = 0;
  }
  /// As arm(), while nothing runs, but what has arrived and was not consumed stays, in front of what is to
  /// come. The list begins with first_open().
  constexpr void resume() {
    std::uint32_t kept = 0;
    for (std::uint32_t index = head_; kept < count() && is_closed(index); index = after(index)) ++kept;
    // There is no RESTART to be prepared for, so the last one may go, too.
    for (; kept != 0 && offset_ >= list_[head_].length(); --kept) {
      offset_ -= list_[head_].length();
      head_ = after(head_);
    }
    last_ = head_ == 0 ? count() - 1 : head_ - 1;
    for (std::uint32_t index = last_, next = 0; kept < count(); ++kept) {
      set(index, Descriptor::receiving(chunk_), next);
      next = address(index);
      index = index == 0 ? count() - 1 : index - 1;
    }
    consumed_ = 0 - available();  // arrived() begins with 0
  }
  /// The address of the descriptor that the next bytes come to; 0 if every one is taken.
  constexpr std::uint32_t first_open() const {
    for (std::uint32_t i = 0, index = head_; i < count(); ++i, index = after(index))
      if (!is_closed(index)) return address(index);
    return 0;
  }
  /// Bytes that have arrived and were not consumed.
  constexpr std::uint32_t available() const {
    std::uint32_t bytes = 0, index = head_;
    for (std::uint32_t i = 0; i < count() && is_closed(index); ++i, index = after(index))
      bytes += list_[index].length();
    return bytes - offset_;
  }
  /// Those of them that belong to the oldest frame, and whether its end is among them.
  struct FramePart {
    std::uint32_t length;
    bool complete;
  };
  constexpr FramePart frame() const {
    std::uint32_t bytes = 0, index = head_;
    for (std::uint32_t i = 0; i < count() && is_closed(index); ++i, index = after(index)) {
      bytes += list_[index].length();
      if (list_[index].suc_eof() && bytes != offset_) return {bytes - offset_, true};
    }
    return {bytes - offset_, false};
  }
  /// Available bytes from `skip` on that lie together; none if there are no more.
  constexpr Part readable(std::uint32_t skip = 0) const {
    skip += offset_;
    for (std::uint32_t i = 0, index = head_; i < count() && is_closed(index); ++i, index = after(index)) {
      const std::uint32_t length = list_[index].length();
      if (skip < length) return {index * chunk_ + skip, length - skip};
      skip -= length;
    }
    return {};
  }
  /// The oldest `length` bytes, which are available, are done with. True if a descriptor was given back to
  /// GDMA, which has to be told.
  constexpr bool consume(std::uint32_t length) {
    consumed_ += length;
    offset_ += length;
    bool gave_back = false;
    while (is_closed(head_) && offset_ >= list_[head_].length() && is_closed(after(head_))) {
      offset_ -= list_[head_].length();
      set(head_, Descriptor::receiving(chunk_), 0);
      link(head_);
      last_ = head_;
      head_ = after(head_);
      gave_back = true;
    }
    return gave_back;
  }

  /// Bytes that still have a place, if every frame that comes fills its descriptors.
  constexpr std::uint32_t room() const {
    std::uint32_t closed = 0;
    for (std::uint32_t index = head_; closed < count() && is_closed(index); index = after(index)) ++closed;
    return (count() - closed) * chunk_;
  }
  /// Bytes that have arrived since arm() or resume(); modulo 2^32.
  constexpr std::uint32_t arrived() const { return consumed_ + available(); }

 private:
  constexpr bool is_closed(std::uint32_t index) const { return list_[index].owner() == Owner::cpu; }

  std::uint32_t head_ = 0;    // the oldest descriptor
  std::uint32_t offset_ = 0;  // bytes of it that were consumed
  std::uint32_t consumed_ = 0;
};

class TransmitRing : public Ring {
 public:
  using Ring::Ring;

  /// Empty; the list will begin with the first descriptor. What is committed before the start is what the
  /// transfer begins with.
  constexpr void clear() {
    for (std::uint32_t i = 0; i < count(); ++i) set(i, 0, 0);
    oldest_ = open_ = filled_ = in_flight_ = handed_over_ = 0;
    last_ = count() - 1;
    has_begun_ = false;
  }
  /// Bytes that find a place.
  constexpr std::uint32_t room() {
    reclaim();
    return (count() - in_flight_) * chunk_ - filled_;
  }
  /// Places that lie together, for the next bytes.
  constexpr Part writable() {
    reclaim();
    if (in_flight_ == count()) return {};
    return {open_ * chunk_ + filled_, chunk_ - filled_};
  }
  /// So many bytes, which writable() had a place for, are there. True if that filled a descriptor, which went
  /// to GDMA.
  constexpr bool commit(std::uint32_t length) {
    filled_ += length;
    return filled_ == chunk_ && flush();
  }
  /// Hands over a descriptor that is filled in part. False if there is none.
  constexpr bool flush() {
    if (filled_ == 0) return false;
    // Each descriptor ends a frame: whoever is at the other end need not wait for more.
    set(open_, Descriptor::sending(filled_, true), 0);
    if (has_begun_) link(open_);
    has_begun_ = true;
    last_ = open_;
    handed_over_ += filled_;
    ++in_flight_;
    filled_ = 0;
    open_ = after(open_);
    return true;
  }

  /// Bytes that went to GDMA since clear(), modulo 2^32; and whether all of them have been sent.
  constexpr std::uint32_t handed_over() const { return handed_over_; }
  /// Those of them that GDMA has read, descriptor by descriptor.
  constexpr std::uint32_t read() const {
    std::uint32_t bytes = handed_over_;
    for (const Descriptor& descriptor : list_)
      if (descriptor.owner() == Owner::dma) bytes -= descriptor.length();
    return bytes;
  }
  /// Whether anything went to GDMA since then.
  constexpr bool has_begun() const { return has_begun_; }
  constexpr bool all_sent() const { return in_flight_ == 0 || list_[last_].owner() == Owner::cpu; }

 private:
  // GDMA gives descriptors back in order.
  constexpr void reclaim() {
    while (in_flight_ > 1 && list_[after(oldest_)].owner() == Owner::cpu) {
      oldest_ = after(oldest_);
      --in_flight_;
    }
  }

  std::uint32_t oldest_ = 0;     // of those that GDMA has
  std::uint32_t open_ = 0;       // the one that is being filled
  std::uint32_t filled_ = 0;     // bytes of it
  std::uint32_t in_flight_ = 0;  // descriptors
  std::uint32_t handed_over_ = 0;
  bool has_begun_ = false;  // not the same as handed_over_ != 0, which is false again after 2^32 bytes
};

}  // namespace ferry::dma::detail

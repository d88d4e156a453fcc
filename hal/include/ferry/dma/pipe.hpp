// Memory to memory without an end: what is pushed in at one side comes out at the other, carried by DMA.
//
//   auto pipe = std::move(copier).pipe(std::move(received), std::move(sent));
//   while (…) {
//     pipe.push(some_bytes);
//     handle(pipe.pop(other_bytes));
//   }
//   auto outcome = std::move(pipe).stop_into(copier, received, sent);
#pragma once

#include "ferry/dma/copy.hpp"
#include "ferry/dma/stream.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/ownership.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace ferry::dma {

/// A copy that runs until it is stopped. It owns the copier and both streams.
///
/// When nothing is pushed it rests, and when nothing is popped it holds back what it has: no byte is lost.
/// Has to be ended by stop_into, on every path; one that is dropped all the same is stopped, and its parts
/// can be had by recover_into(), see dma::Copy.
class [[nodiscard]] FERRY_CONSUMABLE Pipe {
 public:
  Pipe(Pipe&& other FERRY_TAKES_LIVE) = default;
  Pipe& operator=(Pipe&&) = delete;
  Pipe* operator&() = delete;
  [[gnu::always_inline]] FERRY_NEEDS_SPENT ~Pipe() {
    if (copier_.port_ != nullptr) drop();
  }

  /// Puts in as many of these bytes as find a place, and tells how many. They are under way once they fill a
  /// chunk, or at flush(). Does not block.
  FERRY_NEEDS_LIVE std::uint32_t push(std::span<const std::byte> bytes);
  /// The same without a copy, as TxStream::push_with.
  template <class Function>
  FERRY_NEEDS_LIVE std::uint32_t push_with(Function&& function) {
    check_live();
    const std::uint32_t length = detail::use_window(from_.window(), function);
    commit(length);
    return length;
  }
  FERRY_NEEDS_LIVE void flush();
  /// Bytes that push() would take at the moment.
  FERRY_NEEDS_LIVE std::uint32_t room() {
    check_live();
    return from_.room();
  }

  /// Takes out the oldest bytes, as many as fit, and tells how many. Does not block.
  FERRY_NEEDS_LIVE std::uint32_t pop(std::span<std::byte> bytes);
  /// The same without a copy, as RxStream::pop_with.
  template <class Function>
  FERRY_NEEDS_LIVE std::uint32_t pop_with(Function&& function) {
    check_live();
    const std::uint32_t length = detail::use_window(std::as_const(to_).window(), function);
    consume(length);
    return length;
  }
  /// As pop(), leaving them in.
  FERRY_NEEDS_LIVE std::uint32_t peek(std::span<std::byte> bytes) const {
    check_live();
    return to_.peek(bytes);
  }
  /// Bytes that pop() would find.
  FERRY_NEEDS_LIVE std::uint32_t available() const {
    check_live();
    return to_.available();
  }

  /// How often it stood still because nobody had popped.
  FERRY_NEEDS_LIVE std::uint32_t pauses();
  /// What keeps it from going on, if anything does, also what somebody did behind the driver's back: a
  /// stopped channel, a clock that is off, a reset. Some ten register reads.
  FERRY_NEEDS_LIVE std::optional<Error> error() const;

  /// Stops it; what has not come out by now is dropped, but for what is left in `to`. The outcome is the
  /// number of bytes that came through, modulo 2^32, or what went wrong and their number modulo 2^24.
  /// Bounded.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT Outcome stop_into(Copier& copier FERRY_REFILLS,
                                                                       RxStream& to FERRY_REFILLS,
                                                                       TxStream& from FERRY_REFILLS) && {
    const Outcome outcome = stop();
    copier = std::move(copier_);
    to = detail::StreamAccess::give_back(to_);
    from = detail::StreamAccess::give_back(from_);
    return outcome;
  }

  /// The parts of a pipe that was dropped, as stop_into() would have given them back. Without one it is
  /// fatal: there is was_dropped() to ask before.
  [[nodiscard]] static Outcome recover_into(Copier& copier FERRY_REFILLS, RxStream& to FERRY_REFILLS,
                                            TxStream& from FERRY_REFILLS) {
    return dropped.take_into(copier, to, from);
  }
  [[nodiscard]] static bool was_dropped() { return !dropped.is_empty(); }

 private:
  friend Copier;

  static constinit inline detail::Dropped<3, Copier, RxStream, TxStream> dropped{};
  void drop();

  FERRY_MADE_LIVE Pipe(detail::CopyPort* port, const detail::ReceiveStream& to,
                       const detail::TransmitStream& from);
  void commit(std::uint32_t length);
  void consume(std::uint32_t length);
  void note_pause();
  void hand_over();
  void take_on();
  bool is_stuck() const;
  Outcome stop();
  // The streams inside stay behind when a pipe is moved: what they describe belongs to somebody else then.
  void check_live() const { static_cast<void>(copier_.port()); }
  detail::Engine& engine() const { return copier_.port()->engine(); }

  Copier copier_;
  detail::ReceiveStream to_;
  detail::TransmitStream from_;
  std::uint32_t pauses_ = 0;
  bool receiving_ = false;  // GDMA has begun with the list
  bool sending_ = false;
};

}  // namespace ferry::dma

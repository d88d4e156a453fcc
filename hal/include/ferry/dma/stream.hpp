// Memory for transfers without an end: bytes are taken out, or put in, while the transfer runs.
//
//   auto received = ferry::dma_rx_stream<4096, 4>();   // 4096 bytes in four chunks
//   auto stream = ferry::spi::stream(std::move(spi), std::move(received));
//   while (…) handle(stream.pop(bytes));
//   auto outcome = std::move(stream).stop_into(spi, received);
//
// A chunk has a descriptor. What is received becomes visible chunk by chunk, or at the end of a frame; a
// chunk that was read to its end goes back to GDMA at once. What is sent is handed over chunk by chunk, or by
// flush(). A driver decides what happens when a stream runs dry or full; see dma::Pipe and spi::StreamOf.
#pragma once

#include "ferry/dma/buffer.hpp"
#include "ferry/dma/ring.hpp"
#include "ferry/ownership.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

namespace ferry::dma {

namespace detail {

struct StreamAccess;

/// The inside of a stream: a ring and its memory.
struct ReceiveStream {
  ReceiveRing ring;
  std::byte* bytes = nullptr;
  List* list = nullptr;
  std::uint64_t lost = 0;  // by the transfer that ended last

  std::uint32_t available() const;
  std::uint32_t peek(std::span<std::byte> to) const;
  /// The oldest of them that lie together.
  std::span<const std::byte> window() const;
  /// True if GDMA has to be told of descriptors that it got back.
  bool consume(std::uint32_t length);
  void resume();
  void clear();
};

struct TransmitStream {
  TransmitRing ring;
  std::byte* bytes = nullptr;
  List* list = nullptr;

  std::uint32_t room();
  struct Pushed {
    std::uint32_t length;
    bool handed_over;  ///< GDMA has to be told
  };
  Pushed push(std::span<const std::byte> from);
  bool flush();
  /// Free places that lie together, for the next bytes; and so many of them have been filled, true if GDMA
  /// has to be told.
  std::span<std::byte> window();
  bool commit(std::uint32_t length);
};

/// Has `function` look at some bytes, or fill them. How many of them it is done with it returns; more than
/// there are is fatal.
template <class View, class Function>
std::uint32_t use_window(View window, Function& function) {
  static_assert(std::is_invocable_r_v<std::uint32_t, Function&, View>,
                "this function takes a span of bytes and returns how many of them it is done with");
  if (window.empty()) return 0;
  const std::uint32_t used = function(window);
  if (used > window.size()) no_such_byte(window.data());
  return used;
}

}  // namespace detail

/// What a transfer receives into without an end. Made by dma_rx_stream(); moved, spent while a transfer has
/// it.
class [[nodiscard]] FERRY_CONSUMABLE RxStream {
 public:
  /// A spent one, to be filled by an assignment or by the end of a transfer.
  FERRY_MADE_SPENT RxStream() = default;
  RxStream(RxStream&& other FERRY_TAKES_LIVE) : stream_(other.give_away()) {}
  FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE RxStream& operator=(RxStream&& other FERRY_TAKES_LIVE) {
    if (stream_.list != nullptr) ferry::detail::overwritten_while_live();
    stream_ = other.give_away();
    return *this;
  }
  RxStream* operator&() = delete;
  const RxStream* operator&() const = delete;

  /// Bytes of all chunks.
  FERRY_NEEDS_LIVE std::uint32_t capacity() const {
    check_live();
    return stream_.ring.capacity();
  }
  /// What arrived before the transfer ended and was not taken out is still there; it is also in front of what
  /// the next transfer brings.
  FERRY_NEEDS_LIVE std::uint32_t available() const {
    check_live();
    return stream_.available();
  }
  /// Takes out the oldest bytes, as many as fit, and tells how many.
  FERRY_NEEDS_LIVE std::uint32_t pop(std::span<std::byte> to) {
    check_live();
    const std::uint32_t length = stream_.peek(to);
    stream_.consume(length);
    return length;
  }
  /// Calls `function` with the oldest bytes where they lie, as std::span<const std::byte>: those of one
  /// chunk. It returns how many of them it is done with; so does this. Without any it is not called. The span
  /// is for the time of the call: no compiler sees one that the function stores elsewhere, and what it then
  /// shows is what GDMA puts there next.
  template <class Function>
  FERRY_NEEDS_LIVE std::uint32_t pop_with(Function&& function) {
    check_live();
    const std::uint32_t length = detail::use_window(std::as_const(stream_).window(), function);
    stream_.consume(length);
    return length;
  }
  /// Bytes that found no place in the transfer that ended last (spi::WhenFull::lose). Those of the piece that
  /// it was stopped in are known by time and frequency, so there may be a few more: those of some
  /// microseconds.
  FERRY_NEEDS_LIVE std::uint64_t lost() const {
    check_live();
    return stream_.lost;
  }
  /// Forgets them all.
  FERRY_NEEDS_LIVE void clear() {
    check_live();
    stream_.clear();
  }

 private:
  friend detail::StreamAccess;

  FERRY_MADE_LIVE explicit RxStream(const detail::ReceiveStream& stream) : stream_(stream) {}
  FERRY_BECOMES_SPENT detail::ReceiveStream give_away() {
    check_live();
    return std::exchange(stream_, {});
  }
  void check_live() const {
    if (stream_.list == nullptr) ferry::detail::used_after_move();
  }

  detail::ReceiveStream stream_;
};

/// What a transfer sends from without an end. Made by dma_tx_stream().
class [[nodiscard]] FERRY_CONSUMABLE TxStream {
 public:
  /// A spent one, to be filled by an assignment or by the end of a transfer.
  FERRY_MADE_SPENT TxStream() = default;
  TxStream(TxStream&& other FERRY_TAKES_LIVE) : stream_(other.give_away()) {}
  FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE TxStream& operator=(TxStream&& other FERRY_TAKES_LIVE) {
    if (stream_.list != nullptr) ferry::detail::overwritten_while_live();
    stream_ = other.give_away();
    return *this;
  }
  TxStream* operator&() = delete;
  const TxStream* operator&() const = delete;

  /// Bytes of all chunks.
  FERRY_NEEDS_LIVE std::uint32_t capacity() const {
    check_live();
    return stream_.ring.capacity();
  }
  /// Bytes that find a place.
  FERRY_NEEDS_LIVE std::uint32_t room() {
    check_live();
    return stream_.room();
  }
  /// Puts in what the transfer is to begin with: as many bytes as find a place, and tells how many.
  FERRY_NEEDS_LIVE std::uint32_t push(std::span<const std::byte> from) {
    check_live();
    return stream_.push(from).length;
  }
  /// Calls `function` with free places, as std::span<std::byte>: those of one chunk. It returns how many of
  /// them it has filled, from the first on; so does this. When there are none it is not called. As with
  /// RxStream::pop_with, the span is for the time of the call.
  template <class Function>
  FERRY_NEEDS_LIVE std::uint32_t push_with(Function&& function) {
    check_live();
    const std::uint32_t length = detail::use_window(stream_.window(), function);
    stream_.commit(length);
    return length;
  }

 private:
  friend detail::StreamAccess;

  FERRY_MADE_LIVE explicit TxStream(const detail::TransmitStream& stream) : stream_(stream) {}
  FERRY_BECOMES_SPENT detail::TransmitStream give_away() {
    check_live();
    return std::exchange(stream_, {});
  }
  void check_live() const {
    if (stream_.list == nullptr) ferry::detail::used_after_move();
  }

  detail::TransmitStream stream_;
};

namespace detail {

/// For the functions that make streams and for drivers.
struct StreamAccess {
  FERRY_MADE_LIVE static RxStream receive(const Region& memory, List* list);
  FERRY_MADE_LIVE static TxStream transmit(const Region& memory, List* list);
  static ReceiveStream take(RxStream& stream FERRY_EMPTIES) { return stream.give_away(); }
  static TransmitStream take(TxStream& stream FERRY_EMPTIES) { return stream.give_away(); }
  FERRY_MADE_LIVE static RxStream give_back(const ReceiveStream& stream) { return RxStream{stream}; }
  FERRY_MADE_LIVE static TxStream give_back(const TransmitStream& stream) { return TxStream{stream}; }
};

template <std::uint32_t bytes, std::uint32_t chunks>
constexpr bool check_stream() {
  static_assert(chunks >= 3, "a stream has at least three chunks: one that is filled, one next, one to read");
  static_assert(bytes % (chunks * 4) == 0, "the chunks of a stream are whole words, and all of one size");
  static_assert(bytes / chunks <= largest_aligned_chunk, "a chunk of a stream has 4 to 4092 bytes");
  static_assert(bytes <= largest_buffer, "a DMA buffer has 1 to 393,216 bytes");
  return true;
}

}  // namespace detail
}  // namespace ferry::dma

namespace ferry {

/// A stream to receive into, with memory of `bytes` bytes in `chunks` chunks of one size. All of it is
/// static. Every place in the source that calls this has memory of its own; the same place executed a second
/// time is fatal.
template <std::uint32_t bytes, std::uint32_t chunks, class CallSite = decltype([] {})>
FERRY_MADE_LIVE [[nodiscard]] dma::RxStream dma_rx_stream() {
  static_assert(dma::detail::check_stream<bytes, chunks>());
  static constinit dma::detail::Storage<bytes> memory{};
  static constinit dma::detail::ListStorage<chunks> list{};
  static constinit bool taken = false;
  dma::detail::claim_once(taken);
  return dma::detail::StreamAccess::receive(memory.region(), &list.list);
}

/// The same to send from.
template <std::uint32_t bytes, std::uint32_t chunks, class CallSite = decltype([] {})>
FERRY_MADE_LIVE [[nodiscard]] dma::TxStream dma_tx_stream() {
  static_assert(dma::detail::check_stream<bytes, chunks>());
  static constinit dma::detail::Storage<bytes> memory{};
  static constinit dma::detail::ListStorage<chunks> list{};
  static constinit bool taken = false;
  dma::detail::claim_once(taken);
  return dma::detail::StreamAccess::transmit(memory.region(), &list.list);
}

}  // namespace ferry

// SPI without an end: bytes are pushed in and popped out while the bus runs.
//
//   auto received = ferry::dma_rx_stream<8192, 8>();
//   auto stream = ferry::spi::stream(std::move(spi), std::move(received));
//   while (…) handle(stream.pop(bytes));
//   auto outcome = std::move(stream).stop_into(spi, received);
//
// SPI of this chip counts the bits of a transfer, 2^18 at the most. A stream is therefore made of pieces, up
// to 32,736 bytes each, with CS active from the first to the last. The channel goes on in its list all the
// while; SPI is set on its way again by whatever function of the stream is called next, some twenty register
// accesses. Until then the clock rests: some 4 µs where somebody calls keep_going() all the time (the CPU at
// 160 MHz; tests/firmware/spi_stream_test.cpp measures it), otherwise until somebody calls. A program that
// has more to do has it done by interrupt:
//
//   interrupt::attach(interrupt::Source::spi2, 1, [] { stream->keep_going(); });   // where it can find it
//   stream->listen();
//
// What else it does with the stream it does in interrupt::critical_section() then.
#pragma once

#include "ferry/dma/stream.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/ownership.hpp"
#include "ferry/spi/dma.hpp"
#include "ferry/spi/loss_count.hpp"
#include "ferry/time.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace ferry::spi {

template <class... Streams>
class StreamOf;

/// What a stream does that receives, when nobody pops.
enum class WhenFull : std::uint8_t {
  pause,  ///< the clock rests until there is room: no byte is lost
  lose,   ///< the clock goes on, for devices that tick by it; bytes without a place are lost, and counted
};

namespace detail {

/// What all streams are made of; a direction that is not used has no list.
class StreamPort {
 public:
  StreamPort(DmaPort* port, const dma::detail::ReceiveStream& rx, const dma::detail::TransmitStream& tx,
             WhenFull when_full);

  std::uint32_t push(std::span<const std::byte> bytes);
  std::span<std::byte> places();
  void commit(std::uint32_t length);
  void flush();
  std::uint32_t room();
  std::uint32_t pop(std::span<std::byte> bytes);
  std::uint32_t peek(std::span<std::byte> bytes);
  std::span<const std::byte> oldest();
  void consume(std::uint32_t length);
  std::uint32_t available();
  /// Starts the next piece if the one before is over and there is something to do.
  void keep_going();
  void listen();
  bool drain(Deadline deadline);
  dma::Outcome stop();

  DmaPort* port() const { return port_; }
  const dma::detail::ReceiveStream& rx() const { return rx_; }
  const dma::detail::TransmitStream& tx() const { return tx_; }
  std::optional<dma::Error> error() const { return error_ ? error_ : trouble(); }
  std::uint32_t pauses() const { return pauses_; }
  std::uint32_t sent() const;
  std::uint32_t arrived() const;
  std::uint64_t lost() const;

 private:
  bool receives() const { return rx_.list != nullptr; }
  bool sends() const { return tx_.list != nullptr; }
  bool piece_is_over();
  bool piece_has_ended();
  bool rx_is_full() const;
  std::uint32_t measured() const;
  void ask_for_attention(bool asks) const;
  std::optional<dma::Error> trouble() const;
  dma::Error cause(dma::Error found) const;
  void start_piece(std::uint32_t length);
  std::uint32_t next_length();

  DmaPort* port_;
  dma::detail::ReceiveStream rx_;
  dma::detail::TransmitStream tx_;
  std::optional<dma::Error> error_;
  std::uint32_t piece_ = 0;  // bytes that SPI is at
  Instant piece_began_ = Instant::from_ticks(0);
  Deadline piece_end_ = Deadline::never();
  std::uint32_t clocked_ = 0;  // bytes of the pieces before, modulo 2^32
  std::uint32_t pauses_ = 0;
  LossCount lost_;
  WhenFull when_full_;
  bool started_ = false;  // the channel has its lists
  bool paused_ = false;
  bool listens_ = false;
  bool loses_now_ = false;  // it has been seen that bytes of this piece had no place
};

/// The part of a stream that is of this kind.
template <class Kind>
struct StreamPart;
template <>
struct StreamPart<dma::RxStream> {
  FERRY_MADE_LIVE static dma::RxStream from(const StreamPort& port) {
    return dma::detail::StreamAccess::give_back(port.rx());
  }
};
template <>
struct StreamPart<dma::TxStream> {
  FERRY_MADE_LIVE static dma::TxStream from(const StreamPort& port) {
    return dma::detail::StreamAccess::give_back(port.tx());
  }
};

/// Reaches into the driver, which is inside the stream.
struct MasterAccess {
  static bool is_live(const MasterDma& spi) { return spi.port_ != nullptr; }
  template <class... Streams>
  FERRY_MADE_LIVE static StreamOf<Streams...> start(MasterDma& spi FERRY_EMPTIES,
                                                    const dma::detail::ReceiveStream& rx,
                                                    const dma::detail::TransmitStream& tx,
                                                    WhenFull when_full) {
    const StreamPort port{spi.port(), rx, tx, when_full};
    return StreamOf<Streams...>{std::move(spi), port};
  }
};

}  // namespace detail

/// A stream under way; it owns the driver and the streams it was given, RxStream, TxStream or both in this
/// order. Has to be ended by stop_into, on every path; one that is dropped all the same is stopped, and its
/// parts can be had by recover_into(), see spi::TransferOf. Nothing here blocks but drain().
///
/// With both directions SPI sends what was pushed and receives as much at the same time. A stream that only
/// receives sends the level of Config::idle_mosi.
template <class... Streams>
class [[nodiscard]] FERRY_CONSUMABLE StreamOf {
  static constexpr bool receives = (std::same_as<Streams, dma::RxStream> || ...);
  static constexpr bool sends = (std::same_as<Streams, dma::TxStream> || ...);

 public:
  StreamOf(StreamOf&& other FERRY_TAKES_LIVE) : spi_(std::move(other.spi_)), port_(other.port_) {}
  StreamOf& operator=(StreamOf&&) = delete;
  StreamOf* operator&() = delete;
  FERRY_NEEDS_SPENT ~StreamOf() {
    if (detail::MasterAccess::is_live(spi_)) drop();
  }

  /// Puts in as many of these bytes as find a place, and tells how many. They go out once they fill a chunk,
  /// or at flush().
  FERRY_NEEDS_LIVE std::uint32_t push(std::span<const std::byte> bytes)
    requires sends
  {
    return port().push(bytes);
  }
  /// The same without a copy: calls `function` with free places, as std::span<std::byte>, those of one chunk.
  /// It returns how many of them it has filled, from the first on; so does this. When there are none it is
  /// not called.
  template <class Function>
  FERRY_NEEDS_LIVE std::uint32_t push_with(Function&& function)
    requires sends
  {
    const std::uint32_t length = dma::detail::use_window(port().places(), function);
    port().commit(length);
    return length;
  }
  FERRY_NEEDS_LIVE void flush()
    requires sends
  {
    port().flush();
  }
  /// Bytes that push() would take at the moment.
  FERRY_NEEDS_LIVE std::uint32_t room()
    requires sends
  {
    return port().room();
  }
  /// Bytes that have left, modulo 2^32: all of the pieces that have ended, whether somebody looked or not. Of
  /// one under way those that have left for certain, up to a chunk and 128 bytes less than there are, as no
  /// register counts them. Does not block; some register reads.
  FERRY_NEEDS_LIVE std::uint32_t sent() const
    requires sends
  {
    return port().sent();
  }
  /// Flushes, and waits until everything is on the wire and, if the stream receives, what came back in
  /// memory; the deadline at the most. False if it was not done by then, and at once when it cannot go on:
  /// for want of popping, or after an error().
  [[nodiscard]] FERRY_NEEDS_LIVE bool drain(Deadline deadline)
    requires sends
  {
    return port().drain(deadline);
  }

  /// Takes out the oldest bytes, as many as fit, and tells how many.
  FERRY_NEEDS_LIVE std::uint32_t pop(std::span<std::byte> bytes)
    requires receives
  {
    return port().pop(bytes);
  }
  /// The same without a copy: calls `function` with the oldest bytes where they lie, those of one chunk, as
  /// std::span<const std::byte>. It returns how many of them it is done with; so does this. Without any it is
  /// not called. The span is for the time of the call (see dma::RxStream::pop_with).
  template <class Function>
  FERRY_NEEDS_LIVE std::uint32_t pop_with(Function&& function)
    requires receives
  {
    const std::uint32_t length = dma::detail::use_window(port().oldest(), function);
    port().consume(length);
    return length;
  }
  /// As pop(), leaving them in.
  FERRY_NEEDS_LIVE std::uint32_t peek(std::span<std::byte> bytes)
    requires receives
  {
    return port().peek(bytes);
  }
  /// Bytes that pop() would find.
  FERRY_NEEDS_LIVE std::uint32_t available()
    requires receives
  {
    return port().available();
  }
  /// Bytes that have arrived since the start, modulo 2^32, popped or not.
  FERRY_NEEDS_LIVE std::uint32_t received() const
    requires receives
  {
    return port().arrived();
  }
  /// Bytes that were clocked in and found no place (WhenFull::lose): all of the pieces that have ended and
  /// were looked after, of which up to 128 may wait in FIFOs and come to memory when there is room again; and
  /// of the piece under way those that are lost for certain. As no register counts what is clocked, those are
  /// known by time and frequency, up to a chunk and 128 bytes less than there are. When the stream is
  /// stopped, RxStream::lost() has all of them. Does not block.
  FERRY_NEEDS_LIVE std::uint64_t lost() const
    requires receives
  {
    return port().lost();
  }

  /// Only keeps the bus going.
  FERRY_NEEDS_LIVE void keep_going() { port().keep_going(); }
  /// From now on SPI asks for attention, interrupt::Source::spi2, when a piece is over, until keep_going() or
  /// another function has looked after it. A pause is nothing to ask for: what ends it starts the next piece.
  FERRY_NEEDS_LIVE void listen() { port().listen(); }
  /// How often the bus had nothing to go on with, for want of pushing or popping, until something came.
  FERRY_NEEDS_LIVE std::uint32_t pauses() const { return port().pauses(); }
  /// What keeps it from going on, if anything does, also what somebody did behind the driver's back: a
  /// stopped channel, a clock that is off, a reset. Some ten register reads.
  FERRY_NEEDS_LIVE std::optional<dma::Error> error() const { return port().error(); }

  /// Stops it, behind the byte that SPI is in; what was pushed and is not on the wire yet is dropped. What
  /// has arrived and was not popped is left in the RxStream, where the next stream finds it. The outcome is
  /// the number of bytes received, modulo 2^32, or what went wrong and their number modulo 2^24; of a stream
  /// that only sends it is that of bytes sent, as sent() tells it. Where both happen, as many were sent as
  /// received. Bounded; no piece is begun any more.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT dma::Outcome stop_into(
      MasterDma& spi FERRY_REFILLS, Streams&... streams FERRY_REFILLS) && {
    const dma::Outcome outcome = port().stop();
    spi = std::move(spi_);
    give_back(streams...);
    return outcome;
  }

  /// The parts of a stream of this kind that was dropped, as stop_into() would have given them back. Without
  /// one it is fatal: there is was_dropped() to ask before.
  [[nodiscard]] static dma::Outcome recover_into(MasterDma& spi FERRY_REFILLS,
                                                 Streams&... streams FERRY_REFILLS) {
    return dropped.take_into(spi, streams...);
  }
  [[nodiscard]] static bool was_dropped() { return !dropped.is_empty(); }

 private:
  friend struct detail::MasterAccess;

  FERRY_MADE_LIVE StreamOf(MasterDma&& spi FERRY_TAKES_LIVE, const detail::StreamPort& port)
      : spi_(std::move(spi)), port_(port) {}

  static constinit inline dma::detail::Dropped<1, MasterDma, Streams...> dropped{};

  [[gnu::noinline]] void drop() {
    const dma::Outcome outcome = port_.stop();
    put(outcome, detail::StreamPart<Streams>::from(port_)...);
  }
  // It stays behind when a stream is moved: what it describes belongs to somebody else then.
  detail::StreamPort& port() {
    check_live();
    return port_;
  }
  const detail::StreamPort& port() const {
    check_live();
    return port_;
  }
  void check_live() const {
    if (!detail::MasterAccess::is_live(spi_)) ferry::detail::used_after_move();
  }
  void put(const dma::Outcome& outcome, Streams... streams FERRY_TAKES_LIVE) {
    dropped.put(outcome, spi_, streams...);
  }
  void give_back(Streams&... streams FERRY_REFILLS) {
    ((streams = detail::StreamPart<Streams>::from(port_)), ...);
  }

  MasterDma spi_;
  detail::StreamPort port_;
};

using Reception = StreamOf<dma::RxStream>;
using Transmission = StreamOf<dma::TxStream>;
using Exchange = StreamOf<dma::RxStream, dma::TxStream>;

/// Starts to receive without an end.
FERRY_MADE_LIVE inline Reception stream(MasterDma spi FERRY_TAKES_LIVE, dma::RxStream rx FERRY_TAKES_LIVE,
                                        WhenFull when_full = WhenFull::pause) {
  return detail::MasterAccess::start<dma::RxStream>(spi, dma::detail::StreamAccess::take(rx), {}, when_full);
}
/// Starts to send what is pushed. What was pushed before goes first.
FERRY_MADE_LIVE inline Transmission stream(MasterDma spi FERRY_TAKES_LIVE,
                                           dma::TxStream tx FERRY_TAKES_LIVE) {
  return detail::MasterAccess::start<dma::TxStream>(spi, {}, dma::detail::StreamAccess::take(tx),
                                                    WhenFull::pause);
}
/// Starts to do both.
FERRY_MADE_LIVE inline Exchange stream(MasterDma spi FERRY_TAKES_LIVE, dma::RxStream rx FERRY_TAKES_LIVE,
                                       dma::TxStream tx FERRY_TAKES_LIVE) {
  return detail::MasterAccess::start<dma::RxStream, dma::TxStream>(
      spi, dma::detail::StreamAccess::take(rx), dma::detail::StreamAccess::take(tx), WhenFull::pause);
}

}  // namespace ferry::spi

// Buffer after buffer over SPI, in a loop: what is done comes out when the next one goes in.
//
//   auto queue = ferry::spi::queue(std::move(spi), std::move(first), std::move(second));
//   for (…) {
//     fill(spare);
//     if (!queue.exchange(spare)) break;   // `spare` follows the others, and is now the one that was first
//   }
//   auto outcome = std::move(queue).wait_into(spi, first, second);
//
// append() gives a transfer another type each time, which a loop cannot have. A queue always owns as many
// buffers, all of one kind: exchange() takes one and gives one, so that the same variable is the program's
// own before and after, and all that are in flight are out of reach. The channel walks along one list all the
// while, which grows at its end by the descriptors of buffers that have come out.
#pragma once

#include "ferry/dma/buffer.hpp"
#include "ferry/dma/dropped.hpp"
#include "ferry/dma/queue_parts.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/ownership.hpp"
#include "ferry/spi/dma.hpp"
#include "ferry/spi/queue_port.hpp"
#include "ferry/time.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace ferry::spi {

template <class... Buffers>
class QueueOf;

/// Starts to send, or to receive into, whole buffers one after the other: sources are sent, what can be
/// received into is read, pairs (rx, tx, rx, tx…) do both at once, and InPlaceBuffers do in one memory. Two
/// to eight of them, all of one kind; each pair of one size (lengths_differ). Does not block longer than the
/// channel takes for its first bytes. A queue that cannot start is one that is done, with an error.
///
/// The channel's lists have to have room for one buffer more than there are in the queue, as the one that
/// came out last keeps its descriptors until the next one comes out (too_few_descriptors). A buffer's
/// descriptors lie together: where not all take as many, there has to be room for the largest once more.
template <class... Buffers>
FERRY_MADE_LIVE QueueOf<Buffers...> queue(MasterDma spi FERRY_TAKES_LIVE,
                                          Buffers... buffers FERRY_TAKES_LIVE);

/// A queue under way. It owns the driver and the buffers. Has to be ended by one of the `_into` functions, on
/// every path; see TransferOf, also for what becomes of one that is dropped all the same.
///
/// SPI counts bits; each buffer is an operation of its own for it, of pieces of up to 32,736 bytes. The next
/// one is set going by whatever function of the queue is called next: until then the clock rests. CS becomes
/// inactive behind each buffer, unless hold_cs() was called before: then it is active until release_cs().
/// A program that has more to do has it done by interrupt, as that of a stream does (see spi/stream.hpp):
/// listen(), and keep_going() in the handler.
template <class... Buffers>
class [[nodiscard]] FERRY_CONSUMABLE QueueOf {
  using Form = dma::detail::QueueForm<Buffers...>;
  template <std::size_t place>
  using At = typename Form::template At<place>;
  using First = At<0>;
  using Second = At<Form::step - 1>;

 public:
  QueueOf(QueueOf&& other FERRY_TAKES_LIVE) = default;
  QueueOf& operator=(QueueOf&&) = delete;
  QueueOf* operator&() = delete;
  FERRY_NEEDS_SPENT ~QueueOf() {
    if (spi_.port_ != nullptr) drop();
  }

  /// Puts `buffer` in behind the others, the first `length` bytes of it, by default all; `buffer` then is the
  /// oldest one, which is done with. Waits until it is. Bounded: each piece by twice the time that length and
  /// clock ask for, and 20 ms.
  ///
  /// The outcome is the number of bytes that came into the buffer that came out, 0 of one that was sent; or
  /// what went wrong. Then `buffer` is still the one that was handed in. What is wrong with that one itself
  /// (length_beyond_buffer, too_few_descriptors, misaligned and so on) leaves the queue as it was; any other
  /// error is the queue's end, and the same for all calls to come: wait_into() gives everything back.
  [[nodiscard]] FERRY_NEEDS_LIVE dma::Outcome exchange(First& buffer FERRY_BORROWS,
                                                       std::uint32_t length = dma::whole_buffer)
    requires(!Form::is_paired)
  {
    return exchange_by(buffer, length, Deadline::never());
  }
  /// The same until the deadline at the most. When it passes, the error is timed_out, and nothing has
  /// changed: the queue goes on.
  [[nodiscard]] FERRY_NEEDS_LIVE dma::Outcome exchange(First& buffer FERRY_BORROWS, std::uint32_t length,
                                                       Deadline deadline)
    requires(!Form::is_paired)
  {
    return exchange_by(buffer, length, deadline);
  }
  /// Both with a pair, `length` bytes of each; by default all, which have to be as many (lengths_differ).
  [[nodiscard]] FERRY_NEEDS_LIVE dma::Outcome exchange(First& rx FERRY_BORROWS, Second& tx FERRY_BORROWS,
                                                       std::uint32_t length = dma::whole_buffer)
    requires Form::is_paired
  {
    return exchange_by(rx, tx, length, Deadline::never());
  }
  [[nodiscard]] FERRY_NEEDS_LIVE dma::Outcome exchange(First& rx FERRY_BORROWS, Second& tx FERRY_BORROWS,
                                                       std::uint32_t length, Deadline deadline)
    requires Form::is_paired
  {
    return exchange_by(rx, tx, length, deadline);
  }

  /// Whether exchange() would not wait: the oldest buffer is done with, or the queue has ended with an error.
  FERRY_NEEDS_LIVE bool can_exchange() { return port().front_is_done(); }
  /// Whether all buffers are done with, or the queue has ended with an error. Neither blocks.
  FERRY_NEEDS_LIVE bool is_done() { return port().is_done(); }
  /// Only keeps the bus going.
  FERRY_NEEDS_LIVE void keep_going() { port().keep_going(); }
  /// From now on SPI asks for attention, interrupt::Source::spi2, when a piece is over, until keep_going() or
  /// another function has looked after it.
  FERRY_NEEDS_LIVE void listen() { port().listen(); }

  /// Waits until all buffers are done with, and gives them back, the oldest first. Bounded as exchange(). The
  /// outcome is that of a transfer of the buffers that come back: those that came out before do not count.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT dma::Outcome wait_into(
      MasterDma& spi FERRY_REFILLS, Buffers&... buffers FERRY_REFILLS) && {
    return give_back(port().finish(Deadline::never()), spi, buffers...);
  }
  /// Until the deadline at the most, the last argument; then the queue is aborted, as a transfer would be.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT dma::Outcome wait_into(MasterDma& spi FERRY_REFILLS,
                                                                            Buffers&... buffers FERRY_REFILLS,
                                                                            Deadline deadline) && {
    return give_back(port().finish(deadline), spi, buffers...);
  }
  /// Aborts it, unless all buffers are done with.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT dma::Outcome cancel_into(
      MasterDma& spi FERRY_REFILLS, Buffers&... buffers FERRY_REFILLS) && {
    return give_back(port().cancel(), spi, buffers...);
  }

  /// As TransferOf::recover_into.
  [[nodiscard]] static dma::Outcome recover_into(MasterDma& spi FERRY_REFILLS,
                                                 Buffers&... buffers FERRY_REFILLS) {
    return dropped.take_into(spi, buffers...);
  }
  [[nodiscard]] static bool was_dropped() { return !dropped.is_empty(); }

 private:
  template <class... Others>
  friend QueueOf<Others...> queue(MasterDma spi FERRY_TAKES_LIVE, Others... buffers FERRY_TAKES_LIVE);

  static constinit inline dma::detail::Dropped<1, MasterDma, Buffers...> dropped{};

  FERRY_MADE_LIVE explicit QueueOf(MasterDma&& spi FERRY_TAKES_LIVE, Buffers&&... buffers FERRY_TAKES_LIVE)
      : spi_(std::move(spi)), port_(spi_.port(), Form::receives, Form::sends), parts_(std::move(buffers)...) {
    parts_.for_each_plan(
        [&](const dma::detail::Plan* rx, const dma::detail::Plan* tx) { port_.add(rx, tx); });
    port_.keep_going();
  }

  detail::QueuePort& port() {
    spi_.port();  // it stays behind when a queue is moved: what it describes belongs to somebody else then
    return port_;
  }

  dma::Outcome exchange_by(First& buffer FERRY_BORROWS, std::uint32_t length, Deadline deadline) {
    const dma::detail::Plan plan = dma::detail::MemoryAccess::plan(buffer);
    const dma::Outcome outcome =
        port().exchange(Form::receives ? &plan : nullptr, Form::sends ? &plan : nullptr, length, deadline);
    if (outcome) parts_.template exchange<0>(buffer, outcome->length);
    return outcome;
  }
  dma::Outcome exchange_by(First& rx FERRY_BORROWS, Second& tx FERRY_BORROWS, std::uint32_t length,
                           Deadline deadline) {
    const dma::detail::Plan to = dma::detail::MemoryAccess::plan(rx);
    const dma::detail::Plan from = dma::detail::MemoryAccess::plan(tx);
    const dma::Outcome outcome = port().exchange(&to, &from, length, deadline);
    if (outcome) {
      parts_.template exchange<0>(rx, outcome->length);
      parts_.template exchange<1>(tx, outcome->length);
    }
    return outcome;
  }

  [[gnu::noinline]] void drop() {
    const dma::Outcome outcome = port_.cancel();
    tell();
    parts_.drop_into(dropped, outcome, spi_);
  }
  dma::Outcome give_back(const dma::Outcome& outcome, MasterDma& spi FERRY_REFILLS,
                         Buffers&... buffers FERRY_REFILLS) {
    tell();
    spi = std::move(spi_);
    parts_.put_into(buffers...);
    return outcome;
  }
  void tell() {
    parts_.set_received([this](std::size_t index) { return port_.arrived(index); });
  }

  MasterDma spi_;
  detail::QueuePort port_;
  dma::detail::QueueParts<Buffers...> parts_;
};

template <class... Buffers>
QueueOf<Buffers...> queue(MasterDma spi FERRY_TAKES_LIVE, Buffers... buffers FERRY_TAKES_LIVE) {
  static_assert(dma::detail::QueueForm<Buffers...>::check());
  return QueueOf<Buffers...>{std::move(spi), std::move(buffers)...};
}

}  // namespace ferry::spi

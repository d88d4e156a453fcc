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
#include "ferry/dma/parts.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/ownership.hpp"
#include "ferry/spi/dma.hpp"
#include "ferry/spi/queue_port.hpp"
#include "ferry/time.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace ferry::spi {

template <class... Buffers>
class QueueOf;

namespace detail {

/// How the buffers of a queue are used: one by one, or in pairs to receive into and to send.
template <class... Buffers>
struct QueueForm {
  static constexpr bool is_in_place = (std::same_as<Buffers, dma::InPlaceBuffer> && ...);
  static constexpr bool is_paired = dma::detail::are_pairs<Buffers...> && !is_in_place;
  static constexpr std::size_t step = is_paired ? 2 : 1;
  static constexpr std::size_t depth = sizeof...(Buffers) / step;
  static constexpr bool receives = is_paired || (dma::Target<Buffers> && ...);
  static constexpr bool sends = is_paired || is_in_place || !receives;

  template <std::size_t place>
  using At = std::tuple_element_t<place, std::tuple<Buffers...>>;
  template <std::size_t... place>
  static constexpr bool repeats(std::index_sequence<place...>) {
    return (std::same_as<At<place>, At<place % step>> && ...);
  }

  static constexpr bool check() {
    static_assert((dma::HasEnd<Buffers> && ...),
                  "behind a source without an end, dma::loop(), comes nothing");
    static_assert((!dma::detail::MemoryAccess::has_list<Buffers> && ...),
                  "what has a list of its own, dma::prepare(), cannot become part of another one");
    static_assert(
        repeats(std::index_sequence_for<Buffers...>{}),
        "the buffers of a queue are all of one kind, or all pairs of what is received into and sent");
    static_assert(depth >= 2, "a queue has at least two buffers, or pairs: one on the wire, one behind it");
    static_assert(depth <= dma::detail::most_queued, "a queue has at most eight buffers, or pairs of them");
    return true;
  }
};

}  // namespace detail

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
  using Form = detail::QueueForm<Buffers...>;
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
  static constexpr auto places = std::make_index_sequence<sizeof...(Buffers)>{};
  static constexpr auto entries = std::make_index_sequence<Form::depth>{};

  FERRY_MADE_LIVE explicit QueueOf(MasterDma&& spi FERRY_TAKES_LIVE, Buffers&&... buffers FERRY_TAKES_LIVE)
      : spi_(std::move(spi)), port_(spi_.port(), Form::receives, Form::sends), parts_(std::move(buffers)...) {
    start(entries);
  }
  template <std::size_t... index>
  void start(std::index_sequence<index...>) {
    (add<index * Form::step>(), ...);
    port_.keep_going();
  }
  template <std::size_t place>
  void add() {
    const dma::detail::Plan first = dma::detail::MemoryAccess::plan_of_live(parts_.template get<place>());
    const dma::detail::Plan last =
        dma::detail::MemoryAccess::plan_of_live(parts_.template get<place + Form::step - 1>());
    port_.add(Form::receives ? &first : nullptr, Form::sends ? &last : nullptr);
  }

  detail::QueuePort& port() {
    spi_.port();  // it stays behind when a queue is moved: what it describes belongs to somebody else then
    return port_;
  }

  dma::Outcome exchange_by(First& buffer FERRY_BORROWS, std::uint32_t length, Deadline deadline) {
    const dma::detail::Plan plan = dma::detail::MemoryAccess::plan_of_live(buffer);
    const dma::Outcome outcome =
        port().exchange(Form::receives ? &plan : nullptr, Form::sends ? &plan : nullptr, length, deadline);
    if (outcome) replace<0>(buffer, outcome->length);
    return outcome;
  }
  dma::Outcome exchange_by(First& rx FERRY_BORROWS, Second& tx FERRY_BORROWS, std::uint32_t length,
                           Deadline deadline) {
    const dma::detail::Plan to = dma::detail::MemoryAccess::plan_of_live(rx);
    const dma::detail::Plan from = dma::detail::MemoryAccess::plan_of_live(tx);
    const dma::Outcome outcome = port().exchange(&to, &from, length, deadline);
    if (outcome) {
      replace<0>(rx, outcome->length);
      replace<1>(tx, outcome->length);
    }
    return outcome;
  }

  // The oldest buffer of those in every step-th place goes out, the others move up, and this one is the last.
  template <std::size_t place, class Buffer>
  void replace(Buffer& buffer FERRY_BORROWS, std::uint32_t received) {
    exchange_places(std::addressof(buffer), std::addressof(parts_.template get<place>()));
    move_up<place>(std::make_index_sequence<Form::depth - 1>{});
    if constexpr (dma::Target<Buffer>) dma::detail::MemoryAccess::set_received(buffer, received);
  }
  template <std::size_t place, std::size_t... index>
  void move_up(std::index_sequence<index...>) {
    (exchange_places(std::addressof(parts_.template get<place + index * Form::step>()),
                     std::addressof(parts_.template get<place + (index + 1) * Form::step>())),
     ...);
  }
  // What a pointer leads to is not followed by the compiler's analysis; the buffers check themselves.
  template <class Buffer>
  static void exchange_places(Buffer* a, Buffer* b) {
    auto keep = take_out(*a);
    *a = std::move(*b);
    *b = std::move(keep);
  }

  [[gnu::noinline]] void drop() {
    const dma::Outcome outcome = port_.cancel();
    drop_parts(outcome, places);
  }
  template <std::size_t... place>
  void drop_parts(const dma::Outcome& outcome, std::index_sequence<place...>) {
    (tell<place>(), ...);
    dropped.put(outcome, spi_, parts_.template get<place>()...);
  }
  dma::Outcome give_back(const dma::Outcome& outcome, MasterDma& spi FERRY_REFILLS,
                         Buffers&... buffers FERRY_REFILLS) {
    tell_all(places);
    spi = std::move(spi_);
    parts_.put_into(buffers...);
    return outcome;
  }
  template <std::size_t... place>
  void tell_all(std::index_sequence<place...>) {
    (tell<place>(), ...);
  }
  template <std::size_t place>
  void tell() {
    if constexpr (Form::receives && place % Form::step == 0)
      dma::detail::MemoryAccess::set_received(parts_.template get<place>(),
                                              port_.arrived(place / Form::step));
  }

  MasterDma spi_;
  detail::QueuePort port_;
  dma::detail::Parts<std::index_sequence_for<Buffers...>, Buffers...> parts_;
};

template <class... Buffers>
QueueOf<Buffers...> queue(MasterDma spi FERRY_TAKES_LIVE, Buffers... buffers FERRY_TAKES_LIVE) {
  static_assert(detail::QueueForm<Buffers...>::check());
  return QueueOf<Buffers...>{std::move(spi), std::move(buffers)...};
}

}  // namespace ferry::spi

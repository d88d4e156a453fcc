// SPI with DMA: transfers that run by themselves and own what they use.
//
//   auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
//   while (!transfer.is_done()) work();
//   auto outcome = std::move(transfer).wait_into(spi, rx, tx);
//
// Between the first line and the last, `spi`, `rx` and `tx` are inside the transfer: naming them is an error,
// and so is leaving the transfer behind (see ferry/ownership.hpp). There is one way back, for a transfer that
// ran as for one that could not start: one of the functions ending in `_into`.
//
// A transfer owns what it uses and nothing else: a write has the driver and the transmit buffer, and its
// wait_into() is called with these two.
#pragma once

#include "ferry/dma/buffer.hpp"
#include "ferry/dma/channel.hpp"
#include "ferry/dma/dropped.hpp"
#include "ferry/dma/parts.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/ownership.hpp"
#include "ferry/spi/config.hpp"
#include "ferry/spi/dma_port.hpp"
#include "ferry/spi/master.hpp"
#include "ferry/spi/operations.hpp"
#include "ferry/time.hpp"

#include <cstddef>
#include <type_traits>
#include <utility>

namespace ferry::spi {

namespace detail {
struct MasterAccess;

/// The kind of a buffer that is passed as an argument: RxBuffer for `RxBuffer&&`.
template <class Argument>
using KindOf = std::remove_cvref_t<Argument>;
/// A transfer owns its buffers, so they are moved into it, `std::move(rx)`; what can be copied need not be.
template <class Argument>
concept Given = !std::is_lvalue_reference_v<Argument> || std::is_copy_constructible_v<KindOf<Argument>>;
template <class Argument>
concept GivenTarget = dma::Target<KindOf<Argument>> && Given<Argument>;
template <class Argument>
concept GivenSource = dma::Source<KindOf<Argument>> && Given<Argument>;
template <class Argument>
concept GivenInPlace = GivenTarget<Argument> && GivenSource<Argument>;

/// Such an argument, of which the start has found out that it is live.
template <class Argument>
[[gnu::always_inline]] FERRY_MADE_LIVE inline KindOf<Argument> taken(Argument&& argument FERRY_TAKES_LIVE) {
  if constexpr (std::is_lvalue_reference_v<Argument>) {
    return argument;
  } else {
    return dma::detail::MemoryAccess::take_live(argument);
  }
}
}  // namespace detail

template <class... Buffers>
class TransferOf;
template <class... Buffers>
class PreparedOf;
template <class... Buffers>
class StartedOf;
template <class... Buffers>
class QueueOf;
namespace detail {
struct Preparation;
}

/// Full duplex, with two buffers or in one, and one direction alone.
using Transfer = TransferOf<dma::RxBuffer, dma::TxBuffer>;
using TransferInPlace = TransferOf<dma::InPlaceBuffer>;
using Read = TransferOf<dma::RxBuffer>;
using Write = TransferOf<dma::TxBuffer>;

/// The master of SPI2 with a DMA channel. Made by Master::with_dma(). The blocking operations of Operations
/// are here too, and are the ones that take spans.
///
/// Starting a transfer blocks only until the channel has the first bytes ready, some microseconds. Whatever
/// goes wrong is told by the transfer's end: a transfer that cannot start is one that is done, with an error.
/// An empty transfer is done, without a clock edge.
class [[nodiscard]] FERRY_CONSUMABLE MasterDma : public Operations<MasterDma> {
 public:
  using Operations::half_duplex_read;
  using Operations::half_duplex_write;
  using Operations::read;
  using Operations::transfer;
  using Operations::transfer_in_place;
  using Operations::write;

  /// A spent one, to be filled by an assignment or by the end of a transfer.
  FERRY_MADE_SPENT MasterDma() = default;
  [[gnu::always_inline]] MasterDma(MasterDma&& other FERRY_TAKES_LIVE) : port_(other.give_away()) {}
  [[gnu::always_inline]] FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE MasterDma& operator=(
      MasterDma&& other FERRY_TAKES_LIVE) {
    if (port_ != nullptr) ferry::detail::overwritten_while_live();
    port_ = other.give_away();
    return *this;
  }
  MasterDma* operator&() = delete;

  /// Starts to send `tx` and to receive into `rx` at the same time, and returns while the bytes pass. By
  /// default all of both; `lengths` says otherwise (see dma::Lengths), a length of 0 makes it a pure write or
  /// read.
  template <detail::GivenTarget Rx, detail::GivenSource Tx>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE TransferOf<detail::KindOf<Rx>, detail::KindOf<Tx>>
  transfer(Rx&& rx FERRY_TAKES_LIVE, Tx&& tx FERRY_TAKES_LIVE,
           dma::Lengths lengths = {}) && FERRY_REFUSES_LENGTHS(lengths, Rx, Tx);
  /// The same with one buffer: what is received takes the place of what was sent.
  template <detail::GivenInPlace Both>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE TransferOf<detail::KindOf<Both>> transfer_in_place(
      Both&& buffer FERRY_TAKES_LIVE,
      std::uint32_t length = dma::whole_buffer) && FERRY_REFUSES_BEYOND(length, Both);
  /// Starts to send the first `length` bytes of `tx`, by default all; what comes back is dropped.
  template <detail::GivenSource Tx>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE TransferOf<detail::KindOf<Tx>> write(
      Tx&& tx FERRY_TAKES_LIVE, std::uint32_t length = dma::whole_buffer) && FERRY_REFUSES_BEYOND(length, Tx);
  /// Starts to receive into the first `length` bytes of `rx`, by default all, with MOSI on the level of
  /// Config::idle_mosi.
  template <detail::GivenTarget Rx>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE TransferOf<detail::KindOf<Rx>> read(
      Rx&& rx FERRY_TAKES_LIVE, std::uint32_t length = dma::whole_buffer) && FERRY_REFUSES_BEYOND(length, Rx);

  /// The same two in half duplex, with the phases in front. With a length of 0 these are all there is.
  template <detail::GivenSource Tx>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE TransferOf<detail::KindOf<Tx>> half_duplex_write(
      const Phases& phases, Tx&& tx FERRY_TAKES_LIVE,
      std::uint32_t length = dma::whole_buffer) && FERRY_REFUSES_BEYOND(length, Tx);
  template <detail::GivenTarget Rx>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE TransferOf<detail::KindOf<Rx>> half_duplex_read(
      const Phases& phases, Rx&& rx FERRY_TAKES_LIVE,
      std::uint32_t length = dma::whole_buffer) && FERRY_REFUSES_BEYOND(length, Rx);

  /// Takes apart what with_dma() put together: the master without DMA is the result, the channel, at rest and
  /// connected to nothing, goes into a variable that holds none.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Master
  without_dma(dma::ConfiguredChannel& channel FERRY_REFILLS) &&;
  /// The same with halves. Halves of two channels that would be taken for one channel are fatal.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Master
  without_dma(dma::ConfiguredHalves& halves FERRY_REFILLS) &&;

 private:
  friend Master;
  friend struct detail::MasterAccess;
  friend Operations<MasterDma>;
  template <class... Buffers>
  friend class TransferOf;
  template <class... Buffers>
  friend class PreparedOf;
  template <class... Buffers>
  friend class StartedOf;
  template <class... Buffers>
  friend class QueueOf;
  friend detail::Preparation;

  FERRY_MADE_LIVE explicit MasterDma(detail::DmaPort* port) : port_(port) {}

  template <class Buffer>
  FERRY_MADE_LIVE TransferOf<detail::KindOf<Buffer>> start_half_duplex(const Phases& phases,
                                                                       detail::DataPhase data,
                                                                       Buffer&& buffer FERRY_TAKES_LIVE,
                                                                       std::uint32_t length);

  [[gnu::always_inline]] detail::Port& live_bus() const { return port()->port(); }

  [[gnu::always_inline]] detail::DmaPort* port() const {
    if (port_ == nullptr) ferry::detail::used_after_move();
    return port_;
  }
  [[gnu::always_inline]] detail::DmaPort* give_away() {
    port();
    return std::exchange(port_, nullptr);
  }
  // A move in two halves, of one that is known to be live.
  [[gnu::always_inline]] FERRY_BECOMES_SPENT detail::DmaPort* give_away_live() {
    return std::exchange(port_, nullptr);
  }
  [[gnu::always_inline]] FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE void refill(detail::DmaPort* port) {
    if (port_ != nullptr) ferry::detail::overwritten_while_live();
    port_ = port;
  }

  detail::DmaPort* port_ = nullptr;
};

/// A transfer under way, or over and not yet looked at. It owns the driver and the buffers it was given.
///
/// Has to be ended by one of the `_into` functions, on every path: Clang refuses a program that drops one.
/// Where it cannot see that, in members and with other compilers, the destructor aborts the transfer, waits
/// until nothing touches the buffers any more (bounded), and keeps the parts for recover_into(). They put the
/// parts back into the caller's own variables, which must be the spent ones, the driver first and then the
/// buffers in the order in which they were given; after any of them, whatever it returns, no hardware touches
/// the buffers.
///
/// Two buffers of one type are the same to the compiler: exchanged in wait_into(), they come back exchanged,
/// which loses nothing, but says of each what is true of the other. Each dma::SizedBuffer has its own type.
///
/// The outcome is the number of bytes received, or an error of dma::Error and how many bytes had been
/// received until then, of one that only sends how many have left for certain (dma::Failure); both come with
/// all parts. After an error the contents of the receive buffer behind these bytes are not known, and driver
/// and buffers are as good as before.
template <class... Buffers>
class [[nodiscard]] FERRY_CONSUMABLE TransferOf {
  static constexpr bool only_receives = (dma::Target<Buffers> && ...) && (!dma::Source<Buffers> && ...);
  static constexpr bool only_sends = (dma::Source<Buffers> && ...) && (!dma::Target<Buffers> && ...);
  static constexpr bool is_one_way = only_receives || only_sends;
  static constexpr bool is_both_ways = dma::detail::are_pairs<Buffers...>;
  static constexpr bool is_appended = sizeof...(Buffers) > (is_both_ways ? 2 : 1);

 public:
  TransferOf(TransferOf&& other FERRY_TAKES_LIVE) = default;
  TransferOf& operator=(TransferOf&&) = delete;
  TransferOf* operator&() = delete;
  [[gnu::always_inline]] FERRY_NEEDS_SPENT ~TransferOf() {
    if (spi_.port_ != nullptr) drop();
  }

  /// Whether it is over, well or not: SPI has finished *and* GDMA has stored the last byte. SPI's word alone
  /// is not enough, as the last bytes are then still on their way to memory. Does not block; two register
  /// reads, and between two pieces of a long transfer some ten accesses more.
  ///
  /// A loop that only asks ends: where somebody took a clock away, reset or stopped what the transfer needs,
  /// its end cannot come, so with every 1024th call is_done() looks for that, in some ten register reads, or
  /// a thousand if it finds a channel at rest. It is over then, and stays so; the wait tells what was behind
  /// it. What takes its time without that, such as dma::loop() with a length of its own, is let.
  FERRY_NEEDS_LIVE bool is_done() const { return spi_.port()->is_done(); }

  /// Of a write or a read: goes on, when it is done with what it has, with the first `length` bytes of
  /// `next`, by default all of it. The descriptor list becomes longer, whether GDMA is still at work with it
  /// or rests at its end. Does not block. The transfer is a longer one then, whose end gives all parts back:
  ///
  ///   auto write = std::move(spi).write(std::move(first));
  ///   auto longer = std::move(write).append(std::move(second));
  ///   auto outcome = std::move(longer).wait_into(spi, first, second);
  ///
  /// SPI counts bits, and has begun to; what is appended is an operation of its own for it, which is_done()
  /// or the wait sets going: the clock rests in between, and CS becomes inactive unless hold_cs() was called
  /// before the transfer. In half duplex the phases are not sent again.
  ///
  /// The list has to have room for it (too_few_descriptors); with burst on, a read is followed by another
  /// only behind whole words (misaligned). What cannot be appended, and all that is appended behind it, is
  /// left out; the transfer then ends with that error, when it is done with what came before. To a transfer
  /// that ended with an error nothing is appended.
  ///
  /// A loop cannot have a type that grows: there it is spi::queue() that goes on. So it is where one buffer
  /// is sent and received into, whose type would not tell what is what.
  template <class Next>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE TransferOf<Buffers..., Next> append(
      Next next FERRY_TAKES_LIVE, std::uint32_t length = dma::whole_buffer) && FERRY_REFUSES_BEYOND(length,
                                                                                                    Next) {
    check_appended<Next>();
    static_assert(!is_both_ways, "a transfer in both directions goes on with two buffers, append(rx, tx)");
    static_assert(is_both_ways || is_one_way,
                  "nothing is appended to a transfer in one buffer: use spi::queue()");
    static_assert(!is_one_way || (dma::Target<Next> == only_receives && dma::Source<Next> == only_sends),
                  "a write goes on with what is sent, a read with what is received into");
    const dma::detail::Plan plan = dma::detail::MemoryAccess::plan(next);
    const std::uint32_t end =
        live_port().append(only_receives ? &plan : nullptr, only_receives ? nullptr : &plan, length);
    return TransferOf<Buffers..., Next>{spi_, parts_, end, next};
  }
  /// The same in full duplex: `rx` and `tx` follow in their lists, `length` bytes of each, by default all,
  /// and both come back in this order behind the other parts. As many bytes are sent as received, before and
  /// now, otherwise the error is lengths_differ: behind a shorter transmit list zeros follow without an end,
  /// and behind a shorter receive list bytes without a place are dropped, so neither list has an end to go on
  /// from. What has unequal lengths is for a stream.
  template <class Rx, class Tx>
    requires(!std::is_arithmetic_v<Tx>)
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE TransferOf<Buffers..., Rx, Tx> append(
      Rx rx FERRY_TAKES_LIVE, Tx tx FERRY_TAKES_LIVE,
      std::uint32_t length = dma::whole_buffer) && FERRY_REFUSES_PAIR(length, Rx, Tx) {
    check_appended<Rx, Tx>();
    static_assert(is_both_ways, "a transfer in one direction goes on with one buffer, append(next)");
    static_assert(dma::Target<Rx> && dma::Source<Tx>, "the first is received into, the second is sent");
    const dma::detail::Plan to = dma::detail::MemoryAccess::plan(rx);
    const dma::detail::Plan from = dma::detail::MemoryAccess::plan(tx);
    const std::uint32_t end = live_port().append(&to, &from, length);
    return TransferOf<Buffers..., Rx, Tx>{spi_, parts_, end, rx, tx};
  }

  /// Waits for the end, polling. Bounded all the same: by twice the time that length and clock ask for and 20
  /// ms more; then as with a deadline that has passed.
  [[nodiscard, gnu::always_inline]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT dma::Outcome wait_into(
      MasterDma& spi FERRY_REFILLS, Buffers&... buffers FERRY_REFILLS) && {
    const dma::Outcome outcome = whole(spi_.port()->finish());
    give_back(outcome, spi, buffers...);
    return outcome;
  }
  /// Waits until the deadline at the most, the last argument; Deadline::never() is the same as none. When it
  /// passes, the transfer is aborted before the parts come back, and the error is timed_out. SPI ends behind
  /// the byte it is in, so two byte times later; the phases of half duplex cannot be broken off, and are sent
  /// to their end first, up to 304 clocks. What rests between two pieces begins none any more.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT dma::Outcome wait_into(MasterDma& spi FERRY_REFILLS,
                                                                            Buffers&... buffers FERRY_REFILLS,
                                                                            Deadline deadline) && {
    const dma::Outcome outcome = whole(spi_.port()->finish_by(deadline));
    give_back(outcome, spi, buffers...);
    return outcome;
  }
  /// Aborts it, as a deadline that has passed would; the error is cancelled. A transfer that is over already
  /// comes to its own end: then the outcome is the one wait_into would have given.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT dma::Outcome cancel_into(
      MasterDma& spi FERRY_REFILLS, Buffers&... buffers FERRY_REFILLS) && {
    const dma::Outcome outcome = whole(spi_.port()->cancel());
    give_back(outcome, spi, buffers...);
    return outcome;
  }

  /// The parts of a transfer of this kind that was dropped, as cancel_into() would have given them back.
  /// Without one it is fatal: there is was_dropped() to ask before.
  [[nodiscard]] static dma::Outcome recover_into(MasterDma& spi FERRY_REFILLS,
                                                 Buffers&... buffers FERRY_REFILLS) {
    return dropped.take_into(spi, buffers...);
  }
  [[nodiscard]] static bool was_dropped() { return !dropped.is_empty(); }

 private:
  friend MasterDma;
  friend StartedOf<Buffers...>;

  template <class... Others>
  friend class TransferOf;

  static constinit inline dma::detail::Dropped<1, MasterDma, Buffers...> dropped{};

  template <class... Next>
  static void check_appended() {
    static_assert((dma::HasEnd<Buffers> && ...),
                  "behind a source without an end, dma::loop(), comes nothing");
    static_assert((dma::HasEnd<Next> && ...), "a source without an end, dma::loop(), cannot be appended");
    static_assert((!dma::detail::MemoryAccess::has_list<Next> && ...),
                  "what has a list of its own, dma::prepare(), cannot become part of another one");
  }
  // Of a transfer to which something is about to be appended.
  detail::DmaPort& live_port() const {
    detail::DmaPort& port = *spi_.port();
    if constexpr (!is_appended) port.forget_append_error();
    return port;
  }

  // Of all that was to be done: something may have been left out.
  [[gnu::always_inline]] dma::Outcome whole(const dma::Outcome& outcome) const {
    if constexpr (is_appended) {
      if (outcome && spi_.port()->append_error()) return spi_.port()->left_out(outcome->length);
    }
    return outcome;
  }

  [[gnu::noinline]] void drop() {
    const dma::Outcome outcome = whole(spi_.port()->cancel());
    parts_.drop_into(dropped, outcome, spi_.port_->arrived(outcome), spi_);
  }

  [[gnu::always_inline]] FERRY_MADE_LIVE explicit TransferOf(detail::DmaPort* port,
                                                             Buffers&&... buffers FERRY_TAKES_LIVE)
      : spi_(port), parts_(std::move(buffers)...) {}
  [[gnu::always_inline]] FERRY_MADE_LIVE TransferOf(dma::detail::Use use, detail::DmaPort* port,
                                                    Buffers&&... buffers FERRY_TAKES_LIVE)
      : spi_(port), parts_(use, std::move(buffers)...) {}

  template <class Before, class... Next>
  FERRY_MADE_LIVE TransferOf(MasterDma& spi, Before& before, std::uint32_t end, Next&... next)
      : spi_(spi.give_away()), parts_(before, end, next...) {}

  [[gnu::always_inline]] void give_back(const dma::Outcome& outcome, MasterDma& spi FERRY_REFILLS,
                                        Buffers&... buffers FERRY_REFILLS) {
    const std::uint32_t arrived = spi_.port_->arrived(outcome);
    spi.refill(spi_.give_away_live());
    parts_.give_back(arrived, buffers...);
  }

  MasterDma spi_;
  dma::detail::Parts<std::index_sequence_for<Buffers...>, Buffers...> parts_;
};

// Started first, and moved into the transfer while the bytes pass. Inlined, as all of this is a few words
// to be passed on, less than a call of it would be.

template <detail::GivenTarget Rx, detail::GivenSource Tx>
[[gnu::always_inline]] inline TransferOf<detail::KindOf<Rx>, detail::KindOf<Tx>> MasterDma::transfer(
    Rx&& rx FERRY_TAKES_LIVE, Tx&& tx FERRY_TAKES_LIVE, dma::Lengths lengths) && {
  using dma::detail::MemoryAccess;
  detail::DmaPort* port = give_away();
  if constexpr (MemoryAccess::is_one_region<detail::KindOf<Rx>> &&
                MemoryAccess::is_one_region<detail::KindOf<Tx>>) {
    port->start(MemoryAccess::region_if_live(rx), MemoryAccess::region_if_live(tx), lengths);
  } else {
    port->start(MemoryAccess::plan(rx), MemoryAccess::plan(tx), lengths);
  }
  return TransferOf<detail::KindOf<Rx>, detail::KindOf<Tx>>{port, detail::taken(std::forward<Rx>(rx)),
                                                            detail::taken(std::forward<Tx>(tx))};
}

template <detail::GivenInPlace Both>
[[gnu::always_inline]] inline TransferOf<detail::KindOf<Both>> MasterDma::transfer_in_place(
    Both&& buffer FERRY_TAKES_LIVE, std::uint32_t length) && {
  detail::DmaPort* port = give_away();
  // GDMA has read a byte before SPI sends it, and only then another one can come in to its place.
  const dma::detail::Region* region = dma::detail::MemoryAccess::region_if_live(buffer);
  port->start(region, region, {.rx_length = length, .tx_length = length});
  return TransferOf<detail::KindOf<Both>>{port, detail::taken(std::forward<Both>(buffer))};
}

template <detail::GivenSource Tx>
[[gnu::always_inline]] inline TransferOf<detail::KindOf<Tx>> MasterDma::write(Tx&& tx FERRY_TAKES_LIVE,
                                                                              std::uint32_t length) && {
  using dma::detail::MemoryAccess;
  detail::DmaPort* port = give_away();
  const dma::Lengths lengths{.rx_length = 0, .tx_length = length};
  if constexpr (MemoryAccess::is_one_region<detail::KindOf<Tx>>) {
    port->start(&detail::DmaPort::no_region, MemoryAccess::region_if_live(tx), lengths);
  } else {
    port->start({}, MemoryAccess::plan(tx), lengths);
  }
  return TransferOf<detail::KindOf<Tx>>{dma::detail::Use::only_sends, port,
                                        detail::taken(std::forward<Tx>(tx))};
}

template <detail::GivenTarget Rx>
[[gnu::always_inline]] inline TransferOf<detail::KindOf<Rx>> MasterDma::read(Rx&& rx FERRY_TAKES_LIVE,
                                                                             std::uint32_t length) && {
  using dma::detail::MemoryAccess;
  detail::DmaPort* port = give_away();
  const dma::Lengths lengths{.rx_length = length, .tx_length = 0};
  if constexpr (MemoryAccess::is_one_region<detail::KindOf<Rx>>) {
    port->start(MemoryAccess::region_if_live(rx), &detail::DmaPort::no_region, lengths);
  } else {
    port->start(MemoryAccess::plan(rx), {}, lengths);
  }
  return TransferOf<detail::KindOf<Rx>>{port, detail::taken(std::forward<Rx>(rx))};
}

template <class Buffer>
[[gnu::always_inline]] inline TransferOf<detail::KindOf<Buffer>> MasterDma::start_half_duplex(
    const Phases& phases, detail::DataPhase data, Buffer&& buffer FERRY_TAKES_LIVE, std::uint32_t length) {
  using dma::detail::MemoryAccess;
  detail::DmaPort* port = give_away();
  const auto registers = detail::translate(phases, data, port->port().writes_lsb_first());
  if constexpr (MemoryAccess::is_one_region<detail::KindOf<Buffer>>) {
    port->start_half_duplex(registers, data, MemoryAccess::region_if_live(buffer), length);
  } else {
    port->start_half_duplex(registers, data, MemoryAccess::plan(buffer), length);
  }
  using dma::detail::Use;
  return TransferOf<detail::KindOf<Buffer>>{
      data == detail::DataPhase::transmit ? Use::only_sends : Use::receives, port,
      detail::taken(std::forward<Buffer>(buffer))};
}

template <detail::GivenSource Tx>
[[gnu::always_inline]] inline TransferOf<detail::KindOf<Tx>> MasterDma::half_duplex_write(
    const Phases& phases, Tx&& tx FERRY_TAKES_LIVE, std::uint32_t length) && {
  return start_half_duplex(phases, detail::DataPhase::transmit, std::forward<Tx>(tx), length);
}

template <detail::GivenTarget Rx>
[[gnu::always_inline]] inline TransferOf<detail::KindOf<Rx>> MasterDma::half_duplex_read(
    const Phases& phases, Rx&& rx FERRY_TAKES_LIVE, std::uint32_t length) && {
  return start_half_duplex(phases, detail::DataPhase::receive, std::forward<Rx>(rx), length);
}

}  // namespace ferry::spi

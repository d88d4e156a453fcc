// Prepared transfers: checked, linked and latched once, started many times.
//
//   auto sample = ferry::spi::prepare(std::move(spi), std::move(rx), std::move(tx));
//   for (;;) {
//     auto running = std::move(sample).start();
//     work();
//     auto outcome = std::move(running).wait_into(sample);
//     sample.with<0>([](std::span<const std::byte> bytes) { … });
//   }
//   std::move(sample).release_into(spi, rx, tx);
//
// Lists, lengths and SPI's registers are in place before the first start, and stay there: the driver is
// inside, so nobody else can use it. A start gives the receive descriptors back to GDMA, forgets what
// happened before and starts.
#pragma once

#include "ferry/dma/buffer.hpp"
#include "ferry/dma/dropped.hpp"
#include "ferry/dma/parts.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/ownership.hpp"
#include "ferry/spi/dma.hpp"
#include "ferry/spi/dma_port.hpp"
#include "ferry/time.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace ferry::spi {

template <class Prepared, class... Next>
class LongerOf;

/// A transfer that is set up: the driver, and the buffers in the order in which they were given. Made by
/// prepare(), prepare_in_place(), prepare_write() and their like. What is wrong with it (a buffer outside of
/// DMA memory, a list that is too short), the end of every start tells.
///
/// Has to be taken apart by release_into() in the end, on every path: Clang refuses a program that drops one,
/// and with it driver and buffers. Where it cannot see that, in members and with other compilers, the
/// destructor keeps the parts for recover_into().
///
/// A transfer longer than SPI can do at once, one after a transfer that failed or was made longer, and those
/// of a channel with auto write-back are set up anew by their start, which costs what any transfer's start
/// costs.
template <class... Buffers>
class [[nodiscard]] FERRY_CONSUMABLE PreparedOf {
 public:
  /// A spent one, to be filled by an assignment or by the end of a transfer.
  FERRY_MADE_SPENT PreparedOf() = default;
  [[gnu::always_inline]] PreparedOf(PreparedOf&& other FERRY_TAKES_LIVE)
      : spi_(std::move(other.spi_)), parts_(std::move(other.parts_)) {}
  [[gnu::always_inline]] FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE PreparedOf& operator=(
      PreparedOf&& other FERRY_TAKES_LIVE) {
    spi_ = std::move(other.spi_);
    parts_.take_from(other.parts_);
    return *this;
  }
  PreparedOf* operator&() = delete;
  const PreparedOf* operator&() const = delete;
  [[gnu::always_inline]] FERRY_NEEDS_SPENT ~PreparedOf() {
    if (spi_.port_ != nullptr) drop();
  }

  /// Starts it, and returns while the bytes pass. Blocks only until the channel has the first bytes ready,
  /// some microseconds. A transfer that cannot start is one that is done, with an error.
  [[gnu::always_inline]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE StartedOf<Buffers...>
  start() && {
    detail::DmaPort* const port = spi_.port();
    if (!port->start_in_place()) [[unlikely]]
      start_anew();
    spi_.give_away_live();
    return StartedOf<Buffers...>{port, parts_};
  }

  /// Calls `function` with the bytes of the buffer in this place, from 0 on, as Buffer::with does.
  template <std::size_t place, class Function>
  FERRY_NEEDS_LIVE auto with(Function&& function) {
    spi_.port();
    return parts_.template get<place>().with(std::forward<Function>(function));
  }
  /// Bytes that the last transfer brought into that buffer; see Buffer::received.
  template <std::size_t place>
  FERRY_NEEDS_LIVE std::uint32_t received() const {
    return parts_.template get<place>().received();
  }

  /// Takes it apart: driver and buffers go into variables that hold none. Does not block; nothing runs.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT void release_into(MasterDma& spi FERRY_REFILLS,
                                                         Buffers&... buffers FERRY_REFILLS) && {
    spi = std::move(spi_);
    parts_.put_into(buffers...);
  }

  /// The parts of one of this kind that was dropped, as release_into() would have given them back. Without
  /// one it is fatal: there is was_dropped() to ask before.
  static void recover_into(MasterDma& spi FERRY_REFILLS, Buffers&... buffers FERRY_REFILLS) {
    static_cast<void>(dropped.take_into(spi, buffers...));
  }
  [[nodiscard]] static bool was_dropped() { return !dropped.is_empty(); }

 private:
  friend StartedOf<Buffers...>;
  template <class Prepared, class... Next>
  friend class LongerOf;
  friend struct detail::Preparation;

  [[gnu::always_inline]] FERRY_MADE_LIVE PreparedOf(MasterDma&& spi FERRY_TAKES_LIVE,
                                                    Buffers&&... buffers FERRY_TAKES_LIVE)
      : spi_(std::move(spi)), parts_(std::move(buffers)...) {}
  [[gnu::always_inline]] FERRY_MADE_LIVE PreparedOf(dma::detail::Use use, MasterDma&& spi FERRY_TAKES_LIVE,
                                                    Buffers&&... buffers FERRY_TAKES_LIVE)
      : spi_(std::move(spi)), parts_(use, std::move(buffers)...) {}

  // The end of a longer transfer: everything goes back to where it was, by a function that takes driver,
  // buffers and the rest.
  template <class End, std::size_t... place, class... Rest>
  FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE dma::Outcome refill_by(const End& end, std::index_sequence<place...>,
                                                              Rest&... rest FERRY_REFILLS) {
    return end(spi_, *std::addressof(parts_.template get<place>())..., rest...);
  }

  static constinit inline dma::detail::Dropped<1, MasterDma, Buffers...> dropped{};

  [[gnu::noinline]] void drop() { parts_.lay_down_in(dropped, dma::Received{0}, spi_); }

  [[gnu::noinline]] void start_anew() {
    spi_.port()->start_anew(parts_.receive_plan(), parts_.transmit_plan());
  }

  MasterDma spi_;
  dma::detail::Parts<std::index_sequence_for<Buffers...>, Buffers...> parts_;
};

/// A prepared transfer under way, or over and not yet looked at. It owns the prepared transfer; has to be
/// ended by one of the `_into` functions, on every path, as any transfer (see TransferOf).
template <class... Buffers>
class [[nodiscard]] FERRY_CONSUMABLE StartedOf {
 public:
  StartedOf(StartedOf&& other FERRY_TAKES_LIVE) = default;
  StartedOf& operator=(StartedOf&&) = delete;
  StartedOf* operator&() = delete;
  [[gnu::always_inline]] FERRY_NEEDS_SPENT ~StartedOf() {
    if (spi_.port_ != nullptr) drop();
  }

  /// As TransferOf::is_done.
  FERRY_NEEDS_LIVE bool is_done() const { return spi_.port()->is_done(); }

  /// As TransferOf::append, in one direction or in both: goes on with what is given, this time only.
  ///
  ///   auto longer = std::move(running).append(std::move(more));
  ///   auto outcome = std::move(longer).wait_into(sample, more);
  ///
  /// The next start has to set the prepared transfer up anew.
  template <class Next>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE LongerOf<PreparedOf<Buffers...>, Next> append(
      Next next FERRY_TAKES_LIVE, std::uint32_t length = dma::whole_buffer) && FERRY_REFUSES_BEYOND(length,
                                                                                                    Next) {
    return LongerOf<PreparedOf<Buffers...>, Next>::of(as_transfer().append(std::move(next), length));
  }
  template <class Rx, class Tx>
    requires(!std::is_arithmetic_v<Tx>)
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE LongerOf<PreparedOf<Buffers...>, Rx, Tx> append(
      Rx rx FERRY_TAKES_LIVE, Tx tx FERRY_TAKES_LIVE,
      std::uint32_t length = dma::whole_buffer) && FERRY_REFUSES_PAIR(length, Rx, Tx) {
    return LongerOf<PreparedOf<Buffers...>, Rx, Tx>::of(
        as_transfer().append(std::move(rx), std::move(tx), length));
  }

  /// As TransferOf::wait_into; driver and buffers come back together, ready for the next start.
  [[nodiscard, gnu::always_inline]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT dma::Outcome wait_into(
      PreparedOf<Buffers...>& prepared FERRY_REFILLS) && {
    return give_back(spi_.port()->finish(), prepared);
  }
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT dma::Outcome wait_into(
      PreparedOf<Buffers...>& prepared FERRY_REFILLS, Deadline deadline) && {
    return give_back(spi_.port()->finish_by(deadline), prepared);
  }
  /// As TransferOf::cancel_into.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT dma::Outcome cancel_into(
      PreparedOf<Buffers...>& prepared FERRY_REFILLS) && {
    return give_back(spi_.port()->cancel(), prepared);
  }

  /// As TransferOf::recover_into: what was dropped while it ran, as cancel_into() would have given it back.
  [[nodiscard]] static dma::Outcome recover_into(PreparedOf<Buffers...>& prepared FERRY_REFILLS) {
    return dropped.take_into(prepared);
  }
  [[nodiscard]] static bool was_dropped() { return !dropped.is_empty(); }

 private:
  friend PreparedOf<Buffers...>;

  static constinit inline dma::detail::Dropped<1, PreparedOf<Buffers...>> dropped{};

  [[gnu::noinline]] void drop() {
    PreparedOf<Buffers...> prepared;
    const dma::Outcome outcome = give_back(spi_.port()->cancel(), prepared);
    dropped.put(outcome, prepared);
  }

  using Parts = dma::detail::Parts<std::index_sequence_for<Buffers...>, Buffers...>;

  [[gnu::always_inline]] FERRY_MADE_LIVE StartedOf(detail::DmaPort* port, Parts& parts)
      : spi_(port), parts_(std::move(parts)) {}

  FERRY_MADE_LIVE TransferOf<Buffers...> as_transfer() { return TransferOf<Buffers...>{spi_, parts_, 0}; }

  [[gnu::always_inline]] dma::Outcome give_back(const dma::Outcome& outcome,
                                                PreparedOf<Buffers...>& prepared FERRY_REFILLS) {
    parts_.set_received(spi_.port_->arrived(outcome));
    prepared.spi_.refill(spi_.give_away_live());
    prepared.parts_.take_from(parts_);
    return outcome;
  }

  MasterDma spi_;
  Parts parts_;
};

/// A prepared transfer that was made longer by append(), under way, or over and not yet looked at. It owns
/// the prepared transfer and what was appended, and gives them back in this order. Has to be ended by one of
/// the `_into` functions, on every path, as any transfer (see TransferOf).
template <class... Buffers, class... Next>
class [[nodiscard]] FERRY_CONSUMABLE LongerOf<PreparedOf<Buffers...>, Next...> {
  using Prepared = PreparedOf<Buffers...>;
  using Transfer = TransferOf<Buffers..., Next...>;

 public:
  LongerOf(LongerOf&& other FERRY_TAKES_LIVE) = default;
  LongerOf& operator=(LongerOf&&) = delete;
  LongerOf* operator&() = delete;
  FERRY_NEEDS_SPENT ~LongerOf() = default;

  /// As those of TransferOf.
  FERRY_NEEDS_LIVE bool is_done() const { return transfer_.is_done(); }
  template <class More>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE LongerOf<Prepared, Next..., More> append(
      More more FERRY_TAKES_LIVE, std::uint32_t length = dma::whole_buffer) && FERRY_REFUSES_BEYOND(length,
                                                                                                    More) {
    return LongerOf<Prepared, Next..., More>::of(std::move(transfer_).append(std::move(more), length));
  }
  template <class Rx, class Tx>
    requires(!std::is_arithmetic_v<Tx>)
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE LongerOf<Prepared, Next..., Rx, Tx> append(
      Rx rx FERRY_TAKES_LIVE, Tx tx FERRY_TAKES_LIVE,
      std::uint32_t length = dma::whole_buffer) && FERRY_REFUSES_PAIR(length, Rx, Tx) {
    return LongerOf<Prepared, Next..., Rx, Tx>::of(
        std::move(transfer_).append(std::move(rx), std::move(tx), length));
  }
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT dma::Outcome wait_into(Prepared& prepared FERRY_REFILLS,
                                                                            Next&... next FERRY_REFILLS) && {
    const auto wait = [this](MasterDma& spi FERRY_REFILLS, Buffers&... buffers FERRY_REFILLS,
                             Next&... rest FERRY_REFILLS) {
      return std::move(transfer_).wait_into(spi, buffers..., rest...);
    };
    return prepared.refill_by(wait, places, next...);
  }
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT dma::Outcome wait_into(Prepared& prepared FERRY_REFILLS,
                                                                            Next&... next FERRY_REFILLS,
                                                                            Deadline deadline) && {
    const auto wait = [this, deadline](MasterDma& spi FERRY_REFILLS, Buffers&... buffers FERRY_REFILLS,
                                       Next&... rest FERRY_REFILLS) {
      return std::move(transfer_).wait_into(spi, buffers..., rest..., deadline);
    };
    return prepared.refill_by(wait, places, next...);
  }
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT dma::Outcome cancel_into(
      Prepared& prepared FERRY_REFILLS, Next&... next FERRY_REFILLS) && {
    const auto cancel = [this](MasterDma& spi FERRY_REFILLS, Buffers&... buffers FERRY_REFILLS,
                               Next&... rest FERRY_REFILLS) {
      return std::move(transfer_).cancel_into(spi, buffers..., rest...);
    };
    return prepared.refill_by(cancel, places, next...);
  }
  [[nodiscard]] static dma::Outcome recover_into(Prepared& prepared FERRY_REFILLS,
                                                 Next&... next FERRY_REFILLS) {
    const auto recover = [](MasterDma& spi FERRY_REFILLS, Buffers&... buffers FERRY_REFILLS,
                            Next&... rest FERRY_REFILLS) {
      return Transfer::recover_into(spi, buffers..., rest...);
    };
    return prepared.refill_by(recover, places, next...);
  }
  [[nodiscard]] static bool was_dropped() { return Transfer::was_dropped(); }

 private:
  friend StartedOf<Buffers...>;
  template <class OtherPrepared, class... Others>
  friend class LongerOf;

  static constexpr auto places = std::index_sequence_for<Buffers...>{};

  // A function and not the constructor, as the analysis does not look at a constructor's arguments.
  FERRY_MADE_LIVE static LongerOf of(Transfer&& transfer FERRY_TAKES_LIVE) {
    return LongerOf{std::move(transfer)};
  }
  FERRY_MADE_LIVE explicit LongerOf(Transfer&& transfer FERRY_TAKES_LIVE) : transfer_(std::move(transfer)) {}

  Transfer transfer_;
};

namespace detail {

/// For the functions below: what lies inside the driver.
struct Preparation {
  [[gnu::always_inline]] static DmaPort& port(MasterDma& spi FERRY_BORROWS) { return *spi.port(); }
  template <class Rx, class Tx>
  [[gnu::always_inline]] static void set_up(DmaPort& port, const Rx& rx, const Tx& tx, dma::Lengths lengths) {
    if constexpr (is_one_region<Rx> && is_one_region<Tx>) {
      port.set_up(region(rx), region(tx), lengths);
    } else {
      port.set_up(plan(rx), plan(tx), lengths);
    }
  }
  template <class Buffer>
  [[gnu::always_inline]] static void set_up_half_duplex(DmaPort& port, const Phases& phases, DataPhase data,
                                                        const Buffer& buffer, std::uint32_t length) {
    const PhaseRegisters registers = translate(phases, data, port.port().writes_lsb_first());
    if constexpr (is_one_region<Buffer>) {
      port.set_up_half_duplex(registers, data, region(buffer), length);
    } else {
      port.set_up_half_duplex(registers, data, plan(buffer), length);
    }
  }
  /// For a direction that is left out.
  struct Nothing {};

  template <class... Buffers>
  [[gnu::always_inline]] static PreparedOf<Buffers...> make(MasterDma&& spi FERRY_TAKES_LIVE,
                                                            Buffers&&... buffers FERRY_TAKES_LIVE) {
    return PreparedOf<Buffers...>{std::move(spi), std::move(buffers)...};
  }
  template <class Tx>
  [[gnu::always_inline]] static PreparedOf<Tx> make_write(MasterDma&& spi FERRY_TAKES_LIVE,
                                                          Tx&& tx FERRY_TAKES_LIVE) {
    return PreparedOf<Tx>{dma::detail::Use::only_sends, std::move(spi), std::move(tx)};
  }

 private:
  using Access = dma::detail::MemoryAccess;
  template <class Buffer>
  static constexpr bool is_one_region = std::is_same_v<Buffer, Nothing> || Access::is_one_region<Buffer>;

  static const dma::detail::Region& region(Nothing) { return DmaPort::no_region; }
  static dma::detail::Plan plan(Nothing) { return {}; }
  template <class Buffer>
  [[gnu::always_inline]] static const dma::detail::Region& region(const Buffer& buffer) {
    return Access::region(buffer);
  }
  template <class Buffer>
  [[gnu::always_inline]] static dma::detail::Plan plan(const Buffer& buffer) {
    return Access::plan(buffer);
  }
};

}  // namespace detail

/// Prepares what MasterDma::transfer() would start. Does not block.
template <dma::Target Rx, dma::Source Tx>
[[gnu::always_inline]] FERRY_MADE_LIVE inline PreparedOf<Rx, Tx> prepare(MasterDma spi FERRY_TAKES_LIVE,
                                                                         Rx rx FERRY_TAKES_LIVE,
                                                                         Tx tx FERRY_TAKES_LIVE,
                                                                         dma::Lengths lengths = {})
    FERRY_REFUSES_LENGTHS(lengths, Rx, Tx) {
  using detail::Preparation;
  Preparation::set_up(Preparation::port(spi), rx, tx, lengths);
  return Preparation::make<Rx, Tx>(std::move(spi), std::move(rx), std::move(tx));
}
/// The same for MasterDma::transfer_in_place(), write() and read().
template <class Both>
  requires(dma::Target<Both> && dma::Source<Both>)
[[gnu::always_inline]] FERRY_MADE_LIVE inline PreparedOf<Both> prepare_in_place(
    MasterDma spi FERRY_TAKES_LIVE, Both buffer FERRY_TAKES_LIVE, std::uint32_t length = dma::whole_buffer)
    FERRY_REFUSES_BEYOND(length, Both) {
  using detail::Preparation;
  Preparation::set_up(Preparation::port(spi), buffer, buffer, {.rx_length = length, .tx_length = length});
  return Preparation::make<Both>(std::move(spi), std::move(buffer));
}
template <dma::Source Tx>
[[gnu::always_inline]] FERRY_MADE_LIVE inline PreparedOf<Tx> prepare_write(
    MasterDma spi FERRY_TAKES_LIVE, Tx tx FERRY_TAKES_LIVE, std::uint32_t length = dma::whole_buffer)
    FERRY_REFUSES_BEYOND(length, Tx) {
  using detail::Preparation;
  Preparation::set_up(Preparation::port(spi), Preparation::Nothing{}, tx,
                      {.rx_length = 0, .tx_length = length});
  return Preparation::make_write<Tx>(std::move(spi), std::move(tx));
}
template <dma::Target Rx>
[[gnu::always_inline]] FERRY_MADE_LIVE inline PreparedOf<Rx> prepare_read(
    MasterDma spi FERRY_TAKES_LIVE, Rx rx FERRY_TAKES_LIVE, std::uint32_t length = dma::whole_buffer)
    FERRY_REFUSES_BEYOND(length, Rx) {
  using detail::Preparation;
  Preparation::set_up(Preparation::port(spi), rx, Preparation::Nothing{},
                      {.rx_length = length, .tx_length = 0});
  return detail::Preparation::make<Rx>(std::move(spi), std::move(rx));
}
/// The same for the two in half duplex; the phases are translated here and not by the starts.
template <dma::Source Tx>
[[gnu::always_inline]] FERRY_MADE_LIVE inline PreparedOf<Tx> prepare_half_duplex_write(
    MasterDma spi FERRY_TAKES_LIVE, const Phases& phases, Tx tx FERRY_TAKES_LIVE,
    std::uint32_t length = dma::whole_buffer) FERRY_REFUSES_BEYOND(length, Tx) {
  using detail::Preparation;
  Preparation::set_up_half_duplex(Preparation::port(spi), phases, detail::DataPhase::transmit, tx, length);
  return Preparation::make_write<Tx>(std::move(spi), std::move(tx));
}
template <dma::Target Rx>
[[gnu::always_inline]] FERRY_MADE_LIVE inline PreparedOf<Rx> prepare_half_duplex_read(
    MasterDma spi FERRY_TAKES_LIVE, const Phases& phases, Rx rx FERRY_TAKES_LIVE,
    std::uint32_t length = dma::whole_buffer) FERRY_REFUSES_BEYOND(length, Rx) {
  using detail::Preparation;
  Preparation::set_up_half_duplex(Preparation::port(spi), phases, detail::DataPhase::receive, rx, length);
  return detail::Preparation::make<Rx>(std::move(spi), std::move(rx));
}

}  // namespace ferry::spi

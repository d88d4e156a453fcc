// Memory to memory: copies that GDMA makes while the CPU does something else.
//
//   auto configured = std::move(channel).configure({}, std::move(lists_to), std::move(lists_from));
//   ferry::dma::Copier copier{std::move(configured), std::move(chip.uhci0)};
//   auto copy = std::move(copier).copy(std::move(to), std::move(from));
//   while (!copy.is_done()) work();
//   auto outcome = std::move(copy).wait_into(copier, to, from);
//
// Between the third line and the last, `copier`, `to` and `from` are inside the copy: naming them is an
// error, and so is leaving the copy behind (see ferry/ownership.hpp).
//
// GDMA of this chip has no trigger that belongs to nobody. A copy has to name the one of a peripheral, and
// while that peripheral used DMA as well, both would get the other's bytes. Hence the token: who gave it away
// cannot make a driver of it.
#pragma once

#include "chip/esp32c3/signals.hpp"
#include "ferry/dma/buffer.hpp"
#include "ferry/dma/channel.hpp"
#include "ferry/dma/copy_port.hpp"
#include "ferry/dma/dropped.hpp"
#include "ferry/dma/parts.hpp"
#include "ferry/dma/stream.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/ownership.hpp"
#include "ferry/peripherals.hpp"
#include "ferry/time.hpp"

#include <cstdint>
#include <utility>

namespace ferry::dma {

namespace detail {

template <class Token>
inline constexpr chip::DmaPeripheral trigger_of = chip::DmaPeripheral::none;
template <>
inline constexpr chip::DmaPeripheral trigger_of<peripheral::Spi2> = chip::DmaPeripheral::spi2;
template <>
inline constexpr chip::DmaPeripheral trigger_of<peripheral::Uhci0> = chip::DmaPeripheral::uhci0;
template <>
inline constexpr chip::DmaPeripheral trigger_of<peripheral::I2s0> = chip::DmaPeripheral::i2s0;
template <>
inline constexpr chip::DmaPeripheral trigger_of<peripheral::Aes> = chip::DmaPeripheral::aes;
template <>
inline constexpr chip::DmaPeripheral trigger_of<peripheral::Sha> = chip::DmaPeripheral::sha;
template <>
inline constexpr chip::DmaPeripheral trigger_of<peripheral::ApbSaradc> = chip::DmaPeripheral::apb_saradc;

}  // namespace detail

/// A token whose peripheral has a trigger of GDMA: Spi2, Uhci0, I2s0, Aes, Sha or ApbSaradc.
template <class Token>
concept HasDmaTrigger = detail::trigger_of<Token> != chip::DmaPeripheral::none;

class Pipe;
template <class... Buffers>
class CopyOf;
template <class... Buffers>
class CopyQueueOf;
/// A copy from one buffer to another.
using Copy = CopyOf<RxBuffer, TxBuffer>;

/// A channel that copies from memory to memory.
class [[nodiscard]] FERRY_CONSUMABLE Copier {
 public:
  /// A spent one, to be filled by an assignment or by the end of a copy.
  FERRY_MADE_SPENT Copier() = default;
  /// Takes the trigger of a peripheral, which cannot be had back before a reset: its token ends here. Does
  /// not block, cannot fail.
  template <HasDmaTrigger Token>
  FERRY_MADE_LIVE Copier(ConfiguredChannel channel FERRY_TAKES_LIVE, Token token)
      : port_(&detail::CopyPort::of(*detail::ChannelAccess::take_engine(channel))) {
    static_cast<void>(token);
    port_->attach(detail::trigger_of<Token>);
  }
  [[gnu::always_inline]] Copier(Copier&& other FERRY_TAKES_LIVE) : port_(other.give_away()) {}
  [[gnu::always_inline]] FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE Copier& operator=(
      Copier&& other FERRY_TAKES_LIVE) {
    if (port_ != nullptr) ferry::detail::overwritten_while_live();
    port_ = other.give_away();
    return *this;
  }
  Copier* operator&() = delete;

  /// Starts to copy the first `length` bytes of `from` to the start of `to` and returns while the bytes pass;
  /// by default all of `from`. `to` may be larger, and keeps what it has there; with burst on, up to three
  /// bytes that complete a word may be written. Does not block. A copy that cannot start is one that is done,
  /// with an error; an empty one is done without.
  template <Target To, Source From>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE CopyOf<To, From> copy(
      To to FERRY_TAKES_LIVE, From from FERRY_TAKES_LIVE,
      std::uint32_t length = whole_buffer) && FERRY_REFUSES_COPY(length, To, From);

  /// The same, waiting for the end; the buffers stay with the caller. Bounded as Copy::wait_into.
  template <Target To, Source From>
  [[nodiscard]] FERRY_NEEDS_LIVE Outcome copy_and_wait(To& to FERRY_BORROWS, From& from FERRY_BORROWS,
                                                       std::uint32_t length = whole_buffer)
      FERRY_REFUSES_COPY(length, To, From) {
    port()->start(detail::MemoryAccess::plan(to), detail::MemoryAccess::plan(from), length);
    const Outcome outcome = port()->finish();
    detail::MemoryAccess::set_received(to, received(outcome));
    return outcome;
  }

  /// Starts to pass on to `to` what is pushed into `from`, without an end; see dma/pipe.hpp. Does not block.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Pipe pipe(RxStream to FERRY_TAKES_LIVE,
                                                                 TxStream from FERRY_TAKES_LIVE) &&;

  /// Starts copies of whole buffers, one after the other, of each `from` to the start of the `to` before it:
  /// queue(to1, from1, to2, from2…), two to eight pairs of the same kinds; see dma/copy_queue.hpp, and
  /// spi::queue() for the descriptors that it takes. Does not block. A queue that cannot start is one that is
  /// done, with an error.
  template <class... Buffers>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE CopyQueueOf<Buffers...> queue(
      Buffers... buffers FERRY_TAKES_LIVE) &&;

  /// Gives the channel back, at rest and connected to nothing. The token stays used up.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE ConfiguredChannel release() && {
    return detail::ChannelAccess::make_channel(give_away()->detach());
  }

 private:
  template <class... Buffers>
  friend class CopyOf;
  template <class... Buffers>
  friend class CopyQueueOf;
  friend Pipe;

  FERRY_MADE_LIVE explicit Copier(detail::CopyPort* port) : port_(port) {}

  [[gnu::always_inline]] detail::CopyPort* port() const {
    if (port_ == nullptr) ferry::detail::used_after_move();
    return port_;
  }
  [[gnu::always_inline]] detail::CopyPort* give_away() {
    port();
    return std::exchange(port_, nullptr);
  }

  detail::CopyPort* port_ = nullptr;
};

/// A copy under way, or over and not yet looked at. It owns the copier and its buffers, the one it copies to
/// and the one it copies from, and such a pair for each append().
///
/// Has to be ended by one of the `_into` functions, on every path: Clang refuses a program that drops one.
/// Where it cannot see that, in members and with other compilers, the destructor aborts the copy, waits until
/// nothing touches the buffers any more (bounded), and keeps the parts for recover_into(). They put the parts
/// back into the caller's own variables, which must be the spent ones; after any of them, whatever it
/// returns, no hardware touches the buffers.
///
/// The outcome is the number of bytes copied, or an error of dma::Error; both come with all parts. After an
/// error the contents of `to` are not known, and copier and buffers are as good as before.
template <class... Buffers>
class [[nodiscard]] FERRY_CONSUMABLE CopyOf {
 public:
  CopyOf(CopyOf&& other FERRY_TAKES_LIVE) = default;
  CopyOf& operator=(CopyOf&&) = delete;
  CopyOf* operator&() = delete;
  [[gnu::always_inline]] FERRY_NEEDS_SPENT ~CopyOf() {
    if (copier_.port_ != nullptr) drop();
  }

  /// Whether it is over, well or not: the last byte is in memory. Does not block; one register read. With
  /// every 1024th call it looks whether GDMA was stopped, reset or lost its clock, in some ten register reads
  /// more; then it is over, too.
  FERRY_NEEDS_LIVE bool is_done() const { return copier_.port()->is_done(); }

  /// Goes on, when it is done with what it has, with the first `length` bytes of `from`, by default all of
  /// it, which come to the start of `to`: the descriptor list becomes longer, whether GDMA is still at work
  /// with it or rests at its end. Does not block. The copy is a longer one then, whose end gives all parts
  /// back:
  ///
  ///   auto copy = std::move(copier).copy(std::move(to), std::move(from));
  ///   auto longer = std::move(copy).append(std::move(more_to), std::move(more_from));
  ///   auto outcome = std::move(longer).wait_into(copier, to, from, more_to, more_from);
  ///
  /// A loop cannot have a type that grows: there it is Copier::queue() that goes on.
  ///
  /// The list has to have room for it (too_few_descriptors). What cannot be appended, and all that is
  /// appended behind it, is left out; the copy then ends with that error, when it is done with what came
  /// before. To a copy that ended with an error nothing is appended.
  template <Target To, Source From>
    requires(Appendable<To> && Appendable<From> && (HasEnd<Buffers> && ...))
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE CopyOf<Buffers..., To, From> append(
      To to FERRY_TAKES_LIVE, From from FERRY_TAKES_LIVE,
      std::uint32_t length = whole_buffer) && FERRY_REFUSES_COPY(length, To, From) {
    detail::CopyPort& port = *copier_.port();
    const std::uint32_t end = port.length();
    port.append(detail::MemoryAccess::plan(to), detail::MemoryAccess::plan(from), length);
    return CopyOf<Buffers..., To, From>{copier_, parts_, end, to, from};
  }

  /// Waits for the end, polling. Bounded all the same: by a microsecond for each byte and 20 ms more; then as
  /// with a deadline that has passed.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT Outcome wait_into(Copier& copier FERRY_REFILLS,
                                                                       Buffers&... buffers FERRY_REFILLS) && {
    const Outcome outcome = copier_.port()->finish();
    give_back(outcome, copier, buffers...);
    return outcome;
  }
  /// Waits until the deadline at the most, the last argument; Deadline::never() is the same as none. When it
  /// passes, the copy is aborted before the parts come back, and the error is timed_out.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT Outcome wait_into(Copier& copier FERRY_REFILLS,
                                                                       Buffers&... buffers FERRY_REFILLS,
                                                                       Deadline deadline) && {
    const Outcome outcome = copier_.port()->finish_by(deadline);
    give_back(outcome, copier, buffers...);
    return outcome;
  }
  /// Aborts it, as a deadline that has passed would; the error is cancelled. A copy that is over already
  /// comes to its own end: then the outcome is the one wait_into would have given.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT Outcome
  cancel_into(Copier& copier FERRY_REFILLS, Buffers&... buffers FERRY_REFILLS) && {
    const Outcome outcome = copier_.port()->cancel();
    give_back(outcome, copier, buffers...);
    return outcome;
  }

  /// The parts of a copy of this kind that was dropped, as cancel_into() would have given them back. Without
  /// one it is fatal: there is was_dropped() to ask before.
  [[nodiscard]] static Outcome recover_into(Copier& copier FERRY_REFILLS, Buffers&... buffers FERRY_REFILLS) {
    return dropped.take_into(copier, buffers...);
  }
  [[nodiscard]] static bool was_dropped() { return !dropped.is_empty(); }

 private:
  friend Copier;
  template <class... Others>
  friend class CopyOf;

  using Parts = detail::Parts<std::index_sequence_for<Buffers...>, Buffers...>;

  // As many as there are channels.
  static constinit inline detail::Dropped<3, Copier, Buffers...> dropped{};

  [[gnu::noinline]] void drop() {
    const Outcome outcome = copier_.port()->cancel();
    parts_.drop_into(dropped, outcome, copier_);
  }

  [[gnu::always_inline]] FERRY_MADE_LIVE explicit CopyOf(detail::CopyPort* port,
                                                         Buffers&&... buffers FERRY_TAKES_LIVE)
      : copier_(port), parts_(std::move(buffers)...) {}
  template <class Before, class... Next>
  FERRY_MADE_LIVE CopyOf(Copier& copier, Before& before, std::uint32_t end, Next&... next)
      : copier_(copier.give_away()), parts_(before, end, next...) {}

  [[gnu::always_inline]] void give_back(const Outcome& outcome, Copier& copier FERRY_REFILLS,
                                        Buffers&... buffers FERRY_REFILLS) {
    copier = std::move(copier_);
    parts_.give_back(received(outcome), buffers...);
  }
  Copier copier_;
  Parts parts_;
};

template <Target To, Source From>
CopyOf<To, From> Copier::copy(To to FERRY_TAKES_LIVE, From from FERRY_TAKES_LIVE, std::uint32_t length) && {
  detail::CopyPort* port = give_away();
  port->start(detail::MemoryAccess::plan(to), detail::MemoryAccess::plan(from), length);
  return CopyOf<To, From>{port, std::move(to), std::move(from)};
}

}  // namespace ferry::dma

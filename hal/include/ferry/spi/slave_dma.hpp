// A slave's transfers: they wait for the master, run by themselves, and own what they use.
//
//   auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));   // armed
//   …                                                                        // the master selects and clocks
//   auto outcome = std::move(transfer).wait_into(spi, rx, tx, deadline);
//
// One chip select is one transfer, and the master decides how long it is. It has to leave the slave time to
// be armed first, some 10 µs: what is clocked before that is lost (MISO is then low), and a transaction that
// is under way when a transfer is armed takes no part in it. What comes when the master selects a second time
// before the end has been looked at follows behind the first bytes, from the next descriptor on, or does not
// fit.
//
// A master that sends less than there is room for, or takes less than there is to send, is no error:
// Exchanged says how much it was. One that takes more gets zeros. One that sends more is one,
// rx_list_too_short; the buffer then holds what came first.
//
// How fast the master may be: the data lines pass the GPIO matrix, which on silicon costs the way from SCK to
// MISO two to three periods of 12.5 ns; the chip's own limit for a slave is 60 MHz. 10 MHz is a good start.
#pragma once

#include "ferry/dma/buffer.hpp"
#include "ferry/dma/channel.hpp"
#include "ferry/dma/dropped.hpp"
#include "ferry/dma/parts.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/ownership.hpp"
#include "ferry/spi/slave.hpp"
#include "ferry/spi/slave_config.hpp"
#include "ferry/spi/slave_port.hpp"
#include "ferry/time.hpp"

#include <cstdint>
#include <utility>

namespace ferry::spi {

template <class... Buffers>
class SlaveTransferOf;

/// Both directions, with two buffers or in one, and one direction alone.
using SlaveTransfer = SlaveTransferOf<dma::RxBuffer, dma::TxBuffer>;
using SlaveTransferInPlace = SlaveTransferOf<dma::InPlaceBuffer>;
using SlaveRead = SlaveTransferOf<dma::RxBuffer>;
using SlaveWrite = SlaveTransferOf<dma::TxBuffer>;

/// SPI2 as a slave with a DMA channel. Made by Slave::with_dma().
class [[nodiscard]] FERRY_CONSUMABLE SlaveDma {
 public:
  /// A spent one, to be filled by an assignment or by the end of a transfer.
  FERRY_MADE_SPENT SlaveDma() = default;
  [[gnu::always_inline]] SlaveDma(SlaveDma&& other FERRY_TAKES_LIVE) : port_(other.give_away()) {}
  [[gnu::always_inline]] FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE SlaveDma& operator=(
      SlaveDma&& other FERRY_TAKES_LIVE) {
    if (port_ != nullptr) ferry::detail::overwritten_while_live();
    port_ = other.give_away();
    return *this;
  }
  SlaveDma* operator&() = delete;

  /// Arms the slave to send `tx` and to receive into `rx` when the master comes, at the most as much as
  /// `lengths` says, by default all of both. When this returns the master may come. Blocks only until the
  /// channel has the first bytes ready, some microseconds. A transfer that cannot be armed is one that is
  /// over, with an error; one with no length at all is over without, and the master is not waited for.
  template <dma::Target Rx, dma::Source Tx>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE SlaveTransferOf<Rx, Tx> transfer(
      Rx rx FERRY_TAKES_LIVE, Tx tx FERRY_TAKES_LIVE,
      dma::Lengths lengths = {}) && FERRY_REFUSES_LENGTHS(lengths, Rx, Tx);
  /// The same with one buffer: what is received takes the place of what was sent.
  template <class Both>
    requires(dma::Target<Both> && dma::Source<Both>)
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE SlaveTransferOf<Both> transfer_in_place(
      Both buffer FERRY_TAKES_LIVE, std::uint32_t length = dma::whole_buffer) && FERRY_REFUSES_BEYOND(length,
                                                                                                      Both);
  /// The same, only receiving: MISO is low. At the most `length` bytes.
  template <dma::Target Rx>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE SlaveTransferOf<Rx> read(
      Rx rx FERRY_TAKES_LIVE, std::uint32_t length = dma::whole_buffer) && FERRY_REFUSES_BEYOND(length, Rx);
  /// The same, only sending the first `length` bytes: what the master sends is dropped.
  template <dma::Source Tx>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE SlaveTransferOf<Tx> write(
      Tx tx FERRY_TAKES_LIVE, std::uint32_t length = dma::whole_buffer) && FERRY_REFUSES_BEYOND(length, Tx);

  /// New settings, in force at once. Does not block, cannot fail.
  FERRY_NEEDS_LIVE void apply_config(const SlaveConfig& config) { port()->apply(config); }

  /// Takes apart what with_dma() put together: the slave without DMA is the result, the channel, at rest and
  /// connected to nothing, goes into a variable that holds none.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Slave
  without_dma(dma::ConfiguredChannel& channel FERRY_REFILLS) &&;
  /// The same with halves. Halves of two channels that would be taken for one channel are fatal.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Slave
  without_dma(dma::ConfiguredHalves& halves FERRY_REFILLS) &&;

 private:
  friend Slave;
  template <class... Buffers>
  friend class SlaveTransferOf;

  FERRY_MADE_LIVE explicit SlaveDma(detail::SlavePort* port) : port_(port) {}

  [[gnu::always_inline]] detail::SlavePort* port() const {
    if (port_ == nullptr) ferry::detail::used_after_move();
    return port_;
  }
  [[gnu::always_inline]] detail::SlavePort* give_away() {
    port();
    return std::exchange(port_, nullptr);
  }

  detail::SlavePort* port_ = nullptr;
};

/// A transfer that waits for the master, is under way, or is over and not yet looked at. It owns the driver
/// and the buffers it was given.
///
/// Has to be ended by one of the `_into` functions, on every path: Clang refuses a program that drops one.
/// Where it cannot see that, in members and with other compilers, the destructor aborts the transfer,
/// whatever the master does, and keeps the parts for recover_into(). They put the parts back into the
/// caller's own variables, which must be the spent ones, the driver first and then the buffers in the order
/// in which they were given; after any of them, whatever it returns, no hardware touches the buffers, and the
/// slave ignores the bus until it is armed again.
///
/// Errors: those of dma::Error that a start can have; rx_list_too_short when the master sent more than there
/// was room for; rx_overflow and tx_underflow when it was faster than GDMA; timed_out and cancelled;
/// engine_stopped, clock_off and in_reset, which an SPI2 that somebody reset in between is too. All come with
/// all parts, and driver and buffers are as good as before.
template <class... Buffers>
class [[nodiscard]] FERRY_CONSUMABLE SlaveTransferOf {
 public:
  SlaveTransferOf(SlaveTransferOf&& other FERRY_TAKES_LIVE) = default;
  SlaveTransferOf& operator=(SlaveTransferOf&&) = delete;
  SlaveTransferOf* operator&() = delete;
  [[gnu::always_inline]] FERRY_NEEDS_SPENT ~SlaveTransferOf() {
    if (spi_.port_ != nullptr) drop();
  }

  /// Whether it is over, well or not: the master has deselected *and* GDMA has stored the last byte. Does not
  /// block; two register reads. It waits for a master that comes some day, but not for one that would come in
  /// vain: with every 1024th call it looks whether somebody took a clock away, reset or stopped what the
  /// transfer needs, in some ten register reads more; then it is over, too.
  FERRY_NEEDS_LIVE bool is_done() const { return spi_.port()->is_done(); }

  /// Waits for the master, polling. Bounded all the same: by twice the time that a master at 39,062 Hz needs
  /// for these lengths, and a second more; then as with a deadline that has passed. Of dma::loop() the bytes
  /// count once, unless Lengths says more.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT SlaveOutcome
  wait_into(SlaveDma& spi FERRY_REFILLS, Buffers&... buffers FERRY_REFILLS) && {
    const SlaveOutcome outcome = spi_.port()->finish();
    give_back(outcome, spi, buffers...);
    return outcome;
  }
  /// Waits until the deadline at the most, the last argument; Deadline::never() waits for a master that comes
  /// some day. When it passes, the transfer is aborted at once, whatever the master does, and the error is
  /// timed_out.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT SlaveOutcome wait_into(SlaveDma& spi FERRY_REFILLS,
                                                                            Buffers&... buffers FERRY_REFILLS,
                                                                            Deadline deadline) && {
    const SlaveOutcome outcome = spi_.port()->finish(deadline);
    give_back(outcome, spi, buffers...);
    return outcome;
  }
  /// Aborts it, as a deadline that has passed would; the error is cancelled. A transfer that is over already
  /// comes to its own end: then the outcome is the one wait_into would have given.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT SlaveOutcome
  cancel_into(SlaveDma& spi FERRY_REFILLS, Buffers&... buffers FERRY_REFILLS) && {
    const SlaveOutcome outcome = spi_.port()->cancel();
    give_back(outcome, spi, buffers...);
    return outcome;
  }

  /// The parts of a transfer of this kind that was dropped, as cancel_into() would have given them back.
  /// Without one it is fatal: there is was_dropped() to ask before.
  [[nodiscard]] static dma::Outcome recover_into(SlaveDma& spi FERRY_REFILLS,
                                                 Buffers&... buffers FERRY_REFILLS) {
    return dropped.take_into(spi, buffers...);
  }
  [[nodiscard]] static bool was_dropped() { return !dropped.is_empty(); }

 private:
  friend SlaveDma;

  static constinit inline dma::detail::Dropped<1, SlaveDma, Buffers...> dropped{};

  [[gnu::noinline]] void drop() {
    const SlaveOutcome outcome = spi_.port()->cancel();
    parts_.drop_into(dropped,
                     outcome ? dma::Outcome{dma::Received{outcome->received}}
                             : dma::Outcome{std::unexpected{outcome.error()}},
                     spi_.port_->arrived(outcome), spi_);
  }

  [[gnu::always_inline]] FERRY_MADE_LIVE explicit SlaveTransferOf(detail::SlavePort* port,
                                                                  Buffers&&... buffers FERRY_TAKES_LIVE)
      : spi_(port), parts_(std::move(buffers)...) {}
  [[gnu::always_inline]] FERRY_MADE_LIVE SlaveTransferOf(dma::detail::Use use, detail::SlavePort* port,
                                                         Buffers&&... buffers FERRY_TAKES_LIVE)
      : spi_(port), parts_(use, std::move(buffers)...) {}

  [[gnu::always_inline]] void give_back(const SlaveOutcome& outcome, SlaveDma& spi FERRY_REFILLS,
                                        Buffers&... buffers FERRY_REFILLS) {
    const std::uint32_t arrived = spi_.port_->arrived(outcome);
    spi = std::move(spi_);
    parts_.give_back(arrived, buffers...);
  }

  SlaveDma spi_;
  dma::detail::Parts<std::index_sequence_for<Buffers...>, Buffers...> parts_;
};

template <dma::Target Rx, dma::Source Tx>
SlaveTransferOf<Rx, Tx> SlaveDma::transfer(Rx rx FERRY_TAKES_LIVE, Tx tx FERRY_TAKES_LIVE,
                                           dma::Lengths lengths) && {
  detail::SlavePort* port = give_away();
  port->start(dma::detail::MemoryAccess::plan(rx), dma::detail::MemoryAccess::plan(tx), lengths);
  return SlaveTransferOf<Rx, Tx>{port, std::move(rx), std::move(tx)};
}

template <class Both>
  requires(dma::Target<Both> && dma::Source<Both>)
SlaveTransferOf<Both> SlaveDma::transfer_in_place(Both buffer FERRY_TAKES_LIVE, std::uint32_t length) && {
  detail::SlavePort* port = give_away();
  // GDMA has read a byte before SPI sends it, and only then another one can come in to its place.
  const dma::detail::Plan plan = dma::detail::MemoryAccess::plan(buffer);
  port->start(plan, plan, {.rx_length = length, .tx_length = length});
  return SlaveTransferOf<Both>{port, std::move(buffer)};
}

template <dma::Target Rx>
SlaveTransferOf<Rx> SlaveDma::read(Rx rx FERRY_TAKES_LIVE, std::uint32_t length) && {
  detail::SlavePort* port = give_away();
  port->start(dma::detail::MemoryAccess::plan(rx), {}, {.rx_length = length, .tx_length = 0});
  return SlaveTransferOf<Rx>{port, std::move(rx)};
}

template <dma::Source Tx>
SlaveTransferOf<Tx> SlaveDma::write(Tx tx FERRY_TAKES_LIVE, std::uint32_t length) && {
  detail::SlavePort* port = give_away();
  port->start({}, dma::detail::MemoryAccess::plan(tx), {.rx_length = 0, .tx_length = length});
  return SlaveTransferOf<Tx>{dma::detail::Use::only_sends, port, std::move(tx)};
}

}  // namespace ferry::spi

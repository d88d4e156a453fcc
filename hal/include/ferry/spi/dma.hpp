// SPI with DMA: transfers that run by themselves and own what they use.
//
//   auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
//   while (!transfer.is_done()) work();
//   auto outcome = std::move(transfer).wait_into(spi, rx, tx);
//
// Between the first line and the last, `spi`, `rx` and `tx` are inside the transfer: naming them is an error,
// and so is leaving the transfer behind (see ferry/ownership.hpp). There is one way back, for a transfer that
// ran as for one that could not start: one of the functions ending in `_into`.
#pragma once

#include "ferry/dma/buffer.hpp"
#include "ferry/dma/channel.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/ownership.hpp"
#include "ferry/spi/config.hpp"
#include "ferry/spi/dma_port.hpp"
#include "ferry/spi/master.hpp"
#include "ferry/time.hpp"

#include <cstddef>
#include <expected>
#include <span>
#include <utility>

namespace ferry::spi {

class Transfer;

/// The master of SPI2 with a DMA channel. Made by Master::with_dma().
class [[nodiscard]] FERRY_CONSUMABLE MasterDma {
 public:
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
  /// read, with MOSI low while only reading.
  ///
  /// Blocks only until the channel has the first bytes ready, some microseconds. Whatever goes wrong is told
  /// by the transfer's end: a transfer that cannot start is one that is done, with an error.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Transfer transfer(dma::RxBuffer rx FERRY_TAKES_LIVE,
                                                                         dma::TxBuffer tx FERRY_TAKES_LIVE,
                                                                         dma::Lengths lengths = {}) &&;

  /// The blocking operations of Master, by the CPU.
  [[nodiscard]] FERRY_NEEDS_LIVE std::expected<void, Error> transfer(std::span<std::byte> rx,
                                                                     std::span<const std::byte> tx) {
    return port()->port().exchange(rx, tx);
  }
  [[nodiscard]] FERRY_NEEDS_LIVE std::expected<void, Error> transfer_in_place(std::span<std::byte> bytes) {
    return port()->port().exchange(bytes, bytes);
  }
  [[nodiscard]] FERRY_NEEDS_LIVE std::expected<void, Error> write(std::span<const std::byte> bytes) {
    return port()->port().exchange({}, bytes);
  }
  [[nodiscard]] FERRY_NEEDS_LIVE std::expected<void, Error> read(std::span<std::byte> bytes) {
    return port()->port().exchange(bytes, {});
  }

  /// New settings from the next operation or transfer on. Does not block, cannot fail.
  FERRY_NEEDS_LIVE void apply_config(const Config& config) { port()->port().apply(config); }
  /// What the bus runs at.
  FERRY_NEEDS_LIVE Hertz frequency() const { return port()->port().frequency(); }

  /// Takes apart what with_dma() put together: the master without DMA is the result, the channel, at rest and
  /// connected to nothing, goes into a variable that holds none.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Master
  without_dma(dma::ConfiguredChannel& channel FERRY_REFILLS) &&;

 private:
  friend Master;
  friend Transfer;

  FERRY_MADE_LIVE explicit MasterDma(detail::DmaPort* port) : port_(port) {}

  [[gnu::always_inline]] detail::DmaPort* port() const {
    if (port_ == nullptr) ferry::detail::used_after_move();
    return port_;
  }
  [[gnu::always_inline]] detail::DmaPort* give_away() {
    port();
    return std::exchange(port_, nullptr);
  }

  detail::DmaPort* port_ = nullptr;
};

/// A transfer under way, or over and not yet looked at. It owns the driver and both buffers.
///
/// Has to be ended by one of the `_into` functions, on every path: Clang refuses a program that drops one, in
/// others the destructor is fatal. They put the parts back into the caller's own variables, which must be the
/// spent ones; after any of them, whatever it returns, no hardware touches the buffers.
///
/// The outcome is the number of bytes received, or an error of dma::Error; both come with all parts. After an
/// error the contents of the receive buffer are not known, and driver and buffers are as good as before.
class [[nodiscard]] FERRY_CONSUMABLE Transfer {
 public:
  Transfer(Transfer&& other FERRY_TAKES_LIVE) = default;
  Transfer& operator=(Transfer&&) = delete;
  Transfer* operator&() = delete;
  [[gnu::always_inline]] FERRY_NEEDS_SPENT ~Transfer() {
    if (spi_.port_ != nullptr) dropped();
  }

  /// Whether it is over, well or not: SPI has finished *and* GDMA has stored the last byte. SPI's word alone
  /// is not enough, as the last bytes are then still on their way to memory. Does not block; two register
  /// reads.
  FERRY_NEEDS_LIVE bool is_done() const { return spi_.port()->is_done(); }

  /// Waits for the end, polling. Bounded all the same: by twice the time that length and clock ask for and 20
  /// ms more; then as with a deadline that has passed.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT dma::Outcome wait_into(
      MasterDma& spi FERRY_REFILLS, dma::RxBuffer& rx FERRY_REFILLS, dma::TxBuffer& tx FERRY_REFILLS) && {
    const dma::Outcome outcome = spi_.port()->finish();
    give_back(outcome, spi, rx, tx);
    return outcome;
  }
  /// Waits until the deadline at the most. When it passes, the transfer is aborted before the parts come back
  /// (SPI ends behind the byte it is in, so two byte times later), and the error is timed_out.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT dma::Outcome wait_into(MasterDma& spi FERRY_REFILLS,
                                                                            dma::RxBuffer& rx FERRY_REFILLS,
                                                                            dma::TxBuffer& tx FERRY_REFILLS,
                                                                            Deadline deadline) && {
    const dma::Outcome outcome = spi_.port()->finish(deadline);
    give_back(outcome, spi, rx, tx);
    return outcome;
  }
  /// Aborts it, as a deadline that has passed would; the error is cancelled. A transfer that is over already
  /// comes to its own end: then the outcome is the one wait_into would have given.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT dma::Outcome cancel_into(
      MasterDma& spi FERRY_REFILLS, dma::RxBuffer& rx FERRY_REFILLS, dma::TxBuffer& tx FERRY_REFILLS) && {
    const dma::Outcome outcome = spi_.port()->cancel();
    give_back(outcome, spi, rx, tx);
    return outcome;
  }

 private:
  friend MasterDma;

  [[gnu::always_inline]] FERRY_MADE_LIVE Transfer(detail::DmaPort* port, dma::RxBuffer&& rx FERRY_TAKES_LIVE,
                                                  dma::TxBuffer&& tx FERRY_TAKES_LIVE)
      : spi_(port), rx_(std::move(rx)), tx_(std::move(tx)) {}

  [[gnu::always_inline]] void give_back(const dma::Outcome& outcome, MasterDma& spi FERRY_REFILLS,
                                        dma::RxBuffer& rx FERRY_REFILLS, dma::TxBuffer& tx FERRY_REFILLS) {
    dma::detail::MemoryAccess::set_received(rx_, dma::received(outcome));
    spi = std::move(spi_);
    rx = std::move(rx_);
    tx = std::move(tx_);
  }
  [[noreturn]] FERRY_KEPT_APART static void dropped();

  MasterDma spi_;
  dma::RxBuffer rx_;
  dma::TxBuffer tx_;
};

inline Transfer MasterDma::transfer(dma::RxBuffer rx FERRY_TAKES_LIVE, dma::TxBuffer tx FERRY_TAKES_LIVE,
                                    dma::Lengths lengths) && {
  detail::DmaPort* port = give_away();
  port->start(dma::detail::MemoryAccess::plan(rx), dma::detail::MemoryAccess::plan(tx), lengths);
  return Transfer{port, std::move(rx), std::move(tx)};
}

}  // namespace ferry::spi

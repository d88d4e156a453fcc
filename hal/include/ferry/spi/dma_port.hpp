// The SPI2 controller together with a DMA channel: how a transfer is started, observed and ended.
//
// For spi::MasterDma and spi::Transfer, which are handles to it.
#pragma once

#include "ferry/dma/engine.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/spi/port.hpp"
#include "ferry/time.hpp"

#include <cstdint>
#include <optional>

namespace ferry::spi::detail {

class DmaPort {
 public:
  explicit constexpr DmaPort(Port& port) : port_(port) {}

  Port& port() const { return port_; }

  void attach(dma::detail::Engine* engine);
  /// Gives the channel back, at rest.
  dma::detail::Engine* detach();

  /// Starts a full-duplex transfer. Does not block longer than the channel takes for its first bytes. If it
  /// cannot start, the transfer is over at once and finish() tells why.
  void start(const dma::detail::Plan& rx, const dma::detail::Plan& tx, dma::Lengths lengths);

  /// Whether the transfer is over, well or not: both the bus and the memory side. Two loads.
  bool is_done() const { return poll().over; }

  /// Waits for the end. Bounded by `deadline`, then the transfer is aborted; in every case nothing touches
  /// the buffers any more when this returns.
  dma::Outcome finish(Deadline deadline);
  /// The same with twice the time that length and clock ask for, and 20 ms more.
  dma::Outcome finish();
  /// Ends the transfer now, unless it is over already.
  dma::Outcome cancel() { return end_early(dma::Error::cancelled); }

 private:
  struct Status {
    bool over;
    std::optional<dma::Error> error;
  };

  Status poll() const;
  std::optional<dma::Error> try_to_start(const dma::detail::Plan& rx, const dma::detail::Plan& tx,
                                         std::uint32_t rx_length, std::uint32_t tx_length);
  dma::Outcome end_early(dma::Error why);
  dma::Outcome conclude(Status status);
  std::uint32_t abort();

  Port& port_;
  dma::detail::Engine* engine_ = nullptr;

  // The transfer at hand. `running_` is false when it is over before it began: nothing to do, or an error.
  bool running_ = false;
  bool zeros_follow_ = false;  // the transmit list does not end by itself
  std::optional<dma::Error> start_error_;
  std::uint32_t bytes_ = 0;  // on the wire
  std::uint32_t memory_done_ =
      0;  // events of the channel of which one tells that all is stored; 0: not asked
  std::uint32_t memory_errors_ = 0;  // events of the channel that mean failure
  std::uint32_t bus_errors_ = 0;     // events of SPI that mean failure
};

extern DmaPort dma_port2;

}  // namespace ferry::spi::detail

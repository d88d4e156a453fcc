// The SPI2 controller as a slave, with a DMA channel: how it is set up, armed for a transfer, observed and
// ended.
//
// For spi::Slave, spi::SlaveDma and their transfers, which are handles to it; a program holds one of those.
#pragma once

#include "chip/esp32c3/registers/spi2.hpp"
#include "ferry/dma/engine.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/mmio.hpp"
#include "ferry/spi/slave_config.hpp"
#include "ferry/time.hpp"

#include <cstdint>
#include <optional>

namespace ferry::spi::detail {

class SlavePort {
 public:
  /// Opens the clock, resets SPI2 and makes it a slave.
  void open(const SlaveConfig& config);
  /// New settings, in force at once.
  void apply(const SlaveConfig& config);

  void attach(dma::detail::Engine* engine);
  /// Gives the channel back, at rest.
  dma::detail::Engine* detach();

  /// Arms the slave: what the master clocks from its next chip select on is a transfer. Does not block longer
  /// than the channel takes for its first bytes. If it cannot be armed, the transfer is over at once and
  /// finish() tells why. An empty plan leaves a direction out.
  void start(const dma::detail::Plan& rx, const dma::detail::Plan& tx, dma::Lengths lengths);

  /// Whether the transfer is over, well or not. Two loads, in the end three. Each time it has been asked in
  /// vain dma::detail::polls_per_look times it looks whether a master can still end it.
  bool is_done();

  /// Waits for the end. Bounded by `deadline`, then the transfer is aborted; in every case nothing touches
  /// the buffers any more when this returns. Without one, Deadline::never(), it ends when no master can end
  /// the transfer any more: the clock off, a reset, a stopped channel.
  SlaveOutcome finish(Deadline deadline);
  /// The same with twice the time that the lengths take at the lowest frequency a master of this kind has,
  /// and a second more.
  SlaveOutcome finish();
  /// Ends the transfer now, unless it is over already.
  SlaveOutcome cancel() { return end_early(dma::Error::cancelled); }
  /// How many bytes of the transfer with this outcome are in the receive buffer. Of one that only sends, a
  /// failure tells what has left.
  std::uint32_t arrived(const SlaveOutcome& outcome) const {
    if (outcome) return outcome->received;
    return rx_length_ != 0 ? outcome.error().length : 0;
  }

 private:
  static constexpr std::uint32_t base = chip::spi2::base;

  struct Status {
    bool over;
    std::optional<dma::Error> error;
  };

  void take_settings(const SlaveConfig& config);
  void reset_and_set_up();
  void set_up() const;
  void rest() const;
  void forget_transaction() const;
  std::optional<dma::Error> try_to_start(const dma::detail::Plan& rx, const dma::detail::Plan& tx);
  Status poll() const;
  std::uint32_t clocked_bits() const { return mmio::read(base, chip::spi2::Slave1::slv_data_bitlen); }
  bool was_without_a_byte() const;
  bool has_surplus_in_a_word(std::uint32_t counted) const;
  std::uint32_t bytes_taken(std::uint32_t counted) const;
  bool was_reset() const;
  bool is_lost();
  dma::Error cause(dma::Error found) const;
  SlaveOutcome fail(dma::Error why);
  std::uint32_t sent_for_certain() const;
  SlaveOutcome end_early(dma::Error why);
  SlaveOutcome conclude(Status status);
  std::uint32_t stop();

  dma::detail::Engine* engine_ = nullptr;

  // The settings' part of the registers.
  std::uint32_t ctrl_ = 0;
  std::uint32_t user_ = 0;
  std::uint32_t misc_ = 0;
  std::uint32_t slave_ = 0;

  // The transfer at hand. `running_` is false when it is over before it began.
  bool running_ = false;
  dma::detail::Engine::Started started_{};
  std::optional<dma::Error> error_;  // that it could not be armed, or that no master can end it any more
  std::uint32_t polls_to_look_ = dma::detail::polls_per_look;
  std::uint32_t rx_length_ = 0;
  std::uint32_t tx_length_ = 0;
  std::uint32_t wait_length_ = 0;  // the longer one, with an endless source counted once
};

extern SlavePort slave_port2;

}  // namespace ferry::spi::detail

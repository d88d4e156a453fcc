#include "ferry/spi/dma_port.hpp"

#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/signals.hpp"
#include "hal/src/dma/events.hpp"

#include <algorithm>

namespace ferry::spi::detail {

namespace {

using chip::dma::IntRaw;
using chip::spi2::DmaIntRaw;
using dma::Error;
using dma::detail::compiler_barrier;
using dma::detail::receive_errors;
using dma::detail::transmit_errors;

// Between the start of a channel and its first bytes lie some 60 CPU cycles, more when other channels are
// served first. Waiting longer than this has no point.
constexpr std::uint32_t first_byte_polls = 20'000;

// What MS_DLEN covers (2^18 bits), less the 32 bytes that let eight descriptors of whole words do.
constexpr std::uint32_t longest_transfer = 8 * dma::largest_aligned_chunk;

constexpr std::uint32_t polls_per_time = 8;

// What the end of SPI's part takes to reach memory is some ten cycles of the bus, more when other channels
// are served first.
constexpr std::uint32_t frame_end_polls = 1000;
constexpr std::uint32_t frame_end_events =
    IntRaw::in_suc_eof.mask | IntRaw::in_dscr_empty.mask | IntRaw::in_dscr_err.mask;

constexpr std::uint32_t surplus_events = IntRaw::in_dscr_empty.mask | IntRaw::infifo_ovf.mask;
constexpr std::uint32_t bus_receive_errors =
    DmaIntRaw::dma_infifo_full_err_int_raw.mask | DmaIntRaw::mst_rx_afifo_wfull_err_int_raw.mask;
constexpr std::uint32_t bus_transmit_errors =
    DmaIntRaw::dma_outfifo_empty_err_int_raw.mask | DmaIntRaw::mst_tx_afifo_rempty_err_int_raw.mask;

// The memory side's word comes first: what starves there shows on the bus, too.
std::optional<Error> decode(std::uint32_t memory_events, std::uint32_t bus_events) {
  if (const auto error = dma::detail::decode(memory_events)) return error;
  if ((bus_events & bus_receive_errors) != 0) return Error::rx_overflow;
  if ((bus_events & bus_transmit_errors) != 0) return Error::tx_underflow;
  return {};
}

}  // namespace

constinit DmaPort dma_port2{port2};

void DmaPort::attach(dma::detail::Engine* engine) {
  engine_ = engine;
  engine_->connect(chip::DmaPeripheral::spi2);
}

dma::detail::Engine* DmaPort::detach() {
  engine_->stop();
  engine_->finish_stop();
  engine_->connect(chip::DmaPeripheral::none);
  return std::exchange(engine_, nullptr);
}

void DmaPort::start(const dma::detail::Plan& rx, const dma::detail::Plan& tx, dma::Lengths lengths) {
  const std::uint32_t rx_length = lengths.rx_length == dma::whole_buffer ? rx.size : lengths.rx_length;
  const std::uint32_t tx_length = lengths.tx_length == dma::whole_buffer ? tx.size : lengths.tx_length;
  running_ = false;
  start_error_ = {};
  memory_done_ = 0;
  zeros_follow_ = false;
  if (rx_length == 0 && tx_length == 0) return;
  start_error_ = try_to_start(rx, tx, rx_length, tx_length);
  running_ = !start_error_;
}

// The order matters:
//  * events are cleared before anything starts, or an old one ends the new transfer at once;
//  * SPI's own FIFOs are emptied before GDMA may fill them;
//  * receiving is armed before sending, so that the first byte has a place;
//  * SPI starts only when the channel has bytes to send. It does not wait for them: started some 30 cycles
//    after the channel, it sends garbage. What else there is to do is therefore done between the two.
std::optional<Error> DmaPort::try_to_start(const dma::detail::Plan& rx, const dma::detail::Plan& tx,
                                           std::uint32_t rx_length, std::uint32_t tx_length) {
  if (std::max(rx_length, tx_length) > longest_transfer) return Error::length_beyond_buffer;
  const bool receives = rx_length != 0;
  const bool sends = tx_length != 0;
  const bool drops_surplus = receives && rx_length < tx_length;
  zeros_follow_ = sends && tx_length < rx_length;
  if (receives) {
    if (auto error = engine_->prepare_receive(rx, rx_length)) return error;
  }
  if (sends) {
    if (auto error = engine_->prepare_transmit(tx, tx_length, zeros_follow_)) return error;
  }
  bytes_ = std::max(rx_length, tx_length);
  memory_done_ = receives ? IntRaw::in_suc_eof.mask : 0;
  memory_errors_ = (receives ? receive_errors : 0) | (sends ? transmit_errors : 0);
  bus_errors_ = (receives ? bus_receive_errors : 0) | (sends ? bus_transmit_errors : 0);
  if (drops_surplus) {
    // The list ends before the bytes do, so there may be no end of frame in it.
    memory_done_ |= IntRaw::in_dscr_empty.mask;
    memory_errors_ &= ~surplus_events;
    bus_errors_ &= ~bus_receive_errors;
  }

  port_.set_shape({.bytes = bytes_,
                   .receives = receives,
                   .sends = sends,
                   .dma = true,
                   .drops_surplus = drops_surplus,
                   .cs_stays_active = false});
  compiler_barrier();
  engine_->reset_and_clear();
  port_.reset_afifos();
  if (receives) engine_->start_receive();
  if (sends) engine_->start_transmit();
  port_.clear_events();
  bool ready = port_.update();
  if (!ready) port_.reset_and_set_up();
  if (sends && ready) {
    std::uint32_t polls = 0;
    while (engine_->transmit_fifo_is_empty() && engine_->interrupts() == 0 && polls < first_byte_polls)
      ++polls;
    ready = polls < first_byte_polls;
  }
  const std::uint32_t events = engine_->interrupts() & memory_errors_;
  if (!ready || events != 0) {
    abort();
    const auto error = decode(events, 0);
    return error ? error : Error::start_failed;
  }
  port_.start();
  return {};
}

DmaPort::Status DmaPort::poll() const {
  if (!running_) return {true, start_error_};
  // SPI first: what its "done" implies for the channel is then surely visible in the second read.
  const std::uint32_t bus_events = port_.events();
  const std::uint32_t memory_events = engine_->interrupts();
  if (((memory_events & memory_errors_) | (bus_events & bus_errors_)) != 0) {
    return {true, decode(memory_events & memory_errors_, bus_events & bus_errors_)};
  }
  const bool bus_done = (bus_events & DmaIntRaw::trans_done_int_raw.mask) != 0;
  const bool memory_done = memory_done_ == 0 || (memory_events & memory_done_) != 0;
  return {bus_done && memory_done, {}};
}

dma::Outcome DmaPort::finish(Deadline deadline) {
  for (;;) {
    // The deadline costs three times as much to read as the status, so it is read less often.
    for (std::uint32_t i = 0; i < polls_per_time; ++i) {
      const Status status = poll();
      if (status.over) return conclude(status);
    }
    if (deadline.has_passed()) return end_early(Error::timed_out);
  }
}

dma::Outcome DmaPort::finish() {
  const Status status = poll();
  if (status.over) return conclude(status);
  // In 32 bits: 2^18 bits times 1000 fit, and a frequency cut off to whole kilohertz makes the time longer.
  const std::uint32_t microseconds = bytes_ * 8 * 1000 / (port_.frequency().value / 1000);
  return finish(Deadline::after(Duration::microseconds(2 * microseconds) + Duration::milliseconds(20)));
}

dma::Outcome DmaPort::end_early(Error why) {
  const Status status = poll();
  if (status.over) return conclude(status);
  return std::unexpected{dma::Failure{why, abort()}};
}

dma::Outcome DmaPort::conclude(Status status) {
  if (status.error) return std::unexpected{dma::Failure{*status.error, running_ ? abort() : 0}};
  running_ = false;
  if (zeros_follow_) engine_->stop();  // it would go on with them
  compiler_barrier();
  return dma::Received{memory_done_ == 0 ? 0 : engine_->received_length()};
}

// SPI first: it ends behind the byte it is in, and GDMA then closes the descriptor that this byte is in,
// which tells how many have arrived.
std::uint32_t DmaPort::abort() {
  port_.stop();
  if (memory_done_ != 0) {
    std::uint32_t polls = 0;
    while ((engine_->interrupts() & frame_end_events) == 0 && polls < frame_end_polls) ++polls;
  }
  engine_->stop();
  const std::uint32_t received = engine_->finish_stop();
  running_ = false;
  compiler_barrier();
  return memory_done_ == 0 ? 0 : received;
}

}  // namespace ferry::spi::detail

#include "ferry/spi/queue_port.hpp"

#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "hal/src/dma/events.hpp"
#include "hal/src/spi/events.hpp"

#include <algorithm>
#include <utility>

namespace ferry::spi::detail {

namespace {

using chip::dma::IntRaw;
using chip::spi2::DmaIntRaw;
using dma::Error;

}  // namespace

QueuePort::QueuePort(DmaPort* port, bool receives, bool sends)
    : port_(port), receives_(receives), sends_(sends) {
  port_->port().keep(false);  // the lists are about to be others
  lists_.open(engine(), receives, sends);
}

void QueuePort::add(const dma::detail::Plan* rx, const dma::detail::Plan* tx) {
  if (error_) return;
  const std::uint32_t length = rx != nullptr ? rx->size : tx->size;
  if (rx != nullptr && tx != nullptr && tx->size != length) {
    error_ = Error::lengths_differ;
  } else {
    error_ = lists_.add(engine(), {.rx = rx, .tx = tx, .length = length, .frame = longest_piece});
  }
}

void QueuePort::keep_going() {
  if (rests() && done_ < lists_.count()) start_piece();
}

// Whether SPI is at nothing, and nothing is wrong. What is over is counted then.
bool QueuePort::rests() {
  if (error_) return false;
  if (piece_ != 0) {
    if (!piece_is_over()) {
      if (error_) ask_for_attention(false);
      return false;
    }
    clocked_ += std::exchange(piece_, 0);
  }
  // One of no bytes is done with when its turn comes.
  while (done_ < lists_.count() && lists_.entry(done_).length == clocked_) {
    ++done_;
    clocked_ = 0;
  }
  if (done_ == lists_.count()) ask_for_attention(false);
  return true;
}

bool QueuePort::piece_is_over() {
  bool ended = piece_has_ended();
  if (!ended && dma::detail::is_too_late(piece_end_, [&] { return ended = piece_has_ended(); }))
    error_ = Error::timed_out;
  if (error_) error_ = cause(*error_);
  return ended && !error_;
}

// On the bus and in memory, or with an error.
bool QueuePort::piece_has_ended() {
  // SPI first: what its "done" implies for the channel is then surely visible in the second read.
  const std::uint32_t bus = Port::events();
  const std::uint32_t memory = engine().interrupts();
  error_ = decode(
      memory & ((receives_ ? dma::detail::receive_errors : 0) | (sends_ ? dma::detail::transmit_errors : 0)),
      bus & ((receives_ ? bus_receive_errors : 0) | (sends_ ? bus_transmit_errors : 0)));
  return error_ || ((bus & DmaIntRaw::trans_done_int_raw.mask) != 0 &&
                    (!receives_ || (memory & IntRaw::in_suc_eof.mask) != 0));
}

// The channel goes on in its lists, and what it has fetched already is sent first: no FIFO is emptied but
// before the first piece.
void QueuePort::start_piece() {
  Port& bus = port_->port();
  const std::uint32_t left = lists_.entry(done_).length - clocked_;
  const std::uint32_t length = std::min(left, longest_piece);
  bus.set_shape({.bytes = length,
                 .receives = receives_,
                 .sends = sends_,
                 .dma = true,
                 .drops_surplus = false,
                 .cs_stays_active = left != length});
  if (started_) {
    engine().clear_received(IntRaw::in_suc_eof.mask);
    bus.switch_dma();
  } else {
    start_lists();
  }
  Port::clear_events();
  bool ready = Port::update();
  // SPI does not wait for the channel's first byte.
  if (ready && sends_) {
    ready = engine().wait_for_first_byte(dma::detail::transmit_errors) &&
            (engine().interrupts() & dma::detail::transmit_errors) == 0;
  }
  if (!ready) {
    error_ = cause(dma::detail::decode(engine().interrupts() & dma::detail::transmit_errors)
                       .value_or(Error::start_failed));
    return;
  }
  Port::start();
  ask_for_attention(true);
  piece_ = length;
  piece_end_ = Deadline::after(bus.time_allowed(length));
}

// In the order of a transfer: SPI's FIFOs, old events, receiving, sending. The first entry with bytes is at
// the start of the lists.
void QueuePort::start_lists() {
  port_->port().reset_afifos();
  engine().reset_and_clear();
  if (receives_) engine().start_receive();
  if (sends_) engine().start_transmit();
  started_ = true;
}

void QueuePort::listen() {
  listens_ = true;
  if (piece_ != 0 && !error_) ask_for_attention(true);
}

// What has happened stays so until the next piece begins, and would be asked for all the while.
void QueuePort::ask_for_attention(bool asks) const {
  using chip::spi2::DmaIntEna;
  if (listens_) mmio::write(chip::spi2::base, DmaIntEna::trans_done_int_ena.run_time(asks));
}

bool QueuePort::front_is_done() {
  keep_going();
  return error_ || done_ != 0;
}

bool QueuePort::is_done() {
  keep_going();
  return error_ || done_ == lists_.count();
}

dma::Outcome QueuePort::exchange(const dma::detail::Plan* rx, const dma::detail::Plan* tx,
                                 std::uint32_t length, Deadline deadline) {
  while (!front_is_done()) {
    if (dma::detail::is_too_late(deadline, [this] { return front_is_done(); }))
      return std::unexpected{dma::Failure{Error::timed_out}};
  }
  if (error_) return std::unexpected{dma::Failure{*error_}};
  if (length == dma::whole_buffer) {
    length = rx != nullptr ? rx->size : tx->size;
    if (rx != nullptr && tx != nullptr && tx->size != length)
      return std::unexpected{dma::Failure{Error::lengths_differ}};
  }
  const std::uint32_t received = receives_ ? lists_.entry(0).length : 0;
  if (const auto error =
          lists_.exchange(engine(), {.rx = rx, .tx = tx, .length = length, .frame = longest_piece}))
    return std::unexpected{dma::Failure{*error}};
  --done_;
  if (started_ && length != 0) {
    if (receives_) engine().restart_receive();
    if (sends_) engine().restart_transmit();
  }
  keep_going();
  return dma::Received{received};
}

// Each piece has a bound of its own, so a wait without a deadline ends as well.
dma::Outcome QueuePort::finish(Deadline deadline) {
  for (;;) {
    // Behind the deadline nothing begins any more.
    const bool can_start = rests();
    if (error_ || done_ == lists_.count()) return conclude();
    if (deadline.has_passed()) return end_early(Error::timed_out);
    if (can_start) start_piece();
  }
}

dma::Outcome QueuePort::end_early(Error why) {
  static_cast<void>(rests());  // a piece that is over counts, and none begins
  if (error_ || done_ == lists_.count()) return conclude();
  error_ = cause(why);
  return conclude();
}

Error QueuePort::cause(Error found) const {
  return port_->cause(found, {.receives = receives_ && piece_ != 0, .sends = sends_ && piece_ != 0});
}

dma::Outcome QueuePort::conclude() {
  ask_for_attention(false);
  if (!error_) {
    let_go();
    return dma::Received{received()};
  }
  if (!started_) {
    let_go();
    return std::unexpected{dma::Failure{*error_}};
  }
  // SPI first: it ends behind the byte it is in, and GDMA then closes the descriptor that this byte is in.
  port_->port().stop();
  if (receives_ && piece_ != 0) engine().wait_for_frame_end();
  const std::uint32_t left = sent();
  let_go();
  return std::unexpected{dma::Failure{*error_, receives_ ? received() : left}};
}

void QueuePort::let_go() {
  engine().stop();
  engine().finish_stop({.receives = receives_, .sends = sends_});
  lists_.close(engine());
  dma::detail::compiler_barrier();
}

std::uint32_t QueuePort::received() const {
  std::uint32_t bytes = 0;
  for (std::size_t i = 0; i < lists_.count(); ++i) bytes += lists_.arrived(i);
  return bytes;
}

// Of the buffers that are in the queue: all of the pieces that are over, and of the one under way what the
// channel has read but for what waits in FIFOs.
std::uint32_t QueuePort::sent() const {
  std::uint32_t over = clocked_;
  for (std::size_t i = 0; i < done_; ++i) over += lists_.entry(i).length;
  const std::uint32_t read = sends_ ? lists_.read() : 0;
  const std::uint32_t certain = read > dma::detail::most_waiting ? read - dma::detail::most_waiting : 0;
  return std::clamp(certain, over, over + piece_);
}

}  // namespace ferry::spi::detail

#include "ferry/spi/stream.hpp"

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
using dma::detail::surplus_events;

}  // namespace

StreamPort::StreamPort(DmaPort* port, const dma::detail::ReceiveStream& rx,
                       const dma::detail::TransmitStream& tx, WhenFull when_full)
    : port_(port), rx_(rx), tx_(tx), when_full_(when_full) {
  if (receives()) rx_.resume();
  keep_going();
}

std::uint32_t StreamPort::push(std::span<const std::byte> bytes) {
  const auto pushed = tx_.push(bytes);
  if (pushed.handed_over && started_) port_->engine().restart_transmit();
  keep_going();
  return pushed.length;
}

std::span<std::byte> StreamPort::places() {
  keep_going();
  return tx_.window();
}

void StreamPort::commit(std::uint32_t length) {
  if (tx_.commit(length) && started_) port_->engine().restart_transmit();
  keep_going();
}

void StreamPort::flush() {
  if (tx_.flush() && started_) port_->engine().restart_transmit();
  keep_going();
}

std::uint32_t StreamPort::room() {
  keep_going();
  return tx_.room();
}

std::uint32_t StreamPort::pop(std::span<std::byte> bytes) {
  const std::uint32_t length = rx_.peek(bytes);
  consume(length);
  return length;
}

std::span<const std::byte> StreamPort::oldest() {
  keep_going();
  return rx_.window();
}

void StreamPort::consume(std::uint32_t length) {
  if (when_full_ == WhenFull::lose && rx_is_full()) {
    loses_now_ = true;
    lost_.note(lost());  // nothing is being filled
  }
  if (rx_.consume(length) && started_) port_->engine().restart_receive();
  keep_going();
}

std::uint32_t StreamPort::peek(std::span<std::byte> bytes) {
  keep_going();
  return rx_.peek(bytes);
}

std::uint32_t StreamPort::available() {
  keep_going();
  return rx_.available();
}

// Of a piece that has not ended it shows where the channel is in its list, but for what waits in FIFOs.
std::uint32_t StreamPort::sent() const {
  if (piece_ == 0) return clocked_;
  if (!error_ && has_sent_all(Port::events())) return clocked_ + piece_;
  dma::detail::compiler_barrier();
  const auto left = static_cast<std::int32_t>(tx_.ring.read() - clocked_ - dma::detail::most_waiting);
  return clocked_ +
         static_cast<std::uint32_t>(std::clamp<std::int32_t>(left, 0, static_cast<std::int32_t>(piece_)));
}

void StreamPort::keep_going() {
  if (error_) return;
  if (!piece_is_over()) {
    if (error_) ask_for_attention(false);
    return;
  }
  const std::uint32_t length = next_length();
  if (length == 0) ask_for_attention(false);
  if (length != 0) {
    paused_ = false;
    start_piece(length);
  } else if (started_ && !paused_) {
    paused_ = true;
    ++pauses_;
  }
}

void StreamPort::listen() {
  listens_ = true;
  if (piece_ != 0 && !error_) ask_for_attention(true);
}

// What has happened stays so until the next piece begins, and would be asked for all the while.
void StreamPort::ask_for_attention(bool asks) const {
  using chip::spi2::DmaIntEna;
  if (listens_) mmio::write(chip::spi2::base, DmaIntEna::trans_done_int_ena.run_time(asks));
}

bool StreamPort::piece_is_over() {
  if (piece_ == 0) return true;
  bool ended = piece_has_ended();
  if (!ended && dma::detail::is_too_late(piece_end_, [&] { return ended = piece_has_ended(); }))
    error_ = Error::timed_out;
  if (error_) error_ = cause(*error_);
  if (error_ || !ended) return false;
  const std::uint32_t length = std::exchange(piece_, 0);
  clocked_ += length;
  if (when_full_ == WhenFull::lose) lost_.end_piece(length, rx_.ring.arrived());
  return true;
}

// On the bus and in memory, or with an error. Where bytes may be lost, the list's end is as good as that of
// the frame.
bool StreamPort::piece_has_ended() {
  // SPI first: what its "done" implies for the channel is then surely visible in the second read.
  const std::uint32_t bus = port_->port().events();
  const std::uint32_t memory = port_->engine().interrupts();
  const bool loses = when_full_ == WhenFull::lose;
  const std::uint32_t memory_errors =
      (dma::detail::receive_errors | dma::detail::transmit_errors) & ~(loses ? surplus_events : 0);
  const std::uint32_t wrong =
      bus & (bus_receive_errors | bus_transmit_errors) & ~(loses ? bus_receive_errors : 0);
  error_ = decode(memory & memory_errors, wrong);
  const std::uint32_t stored = IntRaw::in_suc_eof.mask | (loses ? IntRaw::in_dscr_empty.mask : 0);
  return error_ || ((bus & DmaIntRaw::trans_done_int_raw.mask) != 0 &&
                    (!receives() || (memory & stored) != 0 || (loses && rx_is_full())));
}

// No register counts what is clocked. But in a piece the clock does not rest, and SPI is a little ahead of
// what is measured: it has begun before, and ends the byte that it is in.
std::uint32_t StreamPort::measured() const {
  const std::uint64_t ticks = (time::now() - piece_began_).in_ticks();
  constexpr std::uint32_t ticks_per_second = 16'000'000;
  const std::uint64_t bytes = ticks * port_->port().frequency().value / (std::uint64_t{8} * ticks_per_second);
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(bytes, piece_));
}

// In a list with places left, a chunk is being filled of which nothing shows yet.
std::uint64_t StreamPort::lost() const {
  if (when_full_ == WhenFull::pause || piece_ == 0 || error_) return lost_.count();
  const std::uint32_t clocked = measured();
  const std::uint32_t filling = rx_is_full() ? 0 : rx_.ring.chunk();
  return lost_.count(clocked, rx_.ring.arrived(), filling + dma::detail::most_waiting);
}

std::uint32_t StreamPort::arrived() const {
  dma::detail::compiler_barrier();
  return rx_.ring.arrived();
}

// A piece that finds the list at its end has no event of its own.
bool StreamPort::rx_is_full() const {
  dma::detail::compiler_barrier();
  return rx_.ring.room() == 0;
}

// A list whose places are all taken is at its end, and nobody stopped it.
Error StreamPort::cause(Error found) const {
  const bool has_places = receives() && !rx_is_full();
  return port_->cause(found, {.receives = has_places && piece_ != 0, .sends = sends() && piece_ != 0});
}

// What somebody did behind the driver's back, whether or not it shows already.
std::optional<Error> StreamPort::trouble() const {
  if (!started_) return {};
  return dma::detail::lasting([this] { return cause(Error::timed_out); });
}

// As far as there are bytes and places. Pieces end where chunks do, as the end of a piece closes a chunk.
std::uint32_t StreamPort::next_length() {
  std::uint32_t length = longest_piece;
  if (sends()) length = std::min(length, tx_.ring.handed_over() - clocked_);
  if (receives()) {
    const std::uint32_t chunk = rx_.ring.chunk();
    length = std::min(length, longest_piece / chunk * chunk);
    dma::detail::compiler_barrier();
    // A list with nothing in it cannot be begun.
    if (when_full_ == WhenFull::pause || (!started_ && rx_.ring.room() == 0))
      length = std::min(length, rx_.ring.room());
  }
  return length;
}

void StreamPort::start_piece(std::uint32_t length) {
  Port& bus = port_->port();
  dma::detail::Engine& engine = port_->engine();
  bus.set_shape({.bytes = length,
                 .receives = receives(),
                 .sends = sends(),
                 .dma = true,
                 .drops_surplus = when_full_ == WhenFull::lose,
                 .cs_stays_active = true});
  if (started_) {
    engine.clear_received(IntRaw::in_suc_eof.mask | surplus_events);
    bus.switch_dma();
  } else {
    // In the order of a transfer: SPI's FIFOs, old events, receiving, sending.
    engine.adopt(rx_.list, tx_.list);
    bus.reset_afifos();
    engine.reset_and_clear();
    if (receives()) engine.start_receive_at(rx_.ring.first_open());
    if (sends()) engine.start_transmit();
    started_ = true;
  }
  bus.clear_events();
  bool ready = bus.update();
  // SPI does not wait for the channel's first byte.
  if (ready && sends()) {
    ready = engine.wait_for_first_byte(dma::detail::transmit_errors) &&
            (engine.interrupts() & dma::detail::transmit_errors) == 0;
  }
  if (!ready) {
    error_ = cause(dma::detail::decode(engine.interrupts() & dma::detail::transmit_errors)
                       .value_or(Error::start_failed));
    return;
  }
  bus.start();
  ask_for_attention(true);
  piece_ = length;
  piece_began_ = time::now();
  piece_end_ = Deadline::at(piece_began_ + bus.time_allowed(length));  // SPI does not wait in a piece
  loses_now_ = false;
}

bool StreamPort::drain(Deadline deadline) {
  flush();
  // At rest, it is for want of places: nobody makes any meanwhile.
  const auto rests = [this] {
    keep_going();
    return error_ || piece_ == 0;
  };
  while (!rests()) {
    if (dma::detail::is_too_late(deadline, rests)) return false;
  }
  return !error_ && tx_.ring.handed_over() == clocked_;
}

dma::Outcome StreamPort::stop() {
  // A piece that is over is counted, and none begun any more.
  if (!error_) piece_is_over();
  ask_for_attention(false);
  if (!error_) error_ = trouble();
  dma::detail::Engine& engine = port_->engine();
  const std::uint32_t sent = sends() ? this->sent() : 0;
  const bool loses = when_full_ == WhenFull::lose && piece_ != 0 && !error_ &&
                     (loses_now_ || rx_is_full() || (engine.interrupts() & surplus_events) != 0);
  const std::uint32_t clocked = loses ? measured() : 0;
  error_ ? port_->port().stop() : port_->port().come_to_rest();
  if (started_) {
    // SPI ends behind the byte it is in, and GDMA then closes the chunk that this byte is in.
    if (receives() && piece_ != 0) engine.wait_for_frame_end();
    engine.stop();
    engine.finish_stop({.receives = receives(), .sends = sends()});
    engine.disown();
  }
  dma::detail::compiler_barrier();
  const std::uint32_t length = receives() ? rx_.ring.arrived() : sent;
  if (loses) lost_.break_off(clocked, length);
  rx_.lost = lost_.count();
  if (sends()) tx_.ring.clear();
  if (error_) return std::unexpected{dma::Failure{*error_, length & dma::Failure::most}};
  return dma::Received{length};
}

}  // namespace ferry::spi::detail

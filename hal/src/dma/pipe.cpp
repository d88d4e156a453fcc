#include "ferry/dma/pipe.hpp"

#include "hal/src/dma/events.hpp"

namespace ferry::dma {

namespace {

using chip::dma::IntRaw;

constexpr std::uint32_t pause = IntRaw::in_dscr_empty.mask;
constexpr std::uint32_t errors = (detail::receive_errors | detail::transmit_errors) & ~pause;

}  // namespace

Pipe Copier::pipe(RxStream to FERRY_TAKES_LIVE, TxStream from FERRY_TAKES_LIVE) && {
  return Pipe{give_away(), detail::StreamAccess::take(to), detail::StreamAccess::take(from)};
}

Pipe::Pipe(detail::CopyPort* port, const detail::ReceiveStream& to, const detail::TransmitStream& from)
    : copier_(port), to_(to), from_(from) {
  to_.resume();
  engine().adopt(to_.list, from_.list);
  engine().reset_and_clear();
  take_on();
  if (from_.ring.has_begun()) hand_over();
}

// The transmit list begins with the first chunk.
void Pipe::hand_over() {
  if (sending_) {
    engine().restart_transmit();
  } else {
    engine().start_transmit();
    sending_ = true;
  }
}

std::uint32_t Pipe::push(std::span<const std::byte> bytes) {
  check_live();
  const auto pushed = from_.push(bytes);
  if (pushed.handed_over) hand_over();
  return pushed.length;
}

void Pipe::commit(std::uint32_t length) {
  if (from_.commit(length)) hand_over();
}

void Pipe::flush() {
  check_live();
  if (from_.flush()) hand_over();
}

std::uint32_t Pipe::pop(std::span<std::byte> bytes) {
  check_live();
  const std::uint32_t length = to_.peek(bytes);
  consume(length);
  return length;
}

void Pipe::consume(std::uint32_t length) {
  if (!to_.consume(length)) return;
  note_pause();
  take_on();
}

// What was left from the last time may have taken every place. Then nothing is received until one is free.
void Pipe::take_on() {
  if (receiving_) return engine().restart_receive();
  const std::uint32_t begin = to_.ring.first_open();
  if (begin == 0) return;
  engine().start_receive_at(begin);
  receiving_ = true;
}

void Pipe::note_pause() {
  if ((engine().interrupts() & pause) == 0) return;
  engine().clear_received(pause);
  ++pauses_;
}

std::uint32_t Pipe::pauses() {
  note_pause();
  return pauses_;
}

std::optional<Error> Pipe::error() const {
  if (const auto loss = engine().loss_of_gdma()) return loss;
  if (const auto error = detail::decode(engine().interrupts() & errors)) return error;
  for (std::uint32_t polls = 0; polls < detail::restart_polls; ++polls) {
    if (!is_stuck()) return {};
  }
  return Error::engine_stopped;
}

// A half rests although it has a descriptor to go on with. The memory first: what fills up behind this look
// only makes a half rest that is taken for one at work, and the next look tells.
bool Pipe::is_stuck() const {
  detail::compiler_barrier();
  if (to_.ring.room() == 0) return false;
  const bool all_sent = !sending_ || from_.ring.all_sent();
  if (engine().receive_half_rests()) return true;
  return !all_sent && engine().transmit_half_rests() && engine().transmit_fifo_is_empty();
}

void Pipe::drop() {
  const Outcome outcome = stop();
  RxStream to = detail::StreamAccess::give_back(to_);
  TxStream from = detail::StreamAccess::give_back(from_);
  dropped.put(outcome, copier_, to, from);
}

Outcome Pipe::stop() {
  const auto failure = error();
  engine().stop();
  engine().finish_stop({.receives = true, .sends = true});
  engine().disown();
  detail::compiler_barrier();
  const std::uint32_t arrived = to_.ring.arrived();
  from_.ring.clear();
  if (failure) return std::unexpected{Failure{*failure, arrived & Failure::most}};
  return Received{arrived};
}

}  // namespace ferry::dma

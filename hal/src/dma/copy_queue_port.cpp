#include "ferry/dma/copy_queue_port.hpp"

#include "hal/src/dma/events.hpp"

#include <utility>

namespace ferry::dma::detail {

namespace {

constexpr std::uint32_t errors = receive_errors | transmit_errors;

}  // namespace

CopyQueuePort::CopyQueuePort(CopyPort* port) : port_(port) { lists_.open(engine(), true, true); }

void CopyQueuePort::add(const Plan& to, const Plan& from) {
  if (!error_) error_ = lists_.add(engine(), {.rx = &to, .tx = &from, .length = from.size});
}

// The lists begin with the first bytes that there are; later ones are linked behind them.
void CopyQueuePort::start() {
  if (error_ || left() == 0) return;
  compiler_barrier();
  engine().reset_and_clear();
  engine().start_receive();
  engine().start_transmit();
  started_ = true;
}

// An entry is done with when all that there is room for is there, in this order. The descriptors first: an
// event that shows behind them is one of later bytes.
void CopyQueuePort::look() {
  if (error_) return;
  while (done_ < lists_.count() && lists_.is_stored(done_)) ++done_;
  if (!started_ || done_ == lists_.count()) return;
  error_ = decode(engine().interrupts() & errors);
  if (error_) error_ = port_->cause(*error_);
}

bool CopyQueuePort::front_is_done() {
  look();
  return error_ || done_ != 0 || is_lost();
}

bool CopyQueuePort::is_done() {
  look();
  return error_ || done_ == lists_.count() || is_lost();
}

// Looks every so often, counted from one look to the next, whether the copy at hand can still come to its
// end.
bool CopyQueuePort::is_lost() {
  if (--polls_to_look_ != 0) return false;
  polls_to_look_ = polls_per_look;
  error_ = lasting([this] {
    const Error found = port_->cause(Error::timed_out);
    return found == Error::timed_out && was_stopped() ? Error::engine_stopped : found;
  });
  return error_.has_value();
}

// The events by which the engine knows that a half has come to its end are those of an earlier copy. Memory
// last: the copy may come to its end in between.
bool CopyQueuePort::was_stopped() const {
  return started_ && port_->a_half_rests() && !lists_.is_stored(done_);
}

Outcome CopyQueuePort::exchange(const Plan& to, const Plan& from, std::uint32_t length, Deadline deadline) {
  const bool never = deadline.is_never();
  if (never && !front_is_done())
    deadline = Deadline::after(Duration::microseconds(lists_.entry(0).length) + Duration::milliseconds(20));
  while (!front_is_done()) {
    if (!is_too_late(deadline, [this] { return front_is_done(); })) continue;
    if (!never) return std::unexpected{Failure{Error::timed_out}};
    error_ = port_->cause(Error::timed_out);
  }
  if (error_) return std::unexpected{Failure{*error_}};
  if (length == whole_buffer) length = from.size;
  const std::uint32_t received = lists_.entry(0).length;
  if (const auto error = lists_.exchange(engine(), {.rx = &to, .tx = &from, .length = length}))
    return std::unexpected{Failure{*error}};
  --done_;
  if (!started_) {
    start();
  } else if (length != 0) {
    // What is sent follows what receives it.
    engine().restart_receive();
    engine().restart_transmit();
  }
  return Received{received};
}

std::uint32_t CopyQueuePort::left() const {
  std::uint32_t bytes = 0;
  for (std::size_t i = done_; i < lists_.count(); ++i) bytes += lists_.entry(i).length;
  return bytes;
}

Outcome CopyQueuePort::finish(Deadline deadline) {
  if (deadline.is_never())
    deadline = Deadline::after(Duration::microseconds(left()) + Duration::milliseconds(20));
  while (!is_done()) {
    if (deadline.has_passed()) return end_early(Error::timed_out);
  }
  return conclude();
}

Outcome CopyQueuePort::end_early(Error why) {
  if (is_done()) return conclude();
  error_ = port_->cause(why);
  return conclude();
}

Outcome CopyQueuePort::conclude() {
  engine().stop();
  engine().finish_stop({.receives = true, .sends = true});
  lists_.close(engine());
  compiler_barrier();
  std::uint32_t received = 0;
  for (std::size_t i = 0; i < lists_.count(); ++i) received += lists_.arrived(i);
  if (error_) return std::unexpected{Failure{*error_, received}};
  return Received{received};
}

}  // namespace ferry::dma::detail

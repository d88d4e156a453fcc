#include "ferry/dma/copy_port.hpp"

#include "chip/esp32c3/registers/dma.hpp"
#include "hal/src/dma/events.hpp"

namespace ferry::dma::detail {

namespace {

using chip::dma::IntRaw;

constexpr std::uint32_t polls_per_time = 8;

constinit CopyPort copy_ports[] = {CopyPort{engines[0]}, CopyPort{engines[1]}, CopyPort{engines[2]}};

}  // namespace

CopyPort& CopyPort::of(const Engine& engine) { return copy_ports[&engine - engines]; }

void CopyPort::attach(chip::DmaPeripheral trigger) {
  engine_.connect(trigger);
  engine_.join_halves(true);
}

Engine* CopyPort::detach() {
  engine_.join_halves(false);
  engine_.reset_and_clear();
  engine_.connect(chip::DmaPeripheral::none);
  return &engine_;
}

void CopyPort::start(const Plan& to, const Plan& from, std::uint32_t length) {
  length_ = length != whole_buffer ? length : from.endless ? to.size : from.size;
  running_ = false;
  error_ = {};
  append_error_ = {};
  appended_ = false;
  if (length_ == 0) return;
  error_ = try_to_start(to, from, length_);
  running_ = !error_;
}

std::optional<Error> CopyPort::try_to_start(const Plan& to, const Plan& from, std::uint32_t length) {
  if (auto error = engine_.prepare_receive(to, length)) return error;
  if (auto error = engine_.prepare_transmit(from, length, false)) return error;
  // What comes without an end, ends where there is no more room for it.
  end_events_ = from.endless ? IntRaw::in_dscr_empty.mask : IntRaw::in_suc_eof.mask;
  error_events_ = (receive_errors | transmit_errors) & ~end_events_;
  compiler_barrier();
  // Old events are cleared before anything starts, and the first byte finds a place.
  engine_.reset_and_clear();
  engine_.start_receive();
  engine_.start_transmit();
  return {};
}

// What is behind a part that could not be appended would leave a hole.
void CopyPort::append(const Plan& to, const Plan& from, std::uint32_t length) {
  if (error_ || append_error_) return;
  if (!running_) return start(to, from, length);  // there was nothing to copy so far
  if (length == whole_buffer) length = from.size;
  if (length == 0) return;
  append_error_ = engine_.append(&to, &from, length, {});
  if (append_error_) return;
  length_ += length;
  appended_ = true;
}

// The events that say that it is over: 0 while it runs. Of several parts each one ends with the same event;
// the last one has when all that there is room for is there.
std::uint32_t CopyPort::poll() const {
  const std::uint32_t events = engine_.interrupts() & (end_events_ | error_events_);
  if (appended_ && (events & error_events_) == 0 && !engine_.receive_list_is_full()) return 0;
  return events;
}

// Counted from one look to the next.
bool CopyPort::is_done() {
  if (is_over()) return true;
  if (--polls_to_look_ != 0) return false;
  return is_lost();
}

[[gnu::noinline]] bool CopyPort::is_lost() {
  polls_to_look_ = polls_per_look;
  error_ =
      lasting([this] { return appended_part_stopped() ? Error::engine_stopped : cause(Error::timed_out); });
  return error_.has_value();
}

// The events by which the engine knows that a half has come to its end are those of an earlier part. Memory
// last: the copy may come to its end in between.
bool CopyPort::appended_part_stopped() const {
  return appended_ && a_half_rests() && !engine_.receive_list_is_full();
}

Error CopyPort::cause(Error found) const {
  if (found == Error::cancelled) return found;  // nobody else is to blame for what the program asked for
  return engine_.cause(found, {.receives = true, .sends = true});
}

Outcome CopyPort::finish(Deadline deadline) {
  for (;;) {
    // The deadline costs five times as much to read as the events, so it is read less often.
    for (std::uint32_t i = 0; i < polls_per_time; ++i) {
      if (is_over()) return conclude();
    }
    if (deadline.has_passed()) return end_early(Error::timed_out);
  }
}

Outcome CopyPort::finish() {
  if (is_over()) return conclude();
  return finish(Deadline::after(Duration::microseconds(length_) + Duration::milliseconds(20)));
}

Outcome CopyPort::end_early(Error why) {
  if (is_over()) return conclude();
  return fail(why);
}

Outcome CopyPort::conclude() {
  if (error_) return running_ ? fail(*error_) : std::unexpected{Failure{*error_}};
  if (!running_) return Received{0};
  if (const auto error = decode(poll() & error_events_)) return fail(*error);
  engine_.let_rest();
  running_ = false;
  compiler_barrier();
  if (append_error_) return std::unexpected{Failure{*append_error_, engine_.received_length()}};
  return Received{engine_.received_length()};
}

Outcome CopyPort::fail(Error why) {
  why = cause(why);
  return std::unexpected{Failure{why, abort()}};
}

// Tells how many bytes have arrived.
std::uint32_t CopyPort::abort() {
  engine_.stop();
  const std::uint32_t length = engine_.finish_stop({.receives = true, .sends = true});
  running_ = false;
  compiler_barrier();
  return length;
}

}  // namespace ferry::dma::detail

#include "ferry/spi/dma_port.hpp"

#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/signals.hpp"
#include "hal/src/dma/events.hpp"
#include "hal/src/spi/events.hpp"

#include <algorithm>
#include <utility>

namespace ferry::spi::detail {

namespace {

using chip::dma::IntRaw;
using chip::spi2::DmaIntRaw;
using dma::Error;
using dma::detail::compiler_barrier;
using dma::detail::receive_errors;
using dma::detail::surplus_events;
using dma::detail::transmit_errors;

constexpr std::uint32_t polls_per_time = 8, polls_without_time = 1000;

// The lengths in bytes, 0 for a direction that is left out.
[[gnu::always_inline]] inline dma::Lengths resolved(const dma::detail::Plan& rx, const dma::detail::Plan& tx,
                                                    dma::Lengths lengths) {
  const std::uint32_t rx_length = lengths.rx_length == dma::whole_buffer ? rx.size : lengths.rx_length;
  std::uint32_t tx_length = lengths.tx_length == dma::whole_buffer ? tx.size : lengths.tx_length;
  if (tx.endless && rx_length != 0 && (lengths.tx_length == dma::whole_buffer || tx_length < rx_length))
    tx_length = rx_length;
  return {.rx_length = rx_length, .tx_length = tx_length};
}

}  // namespace

constinit DmaPort dma_port2;

void DmaPort::attach(dma::detail::Engine* engine) {
  engine_ = engine;
  port_.keep(false);  // the lists are others
  engine_->connect(chip::DmaPeripheral::spi2);
}

dma::detail::Engine* DmaPort::detach() {
  engine_->stop();
  engine_->finish_stop({});  // nothing runs any more
  engine_->connect(chip::DmaPeripheral::none);
  return std::exchange(engine_, nullptr);
}

void DmaPort::start(const dma::detail::Plan& rx, const dma::detail::Plan& tx, dma::Lengths lengths) {
  set_up(rx, tx, lengths);
  launch_unless_empty();
}

void DmaPort::start_other(const dma::detail::Region& rx, const dma::detail::Region& tx,
                          dma::Lengths lengths) {
  set_up({&rx, 1, rx.size}, {&tx, 1, tx.size}, lengths);
  repeated_.rx = rx.bytes;
  repeated_.tx = tx.bytes;
  launch_unless_empty();
}

void DmaPort::start_half_duplex(const PhaseRegisters& phases, DataPhase data, const dma::detail::Plan& plan,
                                std::uint32_t length) {
  set_up_half_duplex(phases, data, plan, length);
  launch_unless_empty();
}

void DmaPort::start_other_half_duplex(PhaseRegisters phases, DataPhase data,
                                      const dma::detail::Region& region, std::uint32_t length) {
  set_up_half_duplex(phases, data, {&region, 1, region.size}, length);
  repeated_.behind_phases = region.bytes;
  repeated_.kind = phases.kind;
  repeated_.user1 = phases.user1;
  launch_unless_empty();
}

void DmaPort::set_up(const dma::detail::Plan& rx, const dma::detail::Plan& tx, dma::Lengths lengths) {
  const auto [rx_length, tx_length] = resolved(rx, tx, lengths);
  recipe_ = {
      .header = port_.full_duplex_header(), .rx_length = rx_length, .tx_length = tx_length, .error = {}};
  set_up_anew(rx, tx);
}

void DmaPort::set_up_half_duplex(const PhaseRegisters& phases, DataPhase data, const dma::detail::Plan& plan,
                                 std::uint32_t length) {
  if (length == dma::whole_buffer) length = plan.size;
  const bool receives = data == DataPhase::receive;
  recipe_.rx_length = receives ? length : 0;
  recipe_.tx_length = receives ? 0 : length;
  recipe_.error = {};
  if (const auto error = port_.fill_header(recipe_.header, phases)) recipe_.error = as_transfer_error(*error);
  set_up_anew(plan, plan);
}

// Leaves `error_` behind, or lists and registers for the transfer's first piece.
void DmaPort::set_up_anew(const dma::detail::Plan& rx, const dma::detail::Plan& tx) {
  forget();
  error_ = recipe_.error;
  if (error_) return;
  zeros_follow_ = recipe_.tx_length != 0 && recipe_.tx_length < recipe_.rx_length;
  error_ = prepare(rx, tx, recipe_.rx_length, recipe_.tx_length);
  if (error_) return;
  if (bytes_ > longest_piece) {
    rx_left_ = recipe_.rx_length;
    tx_left_ = recipe_.tx_length;
    return set_up_piece(recipe_.header);
  }
  // Most transfers, and these can do without the arithmetic of pieces.
  const bool drops_surplus = started_.receives && recipe_.rx_length < recipe_.tx_length;
  expect(started_.receives, started_.sends, drops_surplus);
  port_.set_shape(recipe_.header, {.bytes = bytes_,
                                   .receives = started_.receives,
                                   .sends = started_.sends,
                                   .dma = true,
                                   .drops_surplus = drops_surplus,
                                   .cs_stays_active = false});
  port_.keep(!is_empty() && engine_->keeps_transmit_list());
}

void DmaPort::start_anew(const dma::detail::Plan& rx, const dma::detail::Plan& tx) {
  set_up_anew(rx, tx);
  launch_unless_empty();
}

void DmaPort::launch_unless_empty() {
  if (!error_ && !is_empty()) launch();
}

// What is known of the transfer before.
[[gnu::always_inline]] inline void DmaPort::forget() {
  running_ = false;
  error_ = {};
  started_ = {};
  zeros_follow_ = false;
  rx_left_ = 0;
  tx_left_ = 0;
  repeated_.rx = repeated_.tx = repeated_.behind_phases = nullptr;
  port_.keep(false);
}

// The lists. They describe all pieces; to GDMA each piece is a frame.
[[gnu::always_inline]] inline std::optional<Error> DmaPort::prepare(const dma::detail::Plan& rx,
                                                                    const dma::detail::Plan& tx,
                                                                    std::uint32_t rx_length,
                                                                    std::uint32_t tx_length) {
  bytes_ = std::max(rx_length, tx_length);
  if (rx_length != 0) {
    const std::uint32_t frame = bytes_ > longest_piece ? longest_piece : 0;
    if (auto error = engine_->prepare_receive(rx, rx_length, frame)) return error;
  }
  if (tx_length != 0) {
    if (auto error = engine_->prepare_transmit(tx, tx_length, zeros_follow_)) return error;
  }
  started_ = {.receives = rx_length != 0, .sends = tx_length != 0};
  return {};
}

// What SPI is to do next: the whole transfer, if MS_DLEN covers it.
void DmaPort::set_up_piece(const Port::Header& header) {
  const std::uint32_t left = std::max(rx_left_, tx_left_);
  const std::uint32_t length = std::min(left, longest_piece);
  const bool receives = rx_left_ != 0;
  const bool sends = tx_left_ != 0 || zeros_follow_;
  const bool drops_surplus = receives && rx_left_ < length;
  rx_left_ -= std::min(rx_left_, length);
  tx_left_ -= std::min(tx_left_, length);
  expect(receives, sends, drops_surplus);
  port_.set_shape(header, {.bytes = length,
                           .receives = receives,
                           .sends = sends,
                           .dma = true,
                           .drops_surplus = drops_surplus,
                           .cs_stays_active = left != length});
}

// Which events end the transfer.
[[gnu::always_inline]] inline void DmaPort::expect(bool receives, bool sends, bool drops_surplus) {
  memory_done_ = receives ? IntRaw::in_suc_eof.mask : 0;
  memory_errors_ = (receives ? receive_errors : 0) | (sends ? transmit_errors : 0);
  bus_errors_ = (receives ? bus_receive_errors : 0) | (sends ? bus_transmit_errors : 0);
  if (receives && drops_surplus) {
    // The list ends before the bytes do, so there may be no end of frame in it.
    memory_done_ |= IntRaw::in_dscr_empty.mask;
    memory_errors_ &= ~surplus_events;
    bus_errors_ &= ~bus_receive_errors;
  }
}

// The lists are prepared or as their last transfer left them, and the shape is set. The order matters:
//  * SPI's own FIFOs are emptied before GDMA may fill them, and before events are cleared: bytes that had no
//    place the last time press on;
//  * events are cleared before anything starts, or an old one ends the new transfer at once;
//  * SPI starts only when the channel has bytes to send. It does not wait for them: started some 30 cycles
//    after the channel, it sends garbage. What else there is to do is therefore done between the two, arming
//    the receiving half as well, for which no byte comes before SPI starts.
void DmaPort::launch() {
  dma::detail::Engine& engine = *engine_;
  const bool receives = started_.receives, sends = started_.sends;
  if (receives) engine.rearm_receive();
  compiler_barrier();
  engine.reset_transmit();
  const auto events = engine.event_registers();
  port_.reset_afifos();
  engine.clear(events);
  if (sends) engine.start_transmit();
  engine.reset_receive();
  if (receives) engine.start_receive();
  running_ = true;
  Port::clear_events();
  const bool ready = Port::update() && (!sends || engine.wait_for_first_byte());
  if (!ready || (engine.read(events) & memory_errors_) != 0) return fail_to_start();
  Port::start();
}

[[gnu::noinline]] void DmaPort::fail_to_start() {
  error_ = cause(decode(engine_->interrupts() & memory_errors_, 0).value_or(Error::start_failed));
  port_.reset_and_set_up();  // it has not begun, or does not answer
  abort();
}

// What is behind an error, if it can be told. To be asked before anything is stopped.
Error DmaPort::cause(Error found) const {
  if (found == Error::cancelled) return found;  // nobody else is to blame for what the program asked for
  const spi::Error reason = port_.reason_for_silence();
  return reason == spi::Error::timed_out ? engine_->cause(found, started_) : as_transfer_error(reason);
}

// Asked again and again, so what happens once is in functions of its own. Each is called last, so that there
// is nothing to be saved before. Polls that somebody else makes are counted, from one look to the next and
// not from the start of a transfer, which would have to begin to count. Between two pieces `next` has the
// answer.
template <bool counts, class Next>
[[gnu::always_inline]] inline bool DmaPort::running_is_done(Next next) {
  // SPI first: what its "done" implies for the channel is then surely visible in the second read.
  const std::uint32_t bus_events = Port::events();
  const std::uint32_t memory_events = engine_->interrupts();
  if (((memory_events & memory_errors_) | (bus_events & bus_errors_)) != 0)
    return note_error(memory_events, bus_events);
  if ((bus_events & DmaIntRaw::trans_done_int_raw.mask) != 0 &&
      (memory_done_ == 0 || (memory_events & memory_done_) != 0)) {
    if ((rx_left_ | tx_left_) == 0) return true;
    return next();
  }
  if (!counts || --polls_to_look_ != 0) return false;
  return is_lost();
}

bool DmaPort::is_done() {
  if (!running_) return true;
  return running_is_done<true>([this] { return go_on(); });
}

[[gnu::noinline]] bool DmaPort::note_error(std::uint32_t memory_events, std::uint32_t bus_events) {
  error_ = decode(memory_events & memory_errors_, bus_events & bus_errors_);
  return true;
}

// Neither the bus nor the memory side says that it is over. Whether they ever will.
[[gnu::noinline]] bool DmaPort::is_lost() {
  polls_to_look_ = dma::detail::polls_per_look;
  const auto found = dma::detail::lasting([this] { return cause(Error::timed_out); });
  return found && lose(*found);
}

// It is over from now on, even if what is missing comes back. Who looks at the outcome stops what there is.
bool DmaPort::lose(Error why) {
  error_ = why;
  running_ = false;
  lost_ = true;
  return true;
}

// The piece before is over, on the bus and in memory. The channel goes on in its lists, and what it has
// fetched already is sent first: no FIFO is emptied here. True if it cannot go on.
[[gnu::noinline]] bool DmaPort::go_on() {
  Port::Header header = recipe_.header;
  header.leave_phases_out();
  engine_->clear_received(memory_done_);
  set_up_piece(header);
  port_.switch_dma();
  port_.clear_events();
  if (!port_.update()) return lose(Error::timed_out);
  // What was appended may be on its way.
  if (started_.sends && !engine_->wait_for_first_byte(transmit_errors)) return lose(Error::start_failed);
  port_.start();
  return false;
}

dma::Outcome DmaPort::finish(Deadline deadline) {
  if (!running_) return conclude();
  // Behind the deadline nothing begins any more.
  const auto next = [&] { return deadline.has_passed() ? lose(Error::timed_out) : go_on(); };
  for (;;) {
    // The deadline costs three times as much to read as the status, so it is read less often.
    for (std::uint32_t i = 0; i < polls_per_time; ++i) {
      if (running_is_done<false>(next)) return conclude();
    }
    if (deadline.has_passed()) return end_early(Error::timed_out);
  }
}

// Most transfers end soon, and those need not know what time it is.
dma::Outcome DmaPort::finish() {
  if (!running_) return conclude();
  for (std::uint32_t polls = polls_without_time; polls != 0; --polls) {
    if (running_is_done<false>([this] { return go_on(); })) return conclude();
  }
  return finish(Deadline::after(port_.time_allowed(bytes_)));
}

// What rests between two pieces ends there.
dma::Outcome DmaPort::end_early(Error why) {
  if (!running_ || running_is_done<false>([&] { return lose(why); })) return conclude();
  return fail(why);
}

dma::Outcome DmaPort::conclude() {
  if (error_) {
    if (running_ || std::exchange(lost_, false)) return fail(*error_);
    return std::unexpected{dma::Failure{*error_}};
  }
  running_ = false;
  engine_->let_rest();
  compiler_barrier();
  return dma::Received{started_.receives ? engine_->received_length() : 0};
}

dma::Outcome DmaPort::fail(Error why) {
  why = cause(why);
  return std::unexpected{dma::Failure{why, abort()}};
}

// SPI first: it ends behind the byte it is in, and GDMA then closes the descriptor that this byte is in,
// which tells how many have arrived. Of a transfer that only sends this returns how many have left: the
// pieces before the one that SPI is at, and what the list tells of that one.
std::uint32_t DmaPort::abort() {
  const bool rests = (Port::events() & DmaIntRaw::trans_done_int_raw.mask) != 0;
  const std::uint32_t begun = bytes_ - tx_left_, piece = rests ? 0 : port_.length();
  port_.stop();
  if (memory_done_ != 0) engine_->wait_for_frame_end();
  const std::uint32_t sent =
      started_.sends ? std::max(engine_->sent_length(), begun > piece ? begun - piece : 0) : 0;
  engine_->stop();
  const std::uint32_t received = engine_->finish_stop(started_);
  running_ = false;
  compiler_barrier();
  return started_.receives ? received : sent;
}

}  // namespace ferry::spi::detail

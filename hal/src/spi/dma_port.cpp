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

template <class Memory>
[[gnu::always_inline]] inline bool is_endless(const Memory& memory) {
  if constexpr (requires { memory.endless; }) {
    return memory.endless;
  } else {
    return false;
  }
}

// The lengths in bytes, 0 for a direction that is left out.
template <class Memory>
[[gnu::always_inline]] inline dma::Lengths resolved(const Memory& rx, const Memory& tx,
                                                    dma::Lengths lengths) {
  const std::uint32_t rx_length = lengths.rx_length == dma::whole_buffer ? rx.size : lengths.rx_length;
  std::uint32_t tx_length = lengths.tx_length == dma::whole_buffer ? tx.size : lengths.tx_length;
  if (is_endless(tx) && rx_length != 0 && (lengths.tx_length == dma::whole_buffer || tx_length < rx_length))
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

// What SPI is to do next: the whole transfer, if MS_DLEN covers it. Once its receive list is full, a transfer
// goes on as it would within a piece: what comes is dropped, and its end is not GDMA's any more. So the start
// of the next one finds USER as it needs it.
void DmaPort::set_up_piece(const Port::Header& header) {
  const std::uint32_t left = std::max(rx_left_, tx_left_);
  const std::uint32_t length = std::min(left, longest_piece);
  const bool receives = rx_left_ != 0;
  const bool sends = tx_left_ != 0 || zeros_follow_;
  const bool drops_surplus = receives && rx_left_ < length;
  // Also in the pieces in front of the one that fills the list, so that the register stays as it is: a FIFO
  // that is full there is seen as an event all the same.
  const bool goes_on_full = started_.receives && rx_left_ < left;
  rx_left_ -= std::min(rx_left_, length);
  tx_left_ -= std::min(tx_left_, length);
  has_more_ = (rx_left_ | tx_left_) != 0;
  expect(receives, sends, drops_surplus);
  port_.set_shape(header, {.bytes = length,
                           .receives = started_.receives,
                           .sends = sends,
                           .dma = true,
                           .drops_surplus = goes_on_full,
                           .cs_stays_active = left != length});
}

// Without an end of its own for bytes that find no place. Receiving, sending.
constinit const DmaPort::Expected DmaPort::expected_of[2][2] = {
    {{}, {.memory_done = 0, .memory_errors = transmit_errors, .bus_errors = bus_transmit_errors}},
    {{.memory_done = IntRaw::in_suc_eof.mask,
      .memory_errors = receive_errors,
      .bus_errors = bus_receive_errors},
     {.memory_done = IntRaw::in_suc_eof.mask,
      .memory_errors = receive_errors | transmit_errors,
      .bus_errors = bus_receive_errors | bus_transmit_errors}}};

// Which events end the transfer.
[[gnu::always_inline]] inline void DmaPort::expect(bool receives, bool sends, bool drops_surplus) {
  expected_ = expected_of[receives][sends];
  if (receives && drops_surplus) {
    // The list ends before the bytes do, so there may be no end of frame in it.
    expected_.memory_done |= IntRaw::in_dscr_empty.mask;
    expected_.memory_errors &= ~surplus_events;
    expected_.bus_errors &= ~bus_receive_errors;
  }
}

// A transfer that cannot be is over with this error.
[[gnu::noinline]] bool DmaPort::refuse(Error why) {
  error_ = why;
  started_ = {};
  rx_left_ = tx_left_ = 0;
  has_more_ = false;
  port_.keep(false);
  port_.leave_pieces_out();
  return false;
}

// SPI's registers for the first piece, mostly all there is.
[[gnu::always_inline]] inline void DmaPort::set_up_registers(const Port::Header& header, dma::Lengths lengths,
                                                             bool full_duplex) {
  const auto [rx_length, tx_length] = lengths;
  const bool receives = rx_length != 0, sends = tx_length != 0;
  if (bytes_ > longest_piece) [[unlikely]] {
    rx_left_ = rx_length;
    tx_left_ = tx_length;
    return set_up_piece(full_duplex ? port_.full_duplex_header() : header);
  }
  // These can do without the arithmetic of pieces.
  const bool drops_surplus = receives && rx_length < tx_length;
  const Port::Shape shape{.bytes = bytes_,
                          .receives = receives,
                          .sends = sends,
                          .dma = true,
                          .drops_surplus = drops_surplus,
                          .cs_stays_active = false};
  expect(receives, sends, drops_surplus);
  if (full_duplex) {
    port_.set_shape(shape);
  } else {
    port_.set_shape(header, shape);
  }
}

// Registers and lists. The lists describe all pieces; to GDMA each piece is a frame. Of full duplex the
// header has only USER. Returns whether there is something to start.
template <class Memory>
[[gnu::always_inline]] inline bool DmaPort::set_up_all(const Memory& rx, const Memory& tx,
                                                       const Port::Header& header, dma::Lengths lengths,
                                                       bool full_duplex) {
  const auto [rx_length, tx_length] = lengths;
  const bool receives = rx_length != 0, sends = tx_length != 0;
  const std::uint32_t bytes = std::max(rx_length, tx_length);
  bytes_ = bytes;
  error_ = {};
  started_ = {.receives = receives, .sends = sends};
  zeros_follow_ = sends && tx_length < rx_length;
  goes_on_ = zeros_follow_ || (sends && is_endless(tx));
  if (bytes == 0 && !header.any_phase()) {
    port_.keep(false);
    return false;
  }
  set_up_registers(header, lengths, full_duplex);
  if (receives) {
    const std::uint32_t frame = bytes > longest_piece ? longest_piece : 0;
    if (const auto error = engine_->prepare_receive(rx, rx_length, frame)) return refuse(*error);
  }
  if (sends) {
    if (const auto error = engine_->prepare_transmit(tx, tx_length, zeros_follow_)) return refuse(*error);
  }
  // What has several pieces is set up anew by every start.
  port_.keep(bytes <= longest_piece && engine_->keeps_transmit_list());
  return true;
}

// What is prepared may never be started, and has no pieces left then; with several it is set up anew by the
// start.
[[gnu::always_inline]] inline void DmaPort::go_on_to(Then then) {
  if (then == Then::start) return launch();
  rx_left_ = tx_left_ = 0;
  has_more_ = false;
}

template <class Memory>
[[gnu::always_inline]] inline bool DmaPort::set_up_full_duplex(const Memory& rx, const Memory& tx,
                                                               dma::Lengths lengths) {
  const dma::Lengths all = resolved(rx, tx, lengths);
  const Port::Header header{.user = port_.full_duplex_user()};
  recipe_.header.user = header.user;
  recipe_.rx_length = all.rx_length;
  recipe_.tx_length = all.tx_length;
  recipe_.error = {};
  return set_up_all(rx, tx, header, all, true);
}

template <class Memory>
[[gnu::always_inline]] inline bool DmaPort::set_up_behind(const PhaseRegisters& phases, DataPhase data,
                                                          const Memory& memory, std::uint32_t length) {
  if (length == dma::whole_buffer) length = memory.size;
  const bool receives = data == DataPhase::receive;
  const dma::Lengths lengths{.rx_length = receives ? length : 0, .tx_length = receives ? 0 : length};
  Port::Header header;
  recipe_.rx_length = lengths.rx_length;
  recipe_.tx_length = lengths.tx_length;
  recipe_.error = {};
  if (const auto error = port_.make_header(header, phases)) {
    recipe_.error = as_transfer_error(*error);
    return refuse(*recipe_.error);
  }
  recipe_.header = header;
  return set_up_all(memory, memory, header, lengths, false);
}

void DmaPort::make(const dma::detail::Plan& rx, const dma::detail::Plan& tx, dma::Lengths lengths,
                   Then then) {
  repeated_ = {};
  if (set_up_full_duplex(rx, tx, lengths)) go_on_to(then);
}

void DmaPort::make(const dma::detail::Region& rx, const dma::detail::Region& tx, dma::Lengths lengths,
                   Then then) {
  repeated_.rx = &rx;
  repeated_.tx = &tx;
  repeated_.behind_phases = &no_region;
  if (set_up_full_duplex(rx, tx, lengths)) go_on_to(then);
}

void DmaPort::make_half_duplex(const PhaseRegisters& phases, DataPhase data, const dma::detail::Plan& plan,
                               std::uint32_t length, Then then) {
  repeated_ = {};
  if (set_up_behind(phases, data, plan, length)) go_on_to(then);
}

void DmaPort::make_half_duplex(PhaseRegisters phases, DataPhase data, const dma::detail::Region& region,
                               std::uint32_t length, Then then) {
  repeated_ = {.behind_phases = &region, .kind = phases.kind, .user1 = phases.user1};
  if (set_up_behind(phases, data, region, length)) go_on_to(then);
}

void DmaPort::start_anew(const dma::detail::Plan& rx, const dma::detail::Plan& tx) {
  const dma::Lengths lengths{.rx_length = recipe_.rx_length, .tx_length = recipe_.tx_length};
  repeated_ = {};
  const bool is_ready =
      recipe_.error ? refuse(*recipe_.error)
                    : set_up_all(rx, tx, recipe_.header, lengths, Port::is_full_duplex(recipe_.header));
  if (is_ready) launch();
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
  const std::uint32_t rx = engine.receive_registers(), tx = engine.transmit_registers();
  engine.reset_transmit(tx);
  const auto events = engine.event_registers();
  port_.reset_afifos();
  engine.clear(events);
  if (sends) engine.start_transmit(tx);
  engine.reset_receive(rx);
  if (receives) engine.start_receive(rx);
  running_ = true;
  Port::clear_events();
  const bool ready = Port::update() && (!sends || engine.wait_for_first_byte());
  if (!ready || (engine.read(events) & expected_.memory_errors) != 0) return fail_to_start();
  Port::start();
}

[[gnu::noinline]] void DmaPort::fail_to_start() {
  error_ = cause(decode(engine_->interrupts() & expected_.memory_errors, 0).value_or(Error::start_failed));
  port_.reset_and_set_up();  // it has not begun, or does not answer
  abort();
}

Error DmaPort::cause(Error found, dma::detail::Engine::Started started) const {
  if (found == Error::cancelled) return found;  // nobody else is to blame for what the program asked for
  const Error in_memory = engine_->cause(found, started);
  const spi::Error on_the_bus = port_.reason_for_silence();
  return on_the_bus == spi::Error::timed_out ? in_memory : as_transfer_error(on_the_bus);
}

// Asked again and again, so what happens once is in functions of its own. Between two pieces `next` tells
// whether it goes on.
template <class Next>
[[gnu::always_inline]] inline DmaPort::State DmaPort::running_state(Next next) {
  // SPI first: what its "done" implies for the channel is then surely visible in the second read.
  const std::uint32_t bus_events = Port::events();
  const std::uint32_t memory_events = engine_->interrupts();
  if (((memory_events & expected_.memory_errors) | (bus_events & expected_.bus_errors)) != 0) {
    note_error(memory_events, bus_events);
    return State::failed;
  }
  if ((bus_events & DmaIntRaw::trans_done_int_raw.mask) == 0) return State::running;
  if (expected_.memory_done != 0 && (memory_events & expected_.memory_done) == 0) return State::running;
  if (!has_more_) return State::done;
  return next() ? State::running : State::failed;
}

// Polls that somebody else makes are counted, from one look to the next and not from the start of a transfer,
// which would have to begin to count.
bool DmaPort::is_done() {
  if (!running_ || running_state([this] { return go_on(); }) != State::running) return true;
  return --polls_to_look_ == 0 && is_lost();
}

[[gnu::noinline]] void DmaPort::note_error(std::uint32_t memory_events, std::uint32_t bus_events) {
  error_ = decode(memory_events & expected_.memory_errors, bus_events & expected_.bus_errors);
}

// Neither the bus nor the memory side says that it is over. Whether they ever will.
[[gnu::noinline]] bool DmaPort::is_lost() {
  polls_to_look_ = dma::detail::polls_per_look;
  const auto found = dma::detail::lasting([this] { return cause(Error::timed_out); });
  if (found) lose(*found);
  return found.has_value();
}

// It is over from now on, even if what is missing comes back. Who looks at the outcome stops what there is.
void DmaPort::lose(Error why) {
  error_ = why;
  running_ = false;
  lost_ = true;
}

// The piece before is over, on the bus and in memory. The channel goes on in its lists, and what it has
// fetched already is sent first: no FIFO is emptied here. False if it cannot go on.
[[gnu::noinline]] bool DmaPort::go_on() {
  Port::Header header = port_.is_full_duplex() ? port_.full_duplex_header() : recipe_.header;
  header.leave_phases_out();
  engine_->clear_received(expected_.memory_done);
  set_up_piece(header);
  port_.switch_dma();
  port_.clear_events();
  if (!port_.update()) {
    lose(Error::timed_out);
    return false;
  }
  // What was appended may be on its way.
  if (started_.sends && !engine_->wait_for_first_byte(transmit_errors)) {
    lose(Error::start_failed);
    return false;
  }
  port_.start();
  return true;
}

// Of a transfer that came to its end. Inlined where most do.
[[gnu::always_inline]] inline std::uint32_t DmaPort::succeed() {
  running_ = false;
  if (goes_on_) engine_->end_list();
  compiler_barrier();
  return started_.receives ? engine_->received_length() : 0;
}

[[gnu::noinline]] dma::Outcome DmaPort::conclude_error() {
  if (running_ || std::exchange(lost_, false)) return fail(*error_);
  return std::unexpected{dma::Failure{*error_}};
}

dma::Outcome DmaPort::conclude() {
  if (error_) return conclude_error();
  return dma::Received{succeed()};
}

dma::Outcome DmaPort::finish(Deadline deadline) {
  if (!running_) return conclude();
  // Behind the deadline nothing begins any more.
  const auto next = [&] {
    if (!deadline.has_passed()) return go_on();
    lose(Error::timed_out);
    return false;
  };
  for (;;) {
    // The deadline costs three times as much to read as the status, so it is read less often.
    for (std::uint32_t i = 0; i < polls_per_time; ++i) {
      if (running_state(next) != State::running) return conclude();
    }
    if (deadline.has_passed()) return end_early(Error::timed_out);
  }
}

// Most transfers end soon, and those need not know what time it is.
std::int32_t DmaPort::wait() {
  if (running_) {
    std::uint32_t polls = polls_without_time;
    do {
      const State state = running_state([this] { return go_on(); });
      if (state == State::done) return static_cast<std::int32_t>(succeed());
      if (state == State::failed) break;
    } while (--polls != 0);
  }
  return wait_longer();
}

// The same for one that has an error, or nothing to do, or takes its time.
[[gnu::noinline]] std::int32_t DmaPort::wait_longer() {
  const dma::Outcome outcome =
      running_ && !error_ ? finish(Deadline::after(port_.time_allowed(bytes_))) : conclude();
  if (outcome) return static_cast<std::int32_t>(outcome->length);
  failure_ = outcome.error();
  return -1;
}

// What rests between two pieces ends there.
dma::Outcome DmaPort::end_early(Error why) {
  const auto next = [&] {
    lose(why);
    return false;
  };
  if (!running_ || running_state(next) != State::running) return conclude();
  return fail(why);
}

dma::Outcome DmaPort::fail(Error why) {
  why = cause(why);
  return std::unexpected{dma::Failure{why, abort()}};
}

// SPI first: it ends behind the byte it is in, and GDMA then closes the descriptor that this byte is in,
// which tells how many have arrived. Of a transfer that only sends this returns how many have left: the
// pieces before the one that SPI is at, and what the list tells of that one.
std::uint32_t DmaPort::abort() {
  const std::uint32_t begun = bytes_ - tx_left_, piece = has_sent_all(Port::events()) ? 0 : port_.length();
  port_.stop();
  if (expected_.memory_done != 0) engine_->wait_for_frame_end();
  const std::uint32_t sent =
      started_.sends ? std::max(engine_->sent_length(), begun > piece ? begun - piece : 0) : 0;
  engine_->stop();
  const std::uint32_t received = engine_->finish_stop(started_);
  running_ = false;
  rx_left_ = tx_left_ = 0;
  has_more_ = false;
  compiler_barrier();
  return started_.receives ? received : sent;
}

}  // namespace ferry::spi::detail

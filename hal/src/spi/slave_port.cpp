#include "ferry/spi/slave_port.hpp"

#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/signals.hpp"
#include "hal/src/dma/events.hpp"
#include "hal/src/spi/events.hpp"
#include "hal/src/spi/gates.hpp"

#include <algorithm>
#include <utility>

namespace ferry::spi::detail {

namespace {

using chip::dma::IntRaw;
using chip::spi2::DmaIntRaw;
using dma::Error;
using dma::detail::compiler_barrier;

constexpr std::uint32_t all_events = 0x1F'FFFF;  // the 21 events of DMA_INT_RAW

// The buffer that SPI has of its own, W0 to W15.
constexpr std::uint32_t buffer_words = 16;

// These end a transfer while the master still clocks: the channel has halted.
constexpr std::uint32_t halting_events = IntRaw::in_dscr_err.mask | IntRaw::out_dscr_err.mask;
// SPI counts bits with 18 bits, so whole bytes up to this.
constexpr std::uint32_t counted_bytes =
    (chip::spi2::Slave1::slv_data_bitlen.mask >> chip::spi2::Slave1::slv_data_bitlen.lsb) / 8 + 1;

// What DMA does when no transfer is armed: nothing is sent by it, so MISO is low, as SPI's own buffer holds
// zeros; and what comes does not get there. The channel rests, so it finds no place at all.
constexpr std::uint32_t dma_at_rest = chip::spi2::DmaConf::dma_rx_ena(1).bits;

// These are looked at when the master has finished: until then there may be more to come that is well.
constexpr std::uint32_t receive_events = dma::detail::receive_errors;

}  // namespace

constinit SlavePort slave_port2;

void SlavePort::open(const SlaveConfig& config) {
  take_settings(config);
  reset_and_set_up();
}

void SlavePort::reset_and_set_up() {
  open_gates();
  set_up();
}

void SlavePort::apply(const SlaveConfig& config) {
  take_settings(config);
  set_up();
}

// The settings of a slave's clock are those of table 27.7-2 of the reference manual: what RSCK_I_EDGE samples
// and TSCK_I_EDGE shifts on, seen from the pad, and CLK_MODE_13 for the modes that shift first.
void SlavePort::take_settings(const SlaveConfig& config) {
  using namespace chip::spi2;
  const bool falls = config.mode == Mode::_1 || config.mode == Mode::_2;
  const bool shifts_first = config.mode == Mode::_1 || config.mode == Mode::_3;
  const bool idles_high = config.mode == Mode::_2 || config.mode == Mode::_3;
  ctrl_ = (Ctrl::rd_bit_order.run_time(config.read_bit_order == BitOrder::lsb_first) |
           Ctrl::wr_bit_order.run_time(config.write_bit_order == BitOrder::lsb_first))
              .bits;
  // Everything else of USER is 0: a slave in full duplex has no phases but its data.
  user_ = (User::doutdin(1) | User::rsck_i_edge.run_time(falls) | User::tsck_i_edge.run_time(falls)).bits;
  // SLAVE_CS_POL 0 is a chip select that is active low. The others are a master's.
  misc_ = (Misc::cs1_dis(1) | Misc::cs2_dis(1) | Misc::cs3_dis(1) | Misc::cs4_dis(1) | Misc::cs5_dis(1) |
           Misc::ck_idle_edge.run_time(idles_high))
              .bits;
  slave_ = (Slave::mode(1) | Slave::clk_mode_13.run_time(shifts_first)).bits;
}

void SlavePort::set_up() const {
  using namespace chip::spi2;
  // Bits come with the master's clock, but the registers and the logic behind chip select have one of their
  // own: the crystal's, which runs when the PLL does not.
  mmio::write_word<ClkGate>(base, (ClkGate::clk_en(1) | ClkGate::mst_clk_active(1)).bits);
  mmio::write_word<Clock>(base, 0);
  mmio::write_word<Ctrl>(base, ctrl_);
  mmio::write_word<User>(base, user_);
  mmio::write_word<Misc>(base, misc_);
  rest();
  forget_transaction();
}

// What is not sent by DMA comes from SPI's own buffer, whose last byte is repeated when it ends. What a reset
// leaves in it, no document says; and what is not received by DMA has come there. From now on nothing does.
void SlavePort::rest() const {
  mmio::write_word<chip::spi2::DmaConf>(base, dma_at_rest);
  for (std::uint32_t index = 0; index < buffer_words; ++index)
    mmio::write_word<chip::spi2::W>(base, 0, index);
}

// A transaction that is under way goes on without this slave; the next chip select begins a new one.
void SlavePort::forget_transaction() const {
  using chip::spi2::Slave;
  mmio::write_word<Slave>(base, slave_ | Slave::soft_reset(1).bits);
}

void SlavePort::attach(dma::detail::Engine* engine) {
  engine_ = engine;
  engine_->connect(chip::DmaPeripheral::spi2);
}

dma::detail::Engine* SlavePort::detach() {
  stop();
  engine_->connect(chip::DmaPeripheral::none);
  return std::exchange(engine_, nullptr);
}

void SlavePort::start(const dma::detail::Plan& rx, const dma::detail::Plan& tx, dma::Lengths lengths) {
  rx_length_ = lengths.rx_length == dma::whole_buffer ? rx.size : lengths.rx_length;
  tx_length_ = lengths.tx_length == dma::whole_buffer ? tx.size : lengths.tx_length;
  wait_length_ = std::max(rx_length_, tx_length_);
  if (tx.endless && tx_length_ != 0) tx_length_ = dma::whole_buffer;  // more than any master takes
  running_ = false;
  error_ = {};
  if (rx_length_ == 0 && tx_length_ == 0) return;
  error_ = try_to_start(rx, tx);
  running_ = !error_;
}

// The order matters:
//  * a transaction that is under way is forgotten first, so that none of its bytes take part, and what came
//    before is dropped in SPI and then in the channel, where it would go on to;
//  * events are cleared before anything can raise new ones;
//  * SPI hears of DMA when the channel is ready, and the master may come any time from then on.
// What is sent never ends by itself: zeros follow, as it is the master who decides how long it takes.
std::optional<Error> SlavePort::try_to_start(const dma::detail::Plan& rx, const dma::detail::Plan& tx) {
  using namespace chip::spi2;
  if (rx_length_ != 0) {
    if (auto error = engine_->prepare_receive(rx, rx_length_)) return error;
  }
  if (tx_length_ != 0) {
    if (auto error = engine_->prepare_transmit(tx, tx_length_, true)) return error;
  }
  started_ = {.receives = rx_length_ != 0, .sends = tx_length_ != 0};
  compiler_barrier();
  forget_transaction();
  mmio::write_word<DmaConf>(
      base,
      dma_at_rest | (DmaConf::rx_afifo_rst(1) | DmaConf::buf_afifo_rst(1) | DmaConf::dma_afifo_rst(1)).bits);
  engine_->reset_and_clear();
  mmio::write_word<DmaIntClr>(base, all_events);
  if (rx_length_ != 0) engine_->start_receive();
  if (tx_length_ != 0) {
    engine_->start_transmit();
    if (!engine_->wait_for_first_byte()) return fail(Error::start_failed).error().reason;
  }
  if (const std::uint32_t events = engine_->interrupts() & halting_events; events != 0)
    return fail(*dma::detail::decode(events)).error().reason;
  const std::uint32_t directions =
      (DmaConf::dma_rx_ena.run_time(rx_length_ != 0) | DmaConf::dma_tx_ena.run_time(tx_length_ != 0)).bits;
  mmio::write_word<DmaConf>(base, directions);
  mmio::write(base, Cmd::usr(1));
  // A controller without clock, or in reset, keeps nothing, and its master would be waited for in vain. One
  // that was reset since its last transfer would answer with wrong bits.
  if (mmio::read<DmaConf>(base) != directions || was_reset()) return fail(Error::start_failed).error().reason;
  return {};
}

SlavePort::Status SlavePort::poll() const {
  if (!running_ || error_) return {true, error_};
  // SPI first: what its "done" implies for the channel is then surely visible in the second read.
  const std::uint32_t bus_events = mmio::read<DmaIntRaw>(base);
  const std::uint32_t memory_events = engine_->interrupts();
  if ((memory_events & halting_events) != 0) {
    return {true, dma::detail::decode(memory_events & halting_events)};
  }
  if ((bus_events & DmaIntRaw::trans_done_int_raw.mask) == 0) return {false, {}};
  if (rx_length_ != 0) {
    if ((memory_events & receive_events) != 0) {
      return {true, dma::detail::decode(memory_events & receive_events)};
    }
    if ((bus_events & bus_receive_errors) != 0) return {true, Error::rx_overflow};
  }
  if (tx_length_ != 0 && (bus_events & bus_transmit_errors) != 0) return {true, Error::tx_underflow};
  const bool stored =
      rx_length_ == 0 || (memory_events & IntRaw::in_suc_eof.mask) != 0 || was_without_a_byte();
  return {stored, {}};
}

// A chip select without a whole byte is a frame without bytes, of whose end GDMA need not hear. Of more bytes
// than SPI counts most have been stored already.
bool SlavePort::was_without_a_byte() const {
  return clocked_bits() < 8 && !engine_->has_stored_a_descriptor();
}

SlaveOutcome SlavePort::finish(Deadline deadline) {
  // The deadline costs three times as much to read as the status: some 2 µs in all, which a master takes its
  // time for.
  for (;;) {
    const Status status = poll();
    if (status.over) return conclude(status);
    if (deadline.has_passed() || (deadline.is_never() && is_lost())) return end_early(Error::timed_out);
  }
}

// Counted from one look to the next, not from the start of a transfer.
bool SlavePort::is_done() {
  if (poll().over) return true;
  if (--polls_to_look_ != 0) return false;
  return is_lost();
}

// Whether no master can end it any more.
bool SlavePort::is_lost() {
  polls_to_look_ = dma::detail::polls_per_look;
  error_ = dma::detail::lasting([this] { return cause(Error::timed_out); });
  return error_.has_value();
}

SlaveOutcome SlavePort::finish() {
  const Status status = poll();
  if (status.over) return conclude(status);
  // In 64 bits: of an endless source a program may want any number of bytes.
  constexpr std::uint64_t microseconds_per_byte = 2 * 8 * 1'000'000 / lowest_frequency.value;
  return finish(
      Deadline::after(Duration::microseconds(wait_length_ * microseconds_per_byte) + Duration::seconds(1)));
}

SlaveOutcome SlavePort::end_early(Error why) {
  const Status status = poll();
  if (status.over) return conclude(status);
  return fail(why);
}

// The master may select again at any time, so everything is brought to rest even after a transfer that went
// well: the buffers are about to change hands.
SlaveOutcome SlavePort::conclude(Status status) {
  if (status.error) return running_ ? fail(*status.error) : std::unexpected{dma::Failure{*status.error}};
  if (!running_) return Exchanged{};
  const std::uint32_t bits = clocked_bits(), counted = bits / 8;
  if (rx_length_ != 0 && (counted > rx_length_ || has_surplus_in_a_word(counted)))
    return fail(Error::rx_list_too_short);
  const std::uint32_t taken = rx_length_ == 0 ? bytes_taken(counted) : 0;
  const std::uint32_t received = stop();
  // SPI counts the last transaction's bits, GDMA the bytes of all.
  const std::uint32_t length = rx_length_ == 0 ? taken : std::max(counted, received);
  return Exchanged{
      .length = length, .received = received, .sent = std::min(length, tx_length_), .extra_bits = bits % 8};
}

// With bursts the last descriptor is rounded up to whole words, and up to three bytes too many find a place.
bool SlavePort::has_surplus_in_a_word(std::uint32_t counted) const {
  const std::uint32_t surplus = (counted - rx_length_) % counted_bytes;
  return surplus >= 1 && surplus <= 3 && engine_->received_length() == rx_length_;
}

// Where nothing is received, GDMA knows roughly how many bytes were taken, and SPI's count, which begins anew
// every 32,768 bytes, says which number that is. If there is none, the master has selected more than once:
// then it is at least so many.
std::uint32_t SlavePort::bytes_taken(std::uint32_t counted) const {
  const auto [least, most] = engine_->sent();
  const std::uint32_t bytes = least + (counted - least) % counted_bytes;
  return bytes <= most ? bytes : least;
}

SlaveOutcome SlavePort::fail(Error why) {
  why = cause(why);
  const std::uint32_t sent = rx_length_ == 0 ? sent_for_certain() : 0;
  const std::uint32_t received = stop();
  if (why == Error::clock_off || why == Error::in_reset) reset_and_set_up();
  return std::unexpected{dma::Failure{why, std::max(received, sent)}};
}

// SPI writes down how many bits were clocked when the master deselects, and not before; until then there is
// only what GDMA has read. A controller that was reset, or has no clock, knows neither.
std::uint32_t SlavePort::sent_for_certain() const {
  const std::uint32_t read = std::min(engine_->sent_length(), tx_length_);
  if ((mmio::read<DmaIntRaw>(base) & DmaIntRaw::trans_done_int_raw.mask) == 0) return read;
  return std::min(read, bytes_taken(clocked_bits() / 8));
}

// Whether somebody reset SPI2 since it was set up: no slave has a command phase, which reset switches on. And
// a reset one is no slave, until the next transfer says so again.
bool SlavePort::was_reset() const {
  using namespace chip::spi2;
  return mmio::read(base, User::usr_command) != 0 || mmio::read(base, Slave::mode) == 0;
}

// What is behind an error, if it can be told. To be asked before anything is stopped.
Error SlavePort::cause(Error found) const {
  if (found == Error::cancelled) return found;  // nobody else is to blame for what the program asked for
  if (const auto closed = closed_gate()) return as_transfer_error(*closed);
  if (was_reset()) return Error::in_reset;
  if (mmio::read(base, chip::spi2::ClkGate::clk_en) == 0) return Error::clock_off;
  return engine_->cause(found, started_);
}

// SPI lets go of the channel first, so that nothing reaches it that could have to be waited for. Returns how
// many bytes have arrived.
std::uint32_t SlavePort::stop() {
  mmio::write_word<chip::spi2::DmaConf>(base, 0);
  forget_transaction();
  engine_->stop();
  const std::uint32_t received = engine_->finish_stop(started_);
  rest();
  started_ = {};
  running_ = false;
  compiler_barrier();
  return received;
}

}  // namespace ferry::spi::detail

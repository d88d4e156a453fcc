#include "board/devices/spi2/slave.hpp"

#include "board/devices/spi2/spi2.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/signals.hpp"

#include <algorithm>
#include <utility>

namespace ferry::board::spi2 {

namespace regs = chip::spi2;
namespace signal = chip::signal;

namespace {

constexpr unsigned dummy_clocks = 8;
constexpr std::uint32_t buffer_bytes = 64;
// A chip select that is shorter than this is not seen (manual, 27.5.9.2); its end needs as long to get
// through.
constexpr unsigned apb_cycles_to_see_select = 2;

std::optional<SlaveKind> kind_of(std::uint8_t low_nibble) {
  switch (low_nibble) {
    case 0x1:
      return SlaveKind::write_buffer;
    case 0x2:
      return SlaveKind::read_buffer;
    case 0x3:
      return SlaveKind::write_dma;
    case 0x4:
      return SlaveKind::read_dma;
    case 0x7:
      return SlaveKind::command_7;
    case 0x8:
      return SlaveKind::command_8;
    case 0x9:
      return SlaveKind::command_9;
    case 0xA:
      return SlaveKind::command_a;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<SlaveCommand> decode_command(std::uint8_t code, bool qpi) {
  const auto on = [](SlaveKind kind, unsigned address_lines, unsigned data_lines) {
    return SlaveCommand{.kind = kind, .address_lines = address_lines, .data_lines = data_lines};
  };
  if (code == (qpi ? 0xA5 : 0x05)) return on(SlaveKind::end_segments, qpi ? 4 : 1, 1);
  if (!qpi && code == 0x06) return on(SlaveKind::enter_qpi, 1, 1);
  if (qpi && code == 0xDD) return on(SlaveKind::exit_qpi, 4, 1);
  const auto kind = kind_of(code & 0xF);
  if (!kind) return std::nullopt;
  const unsigned widths = code >> 4;
  if (widths == 0xA) return on(*kind, 4, 4);
  if (qpi) return std::nullopt;
  switch (widths) {
    case 0x0:
      return on(*kind, 1, 1);
    case 0x1:
      return on(*kind, 1, 2);
    case 0x2:
      return on(*kind, 1, 4);
    case 0x5:
      return on(*kind, 2, 2);
    default:
      return std::nullopt;
  }
}

Slave::Slave(Spi2& device) : device_(device), done_(device.timeline_, [this] { report(); }) {}

void Slave::archive_state(StateArchive& archive) {
  archive(done_, active_, began_, phase_, command_, code_, address_, has_command_, has_address_, bit_, in_,
          data_bits_, shown_bits_, out_, missing_, lost_, full_, empty_, frame_bits_, frame_open_);
}

void Slave::reset() {
  done_.cancel();
  if (active_) {
    drive(false);
    device_.tell_phase("idle");
  }
  active_ = full_ = empty_ = frame_open_ = false;
  frame_bits_ = 0;
}

// ---- A transaction ----

// Chip select is active low, with SLAVE_CS_POL high.
bool Slave::selected_by_pin() const {
  const auto& registers = device_.registers_;
  return registers.get(regs::Slave::mode) != 0 && device_.gate_.open() &&
         registers.get(regs::Misc::cs0_dis) == 0 &&
         device_.pins_.input(signal::fspics0) == (registers.get(regs::Misc::slave_cs_pol) != 0);
}

void Slave::select_changed() {
  const bool selected = selected_by_pin();
  if (selected == active_) return;
  if (selected) {
    begin();
  } else {
    end();
  }
}

// Clock modes 0 and 2 show the first bit before the first edge, and so does RSCK_DATA_OUT, which is half a
// clock early.
bool Slave::first_bit_early() const {
  return device_.registers_.get(regs::Slave::clk_mode_13) == 0 ||
         device_.registers_.get(regs::Slave::rsck_data_out) != 0;
}

void Slave::begin() {
  if (done_.pending()) {
    done_.cancel();
    report();
  }
  active_ = true;
  began_ = device_.timeline_.now();
  command_ = {};
  has_command_ = has_address_ = missing_ = lost_ = false;
  data_bits_ = shown_bits_ = 0;
  if (device_.registers_.get(regs::DmaConf::dma_slv_seg_trans_en) == 0) frame_bits_ = 0;
  if (device_.registers_.get(regs::User::doutdin) == 0) return enter(Phase::command);
  command_.kind = SlaveKind::full_duplex;
  enter(Phase::data);
  drive(true);
  if (first_bit_early()) show_next();
}

void Slave::end() {
  active_ = false;
  drive(false);
  device_.tell_phase("idle");
  // A byte that was on the lines and of which no bit was taken stays for the next transaction.
  if (sends_by_dma() && !missing_ && shown_bits_ > 0 && data_bits_ == (shown_bits_ - 1) / 8 * 8)
    device_.ahead_ = out_;
  const Time shortest = apb_cycles_to_see_select * device_.clocks_.apb();
  if (device_.timeline_.now() - began_ >= shortest) done_.after(shortest);
}

void Slave::report() {
  auto& registers = device_.registers_;
  std::uint32_t raised = regs::DmaIntRaw::trans_done_int_raw.mask;
  if (command_.kind == SlaveKind::full_duplex) {
    registers.set(regs::Slave1::slv_data_bitlen, data_bits_);
    if (!sends_by_dma() && !receives_by_dma() && data_bits_ > 8 * buffer_bytes)
      raised |= regs::DmaIntRaw::slv_buf_addr_err_int_raw.mask;
  } else {
    raised |= report_half_duplex();
  }
  device_.drain_to_dma();
  report_frame();
  if (registers.get(regs::DmaConf::slv_rx_seg_trans_clr_en) == 0) full_ = false;
  if (registers.get(regs::DmaConf::slv_tx_seg_trans_clr_en) == 0) empty_ = false;
  registers.set(regs::Cmd::usr, 0);
  device_.raise(raised);
}

std::uint32_t Slave::report_half_duplex() {
  auto& registers = device_.registers_;
  if (!has_command_) return 0;
  registers.set(regs::Slave1::slv_last_command, code_);
  if (has_address_) registers.set(regs::Slave1::slv_last_addr, address_);
  const auto count = [&](bool enabled) {
    if (enabled) registers.set(regs::Slave1::slv_data_bitlen, data_bits_);
  };
  const bool leaves_buffer = address_ + (data_bits_ + 7) / 8 > buffer_bytes;
  const std::uint32_t address_error = leaves_buffer ? regs::DmaIntRaw::slv_buf_addr_err_int_raw.mask : 0;
  switch (command_.kind) {
    case SlaveKind::none:
      return regs::DmaIntRaw::slv_cmd_err_int_raw.mask;
    case SlaveKind::full_duplex:
      return 0;
    case SlaveKind::write_buffer:
      count(registers.get(regs::Slave::slv_wrbuf_bitlen_en) != 0);
      return regs::DmaIntRaw::slv_wr_buf_done_int_raw.mask | address_error;
    case SlaveKind::read_buffer:
      count(registers.get(regs::Slave::slv_rdbuf_bitlen_en) != 0);
      return regs::DmaIntRaw::slv_rd_buf_done_int_raw.mask | address_error;
    case SlaveKind::write_dma:
      count(registers.get(regs::Slave::slv_wrdma_bitlen_en) != 0);
      return regs::DmaIntRaw::slv_wr_dma_done_int_raw.mask;
    case SlaveKind::read_dma:
      count(registers.get(regs::Slave::slv_rddma_bitlen_en) != 0);
      return regs::DmaIntRaw::slv_rd_dma_done_int_raw.mask;
    case SlaveKind::command_7:
      return regs::DmaIntRaw::slv_cmd7_int_raw.mask;
    case SlaveKind::command_8:
      return regs::DmaIntRaw::slv_cmd8_int_raw.mask;
    case SlaveKind::command_9:
      return regs::DmaIntRaw::slv_cmd9_int_raw.mask;
    case SlaveKind::command_a:
      return regs::DmaIntRaw::slv_cmda_int_raw.mask;
    case SlaveKind::end_segments:
      full_ = empty_ = false;
      return 0;
    case SlaveKind::enter_qpi:
      empty_ = false;
      registers.set(regs::User::qpi_mode, 1);
      return regs::DmaIntRaw::slv_en_qpi_int_raw.mask;
    case SlaveKind::exit_qpi:
      registers.set(regs::User::qpi_mode, 0);
      return regs::DmaIntRaw::slv_ex_qpi_int_raw.mask;
  }
  return 0;
}

// A single transfer's frame ends with chip select, a segmented one's with CMD7 or End_SEG_TRANS. With bytes
// lost it does not end for GDMA.
void Slave::report_frame() {
  const bool segmented = device_.registers_.get(regs::DmaConf::dma_slv_seg_trans_en) != 0;
  const bool ends_segments = segmented && command_.kind == SlaveKind::end_segments;
  const bool ends = segmented ? ends_segments || command_.kind == SlaveKind::command_7 : receives_by_dma();
  const bool given = ends && frame_open_ && !lost_ && device_.received_.empty();
  if (ends) frame_open_ = false;
  if (given) device_.dma_.end_of_frame();
  if (ends_segments) device_.raise_segments_done(given);
}

// ---- Bits ----

// RSCK_I_EDGE = 0 samples with the rising edge of the pad's clock, TSCK_I_EDGE = 0 shifts with the falling
// one: modes 0 and 3 (table 27.7-2).
void Slave::clock_changed(bool level) {
  if (!active_) return;
  const auto& registers = device_.registers_;
  const bool samples = level == (registers.get(regs::User::rsck_i_edge) == 0);
  const bool shifts = registers.get(regs::Slave::rsck_data_out) != 0
                          ? samples
                          : level == (registers.get(regs::User::tsck_i_edge) != 0);
  if (samples) sample();
  if (shifts && phase_ == Phase::data && sends()) show_next();
}

unsigned Slave::lines() const {
  switch (phase_) {
    case Phase::command:
      return device_.registers_.get(regs::User::qpi_mode) != 0 ? 4 : 1;
    case Phase::address:
      return command_.address_lines;
    case Phase::data:
      return command_.data_lines;
    case Phase::dummy:
    case Phase::rest:
      break;
  }
  return 1;
}

void Slave::sample() {
  switch (phase_) {
    case Phase::command:
    case Phase::address:
      return collect(lines());
    case Phase::dummy:
      if (++bit_ == dummy_clocks) enter(Phase::data);
      return;
    case Phase::data:
      if (sends()) check_sent_bit();
      data_bits_ += lines();
      if (receives()) collect(lines());
      return;
    case Phase::rest:
      return;
  }
}

void Slave::collect(unsigned lines) {
  const bool lsb_first = device_.registers_.get(regs::Ctrl::rd_bit_order) != 0;
  if (bit_ == 0) in_ = 0;
  for (unsigned line = 0; line < lines; ++line) {
    const unsigned level = device_.pins_.input(Spi2::data_signals[line]) ? 1 : 0;
    in_ = static_cast<std::uint8_t>(in_ | level << place_of(bit_, line, lines, lsb_first));
  }
  bit_ += lines;
  if (bit_ < 8) return;
  bit_ = 0;
  byte_received();
}

void Slave::byte_received() {
  switch (phase_) {
    case Phase::command:
      return command_received();
    case Phase::address:
      address_ = in_;
      has_address_ = true;
      return enter(command_.kind >= SlaveKind::end_segments ? Phase::rest : Phase::dummy);
    case Phase::data:
      return store_byte();
    case Phase::dummy:
    case Phase::rest:
      return;
  }
}

// What is not supported is ignored up to the end of chip select. End_SEG_TRANS and En_QPI stand alone on one
// line.
void Slave::command_received() {
  code_ = in_;
  has_command_ = true;
  const auto command = decode_command(code_, device_.registers_.get(regs::User::qpi_mode) != 0);
  if (command) command_ = *command;
  const bool alone = command_.kind >= SlaveKind::end_segments && command_.address_lines == 1;
  enter(!command || alone ? Phase::rest : Phase::address);
}

void Slave::enter(Phase phase) {
  phase_ = phase;
  bit_ = 0;
  switch (phase) {
    case Phase::command:
      return device_.tell_phase("cmd");
    case Phase::address:
      return device_.tell_phase("addr");
    case Phase::dummy:
      return device_.tell_phase("dummy");
    case Phase::data:
      if (sends() || receives()) return device_.tell_phase("data");
      phase_ = Phase::rest;
      return;
    case Phase::rest:
      return;
  }
}

// ---- Data ----

bool Slave::sends() const {
  return command_.kind == SlaveKind::full_duplex || command_.kind == SlaveKind::read_buffer ||
         command_.kind == SlaveKind::read_dma;
}

bool Slave::receives() const {
  return command_.kind == SlaveKind::full_duplex || command_.kind == SlaveKind::write_buffer ||
         command_.kind == SlaveKind::write_dma;
}

// Without DMA_TX_ENA and DMA_RX_ENA data come from and go to the buffer, whatever the command.
bool Slave::sends_by_dma() const {
  return (command_.kind == SlaveKind::full_duplex || command_.kind == SlaveKind::read_dma) &&
         device_.registers_.get(regs::DmaConf::dma_tx_ena) != 0;
}

bool Slave::receives_by_dma() const {
  return (command_.kind == SlaveKind::full_duplex || command_.kind == SlaveKind::write_dma) &&
         device_.registers_.get(regs::DmaConf::dma_rx_ena) != 0;
}

// The slave drives its data lines only while it is selected and has something to send: Q, D with SIO, or all
// of two or four lines.
void Slave::drive(bool enabled) {
  std::uint8_t mask = 0;
  if (enabled) {
    const bool shared =
        device_.registers_.get(regs::User::sio) != 0 && command_.kind != SlaveKind::full_duplex;
    mask = command_.data_lines == 4   ? line_d | line_q | line_wp | line_hd
           : command_.data_lines == 2 ? line_d | line_q
           : shared                   ? line_d
                                      : line_q;
  }
  device_.enable_data_lines(mask);
}

void Slave::show_next() {
  const unsigned lines = command_.data_lines;
  if (shown_bits_ % 8 == 0) load_byte();
  const bool lsb_first = device_.registers_.get(regs::Ctrl::wr_bit_order) != 0;
  const bool shared = device_.registers_.get(regs::User::sio) != 0 && command_.kind != SlaveKind::full_duplex;
  for (unsigned line = 0; line < lines; ++line) {
    const bool level = (out_ >> place_of(shown_bits_ % 8, line, lines, lsb_first) & 1) != 0;
    device_.pins_.drive(lines == 1 && !shared ? signal::fspiq : Spi2::data_signals[line], level);
  }
  if (shown_bits_ == 0) drive(true);
  shown_bits_ += lines;
}

// GDMA's bytes pass an AFIFO; one that is not there is the one before once more.
void Slave::load_byte() {
  missing_ = false;
  if (!sends_by_dma()) {
    const std::uint32_t base = command_.kind == SlaveKind::read_buffer ? address_ : 0;
    out_ = device_.buffer_byte(std::min(base + shown_bits_ / 8, buffer_bytes - 1), false);
    return;
  }
  std::optional<std::uint8_t> byte = std::exchange(device_.ahead_, std::nullopt);
  if (!byte && !empty_ && device_.dma_.available() > 0) byte = device_.dma_.pop();
  missing_ = !byte.has_value();
  if (byte) out_ = *byte;
}

// The master takes the first bit of a byte that is missing.
void Slave::check_sent_bit() {
  if (!missing_ || data_bits_ % 8 != 0) return;
  empty_ = true;
  device_.raise(regs::DmaIntRaw::dma_outfifo_empty_err_int_raw.mask);
}

void Slave::store_byte() {
  if (receives_by_dma()) return store_to_dma();
  const std::uint32_t base = command_.kind == SlaveKind::write_buffer ? address_ : 0;
  device_.set_buffer_byte(std::min(base + (data_bits_ - 1) / 8, buffer_bytes - 1), false, in_);
}

void Slave::store_to_dma() {
  device_.drain_to_dma();
  if (full_ || device_.received_.full()) {
    full_ = lost_ = true;
    device_.raise(regs::DmaIntRaw::dma_infifo_full_err_int_raw.mask);
    return;
  }
  device_.received_.push(in_);
  device_.drain_to_dma();
  frame_open_ = true;
  frame_bits_ += 8;
  const auto& registers = device_.registers_;
  if (registers.get(regs::DmaConf::rx_eof_en) == 0 ||
      frame_bits_ < registers.get(regs::MsDlen::ms_data_bitlen) + 1 || !device_.received_.empty())
    return;
  frame_bits_ = 0;
  frame_open_ = false;
  device_.dma_.end_of_frame();
}

}  // namespace ferry::board::spi2

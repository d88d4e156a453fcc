// Bits to bytes, and bytes to and from where they belong.
#include "board/devices/spi2/spi2.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/signals.hpp"

namespace ferry::board {

namespace regs = chip::spi2;
namespace signal = chip::signal;
using spi2::PhaseKind;

// ---- Bits ----

// Commands, addresses and written data share WR_BIT_ORDER. Modes 0 and 2 show a bit half a period before the
// edge that samples it, modes 1 and 3 with the leading edge.
bool Spi2::begin_bit() {
  if (!phase_.sends) return true;
  if (bit_ % 8 == 0 && !load_byte()) return false;
  if (!plan_.samples_second_edge) put_bits();
  return true;
}

void Spi2::put_bits() {
  for (unsigned line = 0; line < phase_.lines; ++line) {
    const unsigned place = spi2::place_of(bit_ % 8, line, phase_.lines, active_.sends_lsb_first());
    put_line(line, (out_ >> place & 1) != 0);
  }
}

void Spi2::sample_bits() {
  if (!phase_.receives) return;
  if (bit_ % 8 == 0) in_ = 0;
  for (unsigned line = 0; line < phase_.lines; ++line) {
    const unsigned place = spi2::place_of(bit_ % 8, line, phase_.lines, active_.receives_lsb_first());
    const std::uint32_t level = line_level(input_line(line)) ? 1 : 0;
    in_ = static_cast<std::uint8_t>(in_ | level << place);
  }
  if (bit_ % 8 + phase_.lines == 8) store_byte();
}

// A single line receives on Q, with SIO = 1 on D.
unsigned Spi2::input_line(unsigned line) const {
  if (phase_.lines == 1) return regs::User::sio.get(active_.user) != 0 ? 0 : 1;
  return phase_.lines == 4 && active_.swaps_inputs() ? line ^ 1u : line;
}

// ---- Bytes to send ----

bool Spi2::load_byte() {
  const std::uint32_t index = bit_ / 8;
  switch (phase_.kind) {
    case PhaseKind::command:  // bits 7:0 of the value first, then 15:8
      out_ = static_cast<std::uint8_t>(regs::User2::usr_command_value.get(active_.user2) >> (8 * index));
      return true;
    case PhaseKind::address:  // from the top of the register
      out_ = static_cast<std::uint8_t>(active_.address >> (24 - 8 * index));
      return true;
    case PhaseKind::dummy:
      return true;
    case PhaseKind::data:
      break;
  }
  if (active_.sends_by_dma()) return load_byte_from_dma();
  out_ = buffer_byte(index, regs::User::usr_mosi_highpart.get(active_.user) != 0);
  return true;
}

// The AFIFO asks GDMA for a byte when the transfer begins and whenever it has handed one on, never for more
// than the transfer needs.
void Spi2::prime_from_dma() {
  if (segmented_) {  // since CONF, which used the same list, there was no time yet
    if (!ahead_ && dma_.available() > 0) ahead_ = dma_.pop();
    return;
  }
  if (!ahead_) ahead_ = dma_.pop();
  missed_first_ = !ahead_;
  if (missed_first_) report_empty();
}

// An empty AFIFO: with MST_REMPTY_ERR_END_EN (1 after reset) the transfer ends, without it the last byte goes
// out again.
bool Spi2::load_byte_from_dma() {
  if (missed_first_) {
    missed_first_ = false;
    return !ends_when_empty();
  }
  if (!ahead_) ahead_ = dma_.pop();
  if (!ahead_) {
    report_empty();
    return !ends_when_empty();
  }
  out_ = *ahead_;
  ahead_.reset();
  if (bit_ + 8 < phase_.bits) ahead_ = dma_.pop();
  return true;
}

bool Spi2::ends_when_empty() const { return regs::User2::mst_rempty_err_end_en.get(active_.user2) != 0; }

void Spi2::report_empty() {
  raise(regs::DmaIntRaw::dma_outfifo_empty_err_int_raw.mask |
        regs::DmaIntRaw::mst_tx_afifo_rempty_err_int_raw.mask);
}

// ---- Received bytes ----

void Spi2::store_byte() {
  if (!active_.receives_by_dma()) {
    set_buffer_byte(bit_ / 8, regs::User::usr_miso_highpart.get(active_.user) != 0, in_);
    return;
  }
  drain_to_dma();
  if (received_.full()) {  // the byte is lost
    raise(regs::DmaIntRaw::dma_infifo_full_err_int_raw.mask |
          regs::DmaIntRaw::mst_rx_afifo_wfull_err_int_raw.mask);
    end_requested_ = regs::User1::mst_wfull_err_end_en.get(active_.user1) != 0;
    return;
  }
  received_.push(in_);
  drain_to_dma();
}

void Spi2::drain_to_dma() {
  while (!received_.empty() && dma_.push(received_.front())) received_.pop();
}

// ---- W0…W15 ----

// 64 bytes, or with HIGHPART the upper 32 of them; a longer transfer goes round.
namespace {

std::uint32_t place_in_buffer(std::uint32_t index, bool high_part) {
  return high_part ? 32 + index % 32 : index % 64;
}

}  // namespace

std::uint8_t Spi2::buffer_byte(std::uint32_t index, bool high_part) const {
  const std::uint32_t place = place_in_buffer(index, high_part);
  return static_cast<std::uint8_t>(registers_.word<regs::W>(place / 4) >> (8 * (place % 4)));
}

void Spi2::set_buffer_byte(std::uint32_t index, bool high_part, std::uint8_t byte) {
  const std::uint32_t place = place_in_buffer(index, high_part);
  const unsigned shift = 8 * (place % 4);
  std::uint32_t& word = registers_.word<regs::W>(place / 4);
  word = (word & ~(0xFFu << shift)) | std::uint32_t{byte} << shift;
}

}  // namespace ferry::board

#include "tests/board/watch_model/program.hpp"

#include "chip/esp32c3/interrupts.hpp"
#include "chip/esp32c3/signals.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace ferry::board::watch::random {

// The five interrupts share one handler, which turns them all off and goes back.
void Assembler::begin() {
  using namespace test::assemble;
  constexpr unsigned vectors = 64, table = 32, handler = 20;
  put(jal(zero, 4 * (vectors + table + handler)));
  words_.resize(vectors, nop);
  for (unsigned line = 0; line < table; ++line) put(jal(zero, static_cast<int>(4 * (table - line))));
  constant(t5, dma);
  for (unsigned channel = 0; channel < 3; ++channel)
    put(sw(zero, static_cast<int>(place<chip::dma::IntEna>(channel)), t5));
  constant(t6, spi);
  put(sw(zero, place<chip::spi2::DmaIntEna>(), t6));
  constant(t6, sha);
  put(sw(zero, place<chip::sha::IrqEna>(), t6));
  constant(t5, matrix);
  put(addi(t6, zero, -1));
  put(sw(t6, chip::interrupt_core0::CpuIntClear::offset, t5));
  put(sw(zero, chip::interrupt_core0::CpuIntClear::offset, t5));
  put(mret);
  words_.resize(vectors + table + handler, nop);

  constant(sp, stack_top);
  constant(t0, code + 4 * vectors + 1);
  put(csrrw(zero, mtvec, t0));
  const auto route = [&](chip::InterruptSource source, std::uint32_t line) {
    store(matrix + 4 * static_cast<std::uint32_t>(source), line);
    store(matrix + chip::interrupt_core0::CpuIntPri::offset + 4 * line, 1);
  };
  route(chip::InterruptSource::dma_channel0, line_of_channel0);
  route(chip::InterruptSource::dma_channel1, line_of_channel0 + 1);
  route(chip::InterruptSource::dma_channel2, line_of_channel0 + 2);
  route(chip::InterruptSource::spi2, line_of_spi);
  route(chip::InterruptSource::sha, line_of_sha);
  store(matrix + chip::interrupt_core0::CpuIntType::offset, (schedule_->modes & 1024) != 0 ? 0b111110 : 0);
  store(matrix + chip::interrupt_core0::CpuIntThresh::offset, 1);
  store(matrix + chip::interrupt_core0::CpuIntEnable::offset, 0b111110);
  allow_interrupts(true);

  using namespace chip::system;
  store(system + PeripClkEn1::offset, PeripClkEn1::dma_clk_en.mask | PeripClkEn1::crypto_sha_clk_en.mask);
  store(system + PeripRstEn1::offset, 0);
  store(system + PeripClkEn0::offset, PeripClkEn0::reset | PeripClkEn0::spi2_clk_en.mask);
  store(system + PeripRstEn0::offset, 0);
  begin_sha();
  store(dma + chip::dma::MiscConf::offset, chip::dma::MiscConf::clk_en.mask);
  for (unsigned channel = 0; channel < 3; ++channel) connect(channel);
  begin_spi();
}

void Assembler::begin_spi() {
  using namespace chip::spi2;
  store(spi + ClkGate::offset, ClkGate::clk_en.mask | ClkGate::mst_clk_active.mask);
  store(spi + Slave::offset, 0);
  store(spi + Clock::offset, (schedule_->modes & 1) != 0 ? 1u << 31 : 3u << 12 | 1u << 6 | 3);
}

void Assembler::end() {
  using namespace test::assemble;
  allow_interrupts(false);
  store(console, 0x2'0026);  // ADP_Stopped_ApplicationExit
  store(console + 4, 0);
  constant(a0, 0x20);  // SYS_EXIT_EXTENDED
  constant(a1, console);
  for (const std::uint32_t word : {0x01F0'1013u, ebreak, 0x4070'5013u}) put(word);
}

Image Assembler::image() {
  Segment segment{.address = code, .bytes = {}, .memory_size = 0, .executable = true};
  for (const std::uint32_t word : words_)
    for (unsigned shift = 0; shift < 32; shift += 8)
      segment.bytes.push_back(static_cast<std::byte>(word >> shift));
  segment.memory_size = static_cast<std::uint32_t>(segment.bytes.size());
  Image result;
  result.entry = code;
  result.segments.push_back(std::move(segment));
  return result;
}

// Who copies memory needs a peripheral's number, too; the last one takes SPI2's away.
std::uint32_t Assembler::peripheral(unsigned role) {
  using enum chip::DmaPeripheral;
  constexpr std::array numbers{spi2, uhci0, i2s0, spi2, sha};
  return static_cast<std::uint32_t>(numbers[role % numbers.size()]);
}

std::uint32_t Assembler::in_conf0(unsigned channel) const {
  using namespace chip::dma;
  const unsigned modes = schedule_->modes >> (1 + 3 * channel);
  return (is_for_spi(channel) || is_for_sha(channel) ? 0 : InConf0::mem_trans_en.mask) |
         ((modes & 7) == 7 ? InConf0::in_data_burst_en.mask : 0);
}

void Assembler::connect(unsigned channel) {
  using namespace chip::dma;
  const unsigned modes = schedule_->modes >> (1 + 3 * channel);
  store(dma + place<InPeriSel>(channel), peripheral(schedule_->roles[channel]));
  store(dma + place<OutPeriSel>(channel), peripheral(schedule_->roles[channel]));
  store(dma + place<InConf0>(channel), in_conf0(channel));
  store(dma + place<OutConf0>(channel),
        OutConf0::out_eof_mode.mask | ((modes & 1) != 0 ? OutConf0::out_auto_wrback.mask : 0));
  store(dma + place<InConf1>(channel), (modes & 2) != 0 ? InConf1::in_check_owner.mask : 0);
  store(dma + place<OutConf1>(channel), (modes & 2) != 0 ? OutConf1::out_check_owner.mask : 0);
}

void Assembler::put_descriptor(std::uint32_t address, std::uint32_t word0, std::uint32_t buffer,
                               std::uint32_t next) {
  store(address, word0);
  store(address + 4, buffer);
  store(address + 8, next);
}

// `flags` decide what is out of the ordinary about a list; most are not.
void Assembler::compose(unsigned half, unsigned count, unsigned length, unsigned flags) {
  compose_exactly(half, 1 + count % longest_list, 1 + length % longest_piece, flags);
}

void Assembler::compose_exactly(unsigned half, unsigned count, unsigned length, unsigned flags) {
  constexpr std::uint32_t owner = 1u << 31, suc_eof = 1u << 30;
  for (unsigned index = 0; index < count; ++index) {
    const bool last = index + 1 == count;
    const unsigned elsewhere = (flags >> 4) % halves;
    const bool shares = flags % 8 == 1, is_in_flash = last && flags % 64 == 2, is_ring = flags % 16 == 3;
    std::uint32_t buffer = area_of(shares ? elsewhere : half) + 64 * index + (flags >> 8) % 5;
    if (is_in_flash) buffer = 0x3C00'0000;
    std::uint32_t word0 = owner | length;
    if (!receives(half)) word0 |= length << 12 | (last && flags % 16 != 4 ? suc_eof : 0);
    if (!receives(half) && flags % 8 == 5) word0 |= suc_eof;
    if (receives(half) && flags % 8 == 6) word0 |= (length / 2) << 12;
    if (last && flags % 16 == 7) word0 &= ~owner;
    const std::uint32_t next = !last ? descriptor_of(half, index + 1) : is_ring ? list_of(half) : 0;
    put_descriptor(descriptor_of(half, index), word0, buffer, next);
  }
}

void Assembler::push_frame() {
  if (frames_ == most_frames) return;
  ++frames_;
  put(test::assemble::addi(sp, sp, -static_cast<int>(frame_bytes)));
}

// One descriptor, whose buffer is in the function's frame.
void Assembler::compose_on_stack(unsigned half, unsigned length) {
  length = 1 + length % longest_piece;
  if (frames_ == 0) push_frame();
  put_descriptor(list_of(half), 3u << 30 | length << 12 | length, stack_top - frames_ * frame_bytes, 0);
}

void Assembler::link(unsigned half, std::uint32_t in_bit, std::uint32_t out_bit, unsigned first) {
  using namespace chip::dma;
  const std::uint32_t address = descriptor_of(half, first) & 0xF'FFFF;
  store(dma + (receives(half) ? place<InLink>(half / 2) : place<OutLink>(half / 2)),
        address | (receives(half) ? in_bit | InLink::inlink_auto_ret.mask : out_bit));
}
void Assembler::start(unsigned half, unsigned first) {
  link(half, chip::dma::InLink::inlink_start.mask, chip::dma::OutLink::outlink_start.mask, first);
}

// All of a half's buffers, line by line, so that no line is left half written.
void Assembler::fill(unsigned half) {
  constant(t0, area_of(half));
  for (std::uint32_t byte = 0; byte < area_bytes; byte += 4)
    put(test::assemble::sw(t0, static_cast<int>(byte), t0));
}

void Assembler::set_up_spi(std::uint32_t length, bool sends, bool receives) {
  using namespace chip::spi2;
  store(spi + Slave::offset, 0);
  store(spi + User::offset, (sends ? User::usr_mosi.mask : 0) | (receives ? User::usr_miso.mask : 0) |
                                (sends && receives ? User::doutdin.mask : 0));
  store(spi + MsDlen::offset, 8 * length - 1);
  store(spi + DmaConf::offset, (sends ? DmaConf::dma_tx_ena.mask : 0) |
                                   (receives ? DmaConf::dma_rx_ena.mask : 0) | DmaConf::dma_afifo_rst.mask |
                                   DmaConf::rx_afifo_rst.mask | DmaConf::buf_afifo_rst.mask);
  store(spi + Cmd::offset, Cmd::update.mask);
  wait(4);
}

void Assembler::transfer(const Step& step) {
  using namespace chip::dma;
  const unsigned channel = step.half / 2, in = 2 * channel, out = in + 1;
  if (is_for_sha(channel)) return hash(step);
  const unsigned count = 1 + step.numbers[0] % longest_list, length = 1 + step.numbers[1] % longest_piece;
  const bool spi_too = is_for_spi(channel);
  const bool sends = !spi_too || step.numbers[2] % 4 != 1, takes = !spi_too || step.numbers[2] % 4 != 2;
  if (step.numbers[2] % 16 != 4 && sends) fill(out);
  if (takes) compose(in, count - 1, length - 1, step.numbers[3]);
  if (sends) compose(out, count - 1, length - 1, step.numbers[3] >> 3);
  if (step.numbers[2] % 8 == 3) compose_on_stack(takes ? in : out, length - 1);
  if (step.numbers[2] % 8 != 5) store(dma + place<IntClr>(channel), 0x1FFF);
  if (spi_too) set_up_spi(count * length, sends, takes);
  if (takes) start(in);
  if (sends) start(out);
  if (!spi_too) return;
  if (sends && step.numbers[2] % 16 != 6)
    wait_for(dma + place<OutfifoStatus>(channel), OutfifoStatus::outfifo_empty.mask, false, 100);
  store(spi + chip::spi2::Cmd::offset, chip::spi2::Cmd::usr.mask);
}

void Assembler::slave_transfer(const Step& step) {
  const unsigned in = step.half / 2 * 2, out = in + 1;
  const unsigned count = 1 + step.numbers[0] % longest_list, length = 1 + step.numbers[1] % longest_piece;
  const bool takes = step.numbers[2] % 4 != 1, sends = step.numbers[2] % 4 != 2;
  if (sends) fill(out);
  if (takes) compose(in, count - 1, length - 1, step.numbers[3]);
  if (sends) compose(out, count - 1, length - 1, step.numbers[3] >> 3);
  be_slave(true);
  if (takes) start(in);
  if (sends) start(out);
  if (step.numbers[2] % 3 == 0) store(spi + chip::spi2::Cmd::offset, chip::spi2::Cmd::usr.mask);
  if (step.numbers[2] % 5 != 0) clock_slave(count * length);
}

// A list that comes round, and one of its descriptors given back as soon as it has come back.
void Assembler::ring(const Step& step) {
  constexpr unsigned is_ring = 3, rounds = 3;
  const unsigned length = 1 + step.numbers[1] % longest_piece, index = step.numbers[0] % longest_list;
  if (!receives(step.half)) fill(step.half);
  compose(step.half, longest_list - 1, length - 1, is_ring);
  set_up_spi(rounds * longest_list * length, !receives(step.half), receives(step.half));
  start(step.half);
  wait(20);
  store(spi + chip::spi2::Cmd::offset, chip::spi2::Cmd::usr.mask);
  wait_for(descriptor_of(step.half, index), 1u << 31, false, 1 + step.numbers[2] % 256);
  give_back(step, index, step.numbers[2] % 2 == 0);
}

// One descriptor, which may have come back, to another one, which may be a new one; or to nothing.
void Assembler::relink(unsigned half, unsigned from, unsigned to, unsigned how) {
  constexpr unsigned count = list_bytes / 16, length = 16;
  from %= count, to %= count + 1;
  if (how % 3 == 0 && to < count)
    put_descriptor(descriptor_of(half, to),
                   (how % 4 != 1 ? 1u << 31 : 0) | (receives(half) ? 0 : length << 12) | length,
                   area_of(half) + 64 * to, how % 5 == 0 ? 0 : descriptor_of(half, how / 16 % count));
  if (how % 7 != 0) load(descriptor_of(half, from));
  constexpr unsigned word = 2, half_word = 1;
  const std::uint32_t next = to == count ? 0 : descriptor_of(half, to);
  constant(t0, descriptor_of(half, from) + 8);
  constant(t1, next);
  put(test::assemble::store(how % 11 == 0 ? half_word : word, t1, 0, t0));
}

void Assembler::ring_again(const Step& step) {
  ring(step);
  unsigned how = step.numbers[2] ^ step.numbers[3] << 12;
  for (unsigned times = 1 + step.numbers[3] % 5; times != 0; --times) {
    relink(step.half, how, how >> 3, how >> 6);
    how = how >> 5 | how << 19;
    if (how % 3 == 0) give_back(step, how / 3 % 4, false);
    if (how % 4 == 0) load(area_of(step.half) + 64 * (how / 4 % 4));
    wait(1 + how % 32);
  }
}

// A further descriptor, and perhaps one behind it, to a list of `numbers[0]`.
void Assembler::append(const Step& step) {
  const unsigned half = step.half, tail = step.numbers[0] % (longest_list - 1);
  const std::uint32_t length = 1 + step.numbers[1] % longest_piece;
  for (unsigned index = tail + 1; index < longest_list; ++index)
    put_descriptor(descriptor_of(half, index), 3u << 30 | (receives(half) ? 0 : length << 12) | length,
                   area_of(half) + 64 * index,
                   index + 1 < longest_list && step.numbers[2] % 2 == 0 ? descriptor_of(half, index + 1) : 0);
  store(descriptor_of(half, tail) + 8, descriptor_of(half, tail + 1));
}

// The engine may come to what is added by itself, or be told: of each descriptor, or of both together.
void Assembler::grow(const Step& step) {
  using namespace chip::dma;
  constexpr unsigned before = 2, after = 4;
  const unsigned half = step.half, other = half ^ 1u, channel = half / 2;
  const unsigned length = 1 + step.numbers[1] % longest_piece;
  fill(2 * channel + 1);
  compose_exactly(half, before, length, 0);
  compose_exactly(other, after, length, 0);
  if (is_for_spi(channel)) set_up_spi(after * length, true, true);
  start(other);
  start(half);
  if (is_for_spi(channel)) {
    wait(20);
    store(spi + chip::spi2::Cmd::offset, chip::spi2::Cmd::usr.mask);
  }
  for (unsigned index = before; index < after; ++index) {
    put_descriptor(descriptor_of(half, index), 3u << 30 | (receives(half) ? 0 : length << 12) | length,
                   area_of(half) + 64 * index, 0);
    store(descriptor_of(half, index - 1) + 8, descriptor_of(half, index));
    if ((step.numbers[2] >> index & 1) != 0)
      link(half, InLink::inlink_restart.mask, OutLink::outlink_restart.mask);
    wait(1 + (step.numbers[3] >> 6 * (index - before)) % 64);
  }
  if (step.numbers[2] % 4 != 1) link(half, InLink::inlink_restart.mask, OutLink::outlink_restart.mask);
}

void Assembler::stop_and_wait(const Step& step) {
  using namespace chip::dma;
  link(step.half, InLink::inlink_stop.mask, OutLink::outlink_stop.mask);
  wait_for(dma + (receives(step.half) ? place<InLink>(step.half / 2) : place<OutLink>(step.half / 2)),
           receives(step.half) ? InLink::inlink_park.mask : OutLink::outlink_park.mask, true,
           1 + step.numbers[0] % 64);
  if (step.numbers[1] % 3 != 0) return;
  link(step.half, InLink::inlink_restart.mask, OutLink::outlink_restart.mask);
  store(area_of(step.half) + 64 * (step.numbers[2] % longest_list), step.numbers[3]);
}

// Of a half's buffers, by either bus.
void Assembler::access(const Step& step, bool writes) {
  const unsigned function = step.numbers[1] % 3;
  const bool in_list = writes && step.numbers[2] % 8 == 1;
  const std::uint32_t size = in_list ? list_bytes : area_bytes;
  std::uint32_t address = (in_list ? list_of(step.half) : area_of(step.half)) + step.numbers[0] % size;
  address &= ~((1u << function) - 1);
  if (function == 2 && step.numbers[2] % 4 == 2) address += 0x70'0000;
  constant(t0, address);
  constant(t1, step.numbers[3]);
  put(writes ? test::assemble::store(function, t1, 0, t0) : test::assemble::load(function, t1, 0, t0));
}

// Of status bits, some of which may rise while no interrupt is taken.
void Assembler::clear(std::uint32_t address, std::uint32_t bits, unsigned how) {
  const bool held = how % 3 == 0;
  if (held) {
    allow_interrupts(false);
    wait(1 + how % 256);
  }
  store(address, bits);
  if (held) allow_interrupts(true);
}

// Of interrupts that would be taken otherwise, perhaps although what has raised them is cleared.
void Assembler::clear_edges(unsigned how) {
  allow_interrupts(false);
  wait(1 + how % 256);
  if (how % 2 == 0)
    for (unsigned channel = 0; channel < 3; ++channel) store(dma + place<chip::dma::IntClr>(channel), 0x1FFF);
  store(matrix + chip::interrupt_core0::CpuIntClear::offset, ~0u);
  store(matrix + chip::interrupt_core0::CpuIntClear::offset, 0);
  allow_interrupts(true);
}

// No interrupt between the announcement and what it announces; and what the engine has done by then is to be
// known, for which a register is read.
void Assembler::pop_frames(unsigned count) {
  count = std::min(count, frames_);
  if (count == 0) return;
  allow_interrupts(false);
  load(system + chip::system::PeripClkEn1::offset);
  constant(t0, announced + 4 * count);
  put(test::assemble::sw(zero, 0, t0));
  put(test::assemble::addi(sp, sp, static_cast<int>(count * frame_bytes)));
  allow_interrupts(true);
  frames_ -= count;
}

// An interrupt's handler could not turn it off meanwhile.
void Assembler::gate(const Step& step) {
  using namespace chip::system;
  using chip::spi2::ClkGate;
  constexpr std::uint32_t spi_start = chip::spi2::Cmd::usr.mask,
                          spi_clocks = ClkGate::clk_en.mask | ClkGate::mst_clk_active.mask;
  constexpr std::array shut{0u, ClkGate::clk_en.mask, ClkGate::mst_clk_active.mask};
  allow_interrupts(false);
  constexpr std::uint32_t all_of_clk_en1 = PeripClkEn1::dma_clk_en.mask | PeripClkEn1::crypto_sha_clk_en.mask;
  switch (step.numbers[0] % 8) {
    case 7:
      store(system + PeripRstEn0::offset, PeripRstEn0::spi2_rst.mask);
      store(system + PeripRstEn0::offset, 0);
      begin_spi();
      break;
    case 6:
      store(system + PeripRstEn1::offset, PeripRstEn1::crypto_sha_rst.mask);
      store(system + PeripRstEn1::offset, 0);
      begin_sha();
      break;
    case 0:
      store(system + PeripRstEn1::offset, PeripRstEn1::dma_rst.mask);
      store(system + PeripRstEn1::offset, 0);
      for (unsigned channel = 0; channel < 3; ++channel) connect(channel);
      break;
    case 1:
      store(system + PeripClkEn0::offset, PeripClkEn0::reset & ~PeripClkEn0::spi2_clk_en.mask);
      if (step.numbers[1] % 3 == 0) store(spi + chip::spi2::Cmd::offset, spi_start);
      store(system + PeripClkEn0::offset, PeripClkEn0::reset | PeripClkEn0::spi2_clk_en.mask);
      break;
    case 2:
    case 3:
      store(spi + ClkGate::offset, shut[step.numbers[1] % shut.size()]);
      if (step.numbers[2] % 3 == 0) store(spi + chip::spi2::Cmd::offset, spi_start);
      store(spi + ClkGate::offset, spi_clocks);
      break;
    default:
      store(system + PeripClkEn1::offset, PeripClkEn1::crypto_sha_clk_en.mask);
      if (step.numbers[1] % 3 == 0) start(step.half);
      if (step.numbers[1] % 3 == 1) store(dma + place<chip::dma::IntClr>(step.half / 2), 0x1FFF);
      store(system + PeripClkEn1::offset, all_of_clk_en1);
  }
  allow_interrupts(true);
}

// Of a descriptor that is handed back with this word alone, as rings do.
std::uint32_t Assembler::first_word(const Step& step) const {
  const std::uint32_t length = 1 + step.numbers[1] % longest_piece;
  return 1u << 31 | (receives(step.half) ? 0 : length << 12) | length;
}

void Assembler::give_back(const Step& step, unsigned index, bool by_rom) {
  if (!by_rom) return store(descriptor_of(step.half, index), first_word(step));
  store(draft, first_word(step));
  constant(a0, descriptor_of(step.half, index));
  constant(a1, draft);
  constant(a2, 4);
  constant(t0, memcpy_in_rom);
  put(test::assemble::jalr(ra, t0, 0));
}

// Full duplex in mode 0, with both of the matrix's constants as lines: nobody has selected it.
void Assembler::be_slave(bool slave) {
  using namespace chip::spi2;
  set_input(chip::signal::fspics0, true);
  set_input(chip::signal::fspiclk, false);
  store(spi + chip::spi2::Slave::offset, slave ? chip::spi2::Slave::mode.mask : 0);
  if (!slave) return;
  store(spi + User::offset, User::doutdin.mask);
  store(spi + DmaConf::offset, DmaConf::dma_tx_ena.mask | DmaConf::dma_rx_ena.mask |
                                   DmaConf::dma_afifo_rst.mask | DmaConf::rx_afifo_rst.mask |
                                   DmaConf::buf_afifo_rst.mask);
}

void Assembler::set_input(std::uint32_t signal, bool level) {
  using chip::gpio::FuncInSelCfg;
  constexpr std::uint32_t high = 0x1E, low = 0x1F;
  store(gpio + place<FuncInSelCfg>(signal), FuncInSelCfg::sel.mask | (level ? high : low));
}

void Assembler::clock_slave(unsigned bytes) {
  using chip::gpio::FuncInSelCfg;
  constexpr std::uint32_t high = 0x1E, low = 0x1F;
  set_input(chip::signal::fspics0, false);
  if (bytes != 0) {
    constant(t0, gpio + place<FuncInSelCfg>(chip::signal::fspiclk));
    constant(t1, FuncInSelCfg::sel.mask | high);
    constant(t2, FuncInSelCfg::sel.mask | low);
    constant(a0, 8 * bytes);
    put(test::assemble::sw(t1, 0, t0));
    put(test::assemble::sw(t2, 0, t0));
    put(test::assemble::addi(a0, a0, -1));
    put(test::assemble::bne(a0, zero, -12));
  }
  set_input(chip::signal::fspics0, true);
}

void Assembler::add(const Step& step) {
  using namespace chip::dma;
  const unsigned half = step.half, channel = half / 2;
  const auto& numbers = step.numbers;
  constexpr std::array<std::uint32_t, 4> bits{0x1FFF, IntRaw::in_suc_eof.mask | IntRaw::out_total_eof.mask,
                                              IntRaw::in_done.mask | IntRaw::out_done.mask,
                                              IntRaw::out_eof.mask | IntRaw::in_suc_eof.mask};
  using SpiEna = chip::spi2::DmaIntEna;
  constexpr std::array<std::uint32_t, 4> ends_of_spi{
      0, SpiEna::trans_done_int_ena.mask, SpiEna::dma_seg_trans_done_int_ena.mask,
      SpiEna::trans_done_int_ena.mask | SpiEna::dma_seg_trans_done_int_ena.mask};
  switch (step.kind) {
    case Kind::transfer:
      return transfer(step);
    case Kind::compose:
      return compose(half, numbers[0], numbers[1], numbers[3]);
    case Kind::compose_on_stack:
      return compose_on_stack(half, numbers[1]);
    case Kind::start:
      return start(half, numbers[0] % 4 == 1 ? 1 : 0);
    case Kind::append:
      return append(step);
    case Kind::grow:
      return grow(step);
    case Kind::relink:
      return relink(half, numbers[0], numbers[1], numbers[2]);
    case Kind::ring_again:
      return ring_again(step);
    case Kind::restart:
      return link(half, InLink::inlink_restart.mask, OutLink::outlink_restart.mask);
    case Kind::stop:
      return link(half, InLink::inlink_stop.mask, OutLink::outlink_stop.mask);
    case Kind::stop_and_wait:
      return stop_and_wait(step);
    case Kind::read_link:
      return load(dma + (receives(half) ? place<InLink>(channel) : place<OutLink>(channel)));
    case Kind::read_state:
      return load(dma + (receives(half) ? place<InState>(channel) : place<OutState>(channel)));
    case Kind::reset: {
      const std::uint32_t address =
          dma + (receives(half) ? place<InConf0>(channel) : place<OutConf0>(channel));
      constant(t0, address);
      put(test::assemble::lw(t1, 0, t0));
      put(test::assemble::i(0x13, 6, t2, t1, 1));  // ori
      put(test::assemble::sw(t2, 0, t0));
      return put(test::assemble::sw(t1, 0, t0));
    }
    case Kind::read_raw:
      return load(dma + place<IntRaw>(channel));
    case Kind::read_status:
      return load(dma + place<IntSt>(channel));
    case Kind::wait_for_raw:
      return wait_for(dma + place<IntRaw>(channel), bits[numbers[0] % bits.size()], true,
                      1 + numbers[1] % 200);
    case Kind::clear:
      return clear(dma + place<IntClr>(channel), bits[numbers[0] % bits.size()], numbers[1]);
    case Kind::enable_interrupts:
      store(dma + place<IntEna>(channel), bits[numbers[0] % bits.size()]);
      store(sha + chip::sha::IrqEna::offset, numbers[2] % 2);
      return store(spi + chip::spi2::DmaIntEna::offset, ends_of_spi[numbers[1] % ends_of_spi.size()]);
    case Kind::select:
      return store(dma + (receives(half) ? place<InPeriSel>(channel) : place<OutPeriSel>(channel)),
                   peripheral(numbers[0]));
    case Kind::set_up_spi:
      return set_up_spi(1 + numbers[0] % (2 * longest_piece), numbers[1] % 3 != 0, numbers[1] % 3 != 1);
    case Kind::start_spi:
      return store(spi + chip::spi2::Cmd::offset, chip::spi2::Cmd::usr.mask);
    case Kind::read_spi: {
      constexpr std::array<std::uint32_t, 3> places{chip::spi2::DmaIntRaw::offset,
                                                    chip::spi2::DmaIntSt::offset, chip::spi2::Cmd::offset};
      return load(spi + places[numbers[0] % places.size()]);
    }
    case Kind::clear_spi:
      return clear(spi + chip::spi2::DmaIntClr::offset, ~0u, numbers[1]);
    case Kind::wait:
      return wait(1 + numbers[0] % (1u << numbers[1] % 12));
    case Kind::load:
      return access(step, false);
    case Kind::store:
      return access(step, true);
    case Kind::fill:
      return fill(half);
    case Kind::read_owner:
      constant(t0, descriptor_of(half, numbers[0] % longest_list));
      return put(numbers[1] % 2 == 0 ? test::assemble::lw(t1, 0, t0) : test::assemble::lbu(t1, 3, t0));
    case Kind::hand_back:
      return give_back(step, numbers[0] % longest_list, numbers[2] % 2 == 0);
    case Kind::ring:
      return ring(step);
    case Kind::change_mode:
      return store(dma + place<InConf0>(channel),
                   in_conf0(channel) ^ (numbers[0] % 2 == 0 ? 0 : InConf0::mem_trans_en.mask));
    case Kind::be_slave:
      return be_slave(numbers[0] % 3 != 0);
    case Kind::clock_slave:
      return clock_slave(numbers[0] % longest_piece);
    case Kind::segments:
      return segments(step);
    case Kind::hash:
      return hash(step);
    case Kind::ask_sha:
      return ask_sha(numbers[0] % 2 == 0);
    case Kind::read_sha:
      return load(sha + chip::sha::Busy::offset);
    case Kind::clear_sha:
      return clear(sha + chip::sha::ClearIrq::offset, 1, numbers[1]);
    case Kind::clear_edges:
      return clear_edges(numbers[0]);
    case Kind::read_narrow:
      return read_narrow(step);
    case Kind::slave_transfer:
      return slave_transfer(step);
    case Kind::on_purpose:
      constant(t0, area_of(half) + numbers[0] % area_bytes);
      put(test::assemble::lb(zero, 0, t0));
      return put(0x5A50'7013);  // andi zero, zero, 0x5A5
    case Kind::push_frame:
      return push_frame();
    case Kind::pop_frames:
      return pop_frames(1 + numbers[0] % most_frames);
    case Kind::gate:
      return gate(step);
    case Kind::count:
      return;
  }
}

}  // namespace ferry::board::watch::random

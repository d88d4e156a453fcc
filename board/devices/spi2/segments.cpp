// Configurable segmented transfers (manual, 27.5.8.5): before each transaction the CONF state takes new
// register values from the DMA list that also holds the data. The first word says which registers follow.
#include "board/devices/spi2/spi2.hpp"
#include "chip/esp32c3/registers/spi2.hpp"

#include <bit>

namespace ferry::board {

namespace regs = chip::spi2;

namespace {

constexpr unsigned conf_word_bytes = 4;
// The manual gives the time that chip select is high as CONF_BITLEN + 5 APB cycles.
constexpr unsigned conf_overhead = 5;

struct ConfRegister {
  std::uint32_t offset;
  std::uint32_t spi2::Configuration::* copy;  // the engine's, where it has one
};

// Table 27.5-8: the registers in the order of their bits in the first word. Bit 14, which ESP-IDF sets too,
// has none.
constexpr ConfRegister conf_registers[] = {
    {regs::Addr::offset, &spi2::Configuration::address},
    {regs::Ctrl::offset, &spi2::Configuration::control},
    {regs::Clock::offset, &spi2::Configuration::clock},
    {regs::User::offset, &spi2::Configuration::user},
    {regs::User1::offset, &spi2::Configuration::user1},
    {regs::User2::offset, &spi2::Configuration::user2},
    {regs::MsDlen::offset, &spi2::Configuration::length},
    {regs::Misc::offset, &spi2::Configuration::misc},
    {regs::DinMode::offset, &spi2::Configuration::din_mode},
    {regs::DinNum::offset, &spi2::Configuration::din_num},
    {regs::DoutMode::offset, &spi2::Configuration::dout_mode},
    {regs::DmaConf::offset, &spi2::Configuration::dma},
    {regs::DmaIntEna::offset, nullptr},
    {regs::DmaIntClr::offset, nullptr},
};
constexpr std::uint32_t conf_map = (1u << std::size(conf_registers)) - 1;
constexpr unsigned magic_shift = 28;

}  // namespace

void Spi2::begin_configuration() {
  tell_phase("conf");
  conf_over_ = timeline_.now() + (registers_.get(regs::Cmd::conf_bitlen) + conf_overhead) * clocks_.apb();
  conf_left_.reset();
  state_ = State::configuring;
  if (dma_.available() >= conf_word_bytes) step_.after(clocks_.apb());  // else when the data arrive
}

void Spi2::dma_data_arrived() {
  if (state_ != State::configuring || step_.pending() || frozen_ || dma_.available() < conf_word_bytes)
    return;
  step_.after(clocks_.apb());
}

// One word an APB period. The state lasts as long as CONF_BITLEN says, or as its words need.
void Spi2::take_configuration_word() {
  if (source_period() == 0) {
    frozen_ = 0;
    return explain_missing_clock();
  }
  if (dma_.available() < conf_word_bytes) return;
  std::uint32_t word = 0;
  for (unsigned byte = 0; byte < conf_word_bytes; ++byte)
    word |= std::uint32_t{dma_.pop().value_or(0)} << (8 * byte);
  if (!conf_left_) {
    if (word >> magic_shift != registers_.get(regs::Slave::dma_seg_magic_value)) return end_without_magic();
    conf_left_ = word & conf_map;
  } else {
    const ConfRegister& target = conf_registers[std::countr_zero(*conf_left_)];
    *conf_left_ &= *conf_left_ - 1;
    write(target.offset, word);
    if (target.copy != nullptr) active_.*target.copy = registers_.load(target.offset);
  }
  if (*conf_left_ == 0) {
    state_ = State::configured;
    return step_.at(conf_over_);
  }
  if (dma_.available() >= conf_word_bytes) step_.after(clocks_.apb());
}

// The transfer ends at once.
void Spi2::end_without_magic() {
  state_ = State::idle;
  registers_.set(regs::Cmd::usr, 0);
  raise(regs::DmaIntRaw::seg_magic_err_int_raw.mask);
  end_segments();
  tell_phase("idle");
}

// DMA_SEG_TRANS_DONE also says that all received data are in memory.
void Spi2::end_segments() {
  segmented_ = false;
  raise_segments_done(regs::DmaConf::rx_eof_en.get(active_.dma) == 0 && end_frame());
}

void Spi2::raise_segments_done(bool when_stored) {
  seg_done_waits_ = when_stored;
  if (!when_stored) raise(regs::DmaIntRaw::dma_seg_trans_done_int_raw.mask);
}

void Spi2::dma_frame_stored() {
  if (!seg_done_waits_) return;
  seg_done_waits_ = false;
  raise(regs::DmaIntRaw::dma_seg_trans_done_int_raw.mask);
}

}  // namespace ferry::board

// What each address of SPI2 does.
#include "board/devices/spi2/spi2.hpp"
#include "chip/esp32c3/registers/spi2.hpp"

#include <string>

namespace ferry::board {

namespace regs = chip::spi2;

std::uint32_t Spi2::read(std::uint32_t offset) {
  // A driver that waits here for a PLL which has come up meanwhile shall see the transfer go on.
  if (offset == regs::Cmd::offset && !pure(offset)) clocks_changed();
  if (offset == regs::DmaIntSt::offset)
    return registers_.word<regs::DmaIntRaw>() & registers_.word<regs::DmaIntEna>();
  return registers_.load(offset);
}

bool Spi2::pure(std::uint32_t offset) const {
  const bool waits = frozen_.has_value() || (update_pending_ && !update_.pending());
  return offset != regs::Cmd::offset || !waits;
}

void Spi2::write(std::uint32_t offset, std::uint32_t value) {
  const std::uint32_t before = registers_.load(offset);
  registers_.store(offset, value);
  switch (offset) {
    case regs::Cmd::offset:
      return write_command(value);
    case regs::DmaConf::offset:
      if (regs::DmaConf::rx_eof_en.get(value) != 0 && regs::DmaConf::rx_eof_en.get(before) == 0)
        slave_.restart_count();
      return reset_fifos(value);
    case regs::DmaIntEna::offset:
    case regs::DmaIntRaw::offset:
      return update_line();
    case regs::DmaIntClr::offset:
      registers_.word<regs::DmaIntRaw>() &= ~value;
      return update_line();
    case regs::Slave::offset:
      if (regs::Slave::soft_reset.get(value) != 0 ||
          regs::Slave::mode.get(value) != regs::Slave::mode.get(before))
        soft_reset();
      return drive_idle_levels();
    case regs::ClkGate::offset:
      return clocks_changed();
    default:
      return;
  }
}

void Spi2::write_command(std::uint32_t value) {
  const bool update = regs::Cmd::update.get(value) != 0, start = regs::Cmd::usr.get(value) != 0;
  if (update) {
    update_pending_ = true;
    if (const Time period = source_period()) {
      update_.after(update_time(period));
    } else {
      explain_missing_clock();
    }
  }
  registers_.set(regs::Cmd::update, update_pending_);
  // A slave waits for its master with or without USR, which reads 1 until the next transaction is over.
  if (slave_mode()) return;
  if (start && state_ == State::idle) {
    if (update_pending_)
      notice_once(Notice::update_pending,
                  "SPI2: CMD.USR set while CMD.UPDATE still reads 1: the transfer runs with the "
                  "configuration before");
    else if (present_configuration() != active_)
      notice_once(
          Notice::stale_configuration,
          "SPI2: CMD.USR set, but registers have changed since the last CMD.UPDATE: the transfer runs "
          "without these changes");
    // The engine sees USR an APB period later.
    schedule(State::starting, clocks_.apb());
    if (source_period() == 0) clocks_changed();
  }
  registers_.set(regs::Cmd::usr, state_ != State::idle);
}

// BUF_AFIFO, between W0…W15 and the engine, holds nothing here: bytes are taken from the buffer as they are
// sent.
void Spi2::reset_fifos(std::uint32_t value) {
  if (regs::DmaConf::dma_afifo_rst.get(value) != 0) {
    ahead_.reset();
    slave_.forget_empty();
  }
  if (regs::DmaConf::rx_afifo_rst.get(value) != 0) {
    received_.clear();
    slave_.forget_full();
  }
}

spi2::Configuration Spi2::present_configuration() const {
  return {.address = registers_.word<regs::Addr>(),
          .control = registers_.word<regs::Ctrl>(),
          .clock = registers_.word<regs::Clock>(),
          .user = registers_.word<regs::User>(),
          .user1 = registers_.word<regs::User1>(),
          .user2 = registers_.word<regs::User2>(),
          .length = registers_.word<regs::MsDlen>(),
          .misc = registers_.word<regs::Misc>(),
          .din_mode = registers_.word<regs::DinMode>(),
          .din_num = registers_.word<regs::DinNum>(),
          .dout_mode = registers_.word<regs::DoutMode>(),
          .dma = registers_.word<regs::DmaConf>()};
}

bool Spi2::slave_mode() const { return registers_.get(regs::Slave::mode) != 0; }

void Spi2::raise(std::uint32_t bits) {
  const std::uint32_t risen = bits & ~registers_.word<regs::DmaIntRaw>();
  registers_.word<regs::DmaIntRaw>() |= bits;
  if (risen != 0) observers_.tell(&Observer::spi_raised, risen);
  update_line();
}

void Spi2::update_line() {
  const bool level = (registers_.word<regs::DmaIntRaw>() & registers_.word<regs::DmaIntEna>()) != 0;
  if (level == line_) return;
  line_ = level;
  interrupts_.set_source(chip::InterruptSource::spi2, level);
}

void Spi2::notice_once(Notice notice, std::string_view line) {
  const auto index = static_cast<std::size_t>(notice);
  if (said_[index]) return;
  said_.set(index);
  observers_.tell(&Observer::notice, line);
}

}  // namespace ferry::board

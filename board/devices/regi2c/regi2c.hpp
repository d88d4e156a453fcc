// The bus to the chip's analog blocks, and the PLL behind it. No manual describes it: chip/esp32c3/regi2c.hpp
// names the sources. What a clock bring-up needs is here: transactions that complete, and a PLL that
// calibrates and locks. The references' calibration ends as well, and changes nothing.
//
// The PLL runs once it has power (RTC_CNTL.OPTIONS0, ANA_CONFIG) and its calibration, started by
// STOP_FORCE_HIGH = 0 and STOP_FORCE_LOW = 1, has ended. It stops when it loses its power.
#pragma once

#include "board/register_device.hpp"
#include "board/timeline.hpp"
#include "chip/esp32c3/regi2c.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>

namespace ferry::board {

class Regi2c : public RegisterDevice {
 public:
  // Neither time is documented. A transaction is about 27 bits at a few MHz; esp-idf switches the CPU to the
  // PLL right after some nine of them, so calibration must be shorter than that.
  static constexpr Time transaction_time = 4 * microsecond;
  static constexpr Time calibration_time = 20 * microsecond;
  // That of the references; esp-idf gives it 10 ms.
  static constexpr Time reference_time = 100 * microsecond;

  // `pll_changed` is called when the PLL starts or stops.
  Regi2c(Timeline& timeline, Observers& observers, std::function<void(bool running)> pll_changed);

  std::uint32_t read(std::uint32_t offset) override;
  void write(std::uint32_t offset, std::uint32_t value) override;
  void reset() override;
  void archive_state(StateArchive& archive) override;
  std::span<const Limit> limits() const override;
  bool pure(std::uint32_t) const override { return true; }

  // A field of a register behind the bus, as the block it belongs to sees it.
  std::uint32_t field(const chip::regi2c::SlaveField& field) const {
    return field.get(slave_register(field.slave, field.address));
  }

  // OPTIONS0 gave or took the PLL's power.
  void set_pll_power(bool powered);
  // As after a calibration by who ran before the program.
  void start_pll();

 private:
  using Bank = std::array<std::uint8_t, 256>;

  void start_transaction(std::uint32_t host, std::uint32_t value);
  void end_transaction(std::uint32_t host);
  void write_slave(std::uint32_t slave, std::uint32_t address, std::uint8_t value);
  std::uint8_t slave_register(std::uint32_t slave, std::uint32_t address) const;
  bool slave_answers(std::uint32_t slave) const;
  void update_pll();
  void set_running(bool running);

  Timeline& timeline_;
  std::function<void(bool)> pll_changed_;
  std::map<std::uint32_t, Bank> slaves_;
  std::array<bool, 2> busy_{};
  bool powered_ = true, calibrated_ = false, running_ = false, references_calibrated_ = false;
  std::array<Event, 2> transactions_;
  Event calibration_, references_;
};

}  // namespace ferry::board

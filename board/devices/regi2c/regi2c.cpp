#include "board/devices/regi2c/regi2c.hpp"

#include "board/devices/regi2c/regi2c_table.hpp"
#include "chip/esp32c3/regi2c.hpp"

namespace ferry::board {

namespace reg = chip::regi2c;

Regi2c::Regi2c(Timeline& timeline, Observers& observers, std::function<void(bool)> pll_changed)
    : RegisterDevice("REGI2C", regi2c_registers, observers),
      timeline_(timeline),
      pll_changed_(std::move(pll_changed)),
      transactions_{Event{timeline, [this] { end_transaction(0); }},
                    Event{timeline, [this] { end_transaction(1); }}},
      calibration_(timeline,
                   [this] {
                     calibrated_ = true;
                     update_pll();
                   }),
      references_(timeline, [this] { references_calibrated_ = true; }) {
  reset();
}

// The registers of the bus are digital and forget; what is behind it is not: the PLL runs on as long as it
// has its power.
void Regi2c::reset() {
  registers_.reset();
  for (Event& transaction : transactions_) transaction.cancel();
  busy_.fill(false);
  if (!calibrated_) calibration_.cancel();
}

void Regi2c::archive_state(StateArchive& archive) {
  archive_registers(archive);
  archive(slaves_, busy_, powered_, calibrated_, running_, references_calibrated_, transactions_,
          calibration_, references_);
}

void Regi2c::set_pll_power(bool powered) {
  powered_ = powered;
  update_pll();
}

void Regi2c::start_pll() {
  registers_.set(reg::AnaConf0::bbpll_stop_force_high, 0);
  registers_.set(reg::AnaConf0::bbpll_stop_force_low, 1);
  calibration_.cancel();
  calibrated_ = powered_;
  set_running(calibrated_);
}

// A powered PLL that is told to calibrate does so once; without power it forgets.
void Regi2c::update_pll() {
  const std::uint32_t control = registers_.word<reg::AnaConf0>();
  if (!powered_) {
    calibration_.cancel();
    calibrated_ = false;
  } else if (!calibrated_ && !calibration_.pending() &&
             reg::AnaConf0::bbpll_stop_force_high.get(control) == 0 &&
             reg::AnaConf0::bbpll_stop_force_low.get(control) != 0) {
    calibration_.after(calibration_time);
  }
  set_running(calibrated_);
}

void Regi2c::set_running(bool running) {
  if (running == running_) return;
  running_ = running;
  if (pll_changed_) pll_changed_(running);
}

void Regi2c::start_transaction(std::uint32_t host, std::uint32_t value) {
  if (busy_[host]) {
    notices_.once("REGI2C: a command was written while the bus was busy; the chip loses one of the two");
    return;
  }
  registers_.word<reg::Command>(host) = value & ~reg::Command::busy.mask;
  busy_[host] = true;
  transactions_[host].after(transaction_time);
}

void Regi2c::end_transaction(std::uint32_t host) {
  busy_[host] = false;
  const std::uint32_t command = registers_.word<reg::Command>(host);
  const std::uint32_t slave = reg::Command::slave.get(command), address = reg::Command::address.get(command);
  if (reg::Command::write.get(command) != 0)
    return write_slave(slave, address, static_cast<std::uint8_t>(reg::Command::data.get(command)));
  if (!slave_answers(slave))
    return notices_.once(
        "REGI2C: the PLL's registers were read while ANA_CONFIG keeps their answers off the bus");
  registers_.set(reg::Command::data, slave_register(slave, address), host);
}

void Regi2c::write_slave(std::uint32_t slave, std::uint32_t address, std::uint8_t value) {
  std::uint8_t& place = slaves_[slave][address];
  if (slave == reg::lp_bias::slave && address == reg::lp_bias::ir_resetb.address) {
    const bool was = reg::lp_bias::ir_resetb.get(place) != 0;
    const bool is = reg::lp_bias::ir_resetb.get(value) != 0;
    if (!is) {
      references_.cancel();
      references_calibrated_ = false;
    } else if (!was) {
      references_.after(reference_time);
    }
  }
  place = value;
}

bool Regi2c::slave_answers(std::uint32_t slave) const {
  return slave != reg::bbpll::slave || registers_.get(reg::AnaConfig::bbpll_pd) == 0;
}

std::uint8_t Regi2c::slave_register(std::uint32_t slave, std::uint32_t address) const {
  // The PLL reports that its calibration ended and that it is locked.
  if (slave == reg::bbpll::slave && address == reg::bbpll::or_lock.address)
    return calibrated_ ? reg::bbpll::or_lock.mask() | reg::bbpll::or_cal_end.mask() : 0;
  if (slave == reg::lp_bias::slave && address == reg::lp_bias::o_done_flag.address)
    return references_calibrated_ ? reg::lp_bias::o_done_flag.mask() | reg::lp_bias::bg_o_done_flag.mask()
                                  : 0;
  const auto bank = slaves_.find(slave);
  return bank == slaves_.end() ? 0 : bank->second[address];
}

}  // namespace ferry::board

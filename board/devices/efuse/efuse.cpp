#include "board/devices/efuse/efuse.hpp"

#include "chip/esp32c3/registers/efuse.hpp"
#include "chip/esp32c3/registers/efuse_table.hpp"

namespace ferry::board {

namespace reg = chip::efuse;

Efuse::Efuse(Timeline& timeline, InterruptSink& interrupts, Observers& observers)
    : RegisterDevice("EFUSE", reg::registers, observers),
      interrupts_(interrupts),
      read_event_(timeline, [this] { read_done(); }) {
  reset();
}

void Efuse::reset() {
  registers_.reset();
  read_event_.cancel();
  fill_fuses();
  update_interrupts();
}

void Efuse::archive_state(StateArchive& archive) {
  archive_registers(archive);
  archive(read_event_);
}

void Efuse::fill_fuses() {
  const auto byte = [](std::size_t index) { return std::uint32_t{mac[index]}; };
  registers_.word<reg::RdMacSpiSys0>() = byte(5) | byte(4) << 8 | byte(3) << 16 | byte(2) << 24;
  registers_.word<reg::RdMacSpiSys1>() = byte(1) | byte(0) << 8;
  // Block 1: the wafer's minor version is bits 114 to 116 and 183, its major version bits 184 and 185.
  registers_.word<reg::RdMacSpiSys3>() = (wafer_minor & 7u) << (114 - 96);
  registers_.word<reg::RdMacSpiSys5>() = (wafer_minor >> 3 & 1u) << (183 - 160) | (wafer_major & 3u)
                                                                                      << (184 - 160);
  registers_.set(reg::RdRepeatData1::wdt_delay_sel, watchdog_delay_select);
}

void Efuse::read_done() {
  registers_.set(reg::Cmd::read_cmd, 0);
  fill_fuses();
  registers_.word<reg::IntRaw>() |= reg::IntRaw::read_done_int_raw.mask;
  update_interrupts();
}

void Efuse::update_interrupts() {
  const std::uint32_t status = registers_.word<reg::IntRaw>() & registers_.word<reg::IntEna>();
  registers_.word<reg::IntSt>() = status;
  interrupts_.set_source(chip::InterruptSource::efuse, status != 0);
}

}  // namespace ferry::board

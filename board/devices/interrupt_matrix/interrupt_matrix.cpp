#include "board/devices/interrupt_matrix/interrupt_matrix.hpp"

#include "chip/esp32c3/registers/interrupt_core0.hpp"
#include "chip/esp32c3/registers/interrupt_core0_table.hpp"

#include <bit>

namespace ferry::board {

namespace reg = chip::interrupt_core0;

InterruptMatrix::InterruptMatrix(std::function<void(unsigned)> cpu, Observers& observers)
    : RegisterDevice("INTERRUPT_CORE0", reg::registers, observers), cpu_(std::move(cpu)) {
  sources_of_[0] = (std::uint64_t{1} << chip::interrupt_source_count) - 1;
}

void InterruptMatrix::reset() {
  registers_.reset();
  line_of_.fill(0);
  sources_of_.fill(0);
  sources_of_[0] = (std::uint64_t{1} << chip::interrupt_source_count) - 1;
  priorities_.fill(0);
  levels_ = latched_ = enabled_ = edge_types_ = cleared_ = unmasked_ = 0;
  update();
}

void InterruptMatrix::archive_state(StateArchive& archive) {
  archive_registers(archive);
  archive(device_levels_, forced_high_, forced_low_, source_levels_, line_of_, sources_of_, levels_, latched_,
          enabled_, edge_types_, cleared_, unmasked_, priorities_, winner_);
}

void InterruptMatrix::set_source(chip::InterruptSource source, bool level) {
  const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(source);
  device_levels_ = level ? device_levels_ | bit : device_levels_ & ~bit;
  source_changed(source);
}

void InterruptMatrix::force_source(chip::InterruptSource source, std::optional<bool> level) {
  const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(source);
  forced_high_ = level == true ? forced_high_ | bit : forced_high_ & ~bit;
  forced_low_ = level == false ? forced_low_ | bit : forced_low_ & ~bit;
  source_changed(source);
}

void InterruptMatrix::source_changed(chip::InterruptSource source) {
  const std::uint64_t levels = (device_levels_ | forced_high_) & ~forced_low_;
  if (levels == source_levels_) return;
  source_levels_ = levels;
  line_changed(line_of_[static_cast<std::size_t>(source)]);
}

void InterruptMatrix::route(std::uint32_t source, std::uint32_t line) {
  const std::uint32_t old_line = line_of_[source];
  const std::uint64_t bit = std::uint64_t{1} << source;
  sources_of_[old_line] &= ~bit;
  sources_of_[line] |= bit;
  line_of_[source] = static_cast<std::uint8_t>(line);
  line_changed(old_line);
  line_changed(line);
}

// A line is the OR of its sources. Line 0 means "not routed" and never rises. An enabled edge line latches
// the rise.
void InterruptMatrix::line_changed(std::uint32_t line) {
  if (line == 0) return;
  const std::uint32_t bit = 1u << line;
  const bool level = (source_levels_ & sources_of_[line]) != 0;
  if (level == ((levels_ & bit) != 0)) return;
  levels_ ^= bit;
  if (level) latched_ |= bit & edge_types_ & enabled_ & ~cleared_;
  update();
}

// Among the pending lines the highest priority wins; of equal ones the lowest line.
void InterruptMatrix::update() {
  unsigned winner = 0, best = 0;
  for (std::uint32_t lines = pending(); lines != 0; lines &= lines - 1) {
    const auto line = static_cast<unsigned>(std::countr_zero(lines));
    if (priorities_[line] > best) {
      best = priorities_[line];
      winner = line;
    }
  }
  if (winner == winner_) return;
  winner_ = winner;
  if (cpu_) cpu_(winner);
}

}  // namespace ferry::board

// INTERRUPT_CORE0: routes 62 sources to the CPU's 31 lines, and picks the line that the CPU shall take.
#pragma once

#include "board/lines.hpp"
#include "board/register_device.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>

namespace ferry::board {

class InterruptMatrix : public RegisterDevice, public InterruptSink {
 public:
  // `cpu` is told the line that wins whenever that changes: 0 is none. Whether the CPU takes it is up to
  // mstatus.MIE.
  InterruptMatrix(std::function<void(unsigned line)> cpu, Observers& observers);

  std::uint32_t read(std::uint32_t offset) override;
  void write(std::uint32_t offset, std::uint32_t value) override;
  // Sources keep their levels: they belong to the devices.
  void reset() override;
  void archive_state(StateArchive& archive) override;
  std::span<const Limit> limits() const override;
  bool pure(std::uint32_t) const override { return true; }

  void set_source(chip::InterruptSource source, bool level) override;
  // For tests: the source has this level whatever its device says; nothing lets go of it.
  void force_source(chip::InterruptSource source, std::optional<bool> level);

  unsigned winning_line() const { return winner_; }
  // See Board::interrupt_sources.
  std::uint64_t sources_of(unsigned line) const {
    const std::uint64_t routed = sources_of_[line], up = routed & source_levels_;
    return up != 0 ? up : routed;
  }

 private:
  void route(std::uint32_t source, std::uint32_t line);
  void source_changed(chip::InterruptSource source);
  void line_changed(std::uint32_t line);
  void update();
  // Lines that are enabled and raised, level or latched edge, with a priority that is not 0 and not under the
  // threshold.
  std::uint32_t pending() const {
    return ((levels_ & ~edge_types_) | (latched_ & edge_types_)) & enabled_ & unmasked_;
  }

  std::function<void(unsigned)> cpu_;
  std::uint64_t device_levels_ = 0;  // of the sources, as their devices have them
  std::uint64_t forced_high_ = 0, forced_low_ = 0;
  std::uint64_t source_levels_ = 0;  // what comes of both
  std::array<std::uint8_t, chip::interrupt_source_count> line_of_{};
  std::array<std::uint64_t, chip::interrupt_line_count> sources_of_{};
  // One bit per line.
  std::uint32_t levels_ = 0, latched_ = 0, enabled_ = 0, edge_types_ = 0, cleared_ = 0, unmasked_ = 0;
  std::array<std::uint8_t, chip::interrupt_line_count> priorities_{};
  unsigned winner_ = 0;
};

}  // namespace ferry::board

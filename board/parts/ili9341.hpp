// wokwi-ili9341: a display of 240 x 320 pixels with an ILI9341 controller on its serial interface.
#pragma once

#include "board/parts/frame_memory.hpp"
#include "board/parts/picture.hpp"
#include "board/parts/spi_port.hpp"

#include <array>
#include <cstdint>
#include <filesystem>

namespace ferry::board {

/// Terminals VCC, GND, CS, RST, D/C, MOSI, SCK, LED, MISO. The attributes are in README.md.
///
/// What is seen is a panel as most modules have them: its colour filter is BGR and its columns run from right
/// to left, so that MADCTL 0x48 (MX and BGR) shows pictures upright and in their colours.
class Ili9341 final : public Part, private SpiHandler {
 public:
  explicit Ili9341(Placement& placement);

  /// What somebody in front of it sees now; black while the display is off or asleep.
  Picture picture() const;
  std::expected<void, std::string> save_png(const std::filesystem::path& file) const {
    return picture().save_png(file);
  }
  /// The file that save() writes, at the end of `ferry run`; none at first, unless the attribute `screenshot`
  /// names one.
  void screenshot_to(std::filesystem::path file) { screenshot_ = std::move(file); }
  const FrameMemory& memory() const { return memory_; }
  bool is_on() const { return on_ && !asleep_; }
  std::uint64_t pixels_written() const { return pixels_written_; }

  void power_on() override;
  void archive_state(StateArchive& archive) override;
  std::string summary() const override;
  std::expected<void, std::string> save() override;
  std::vector<PartFile> files() const override;

 private:
  SpiWord selected() override;
  SpiWord exchanged(std::uint32_t received) override;
  void deselected(unsigned bits) override;

  SpiWord next_word() const;
  void begin_command(std::uint8_t command);
  void answer(unsigned dummy_clocks, std::uint32_t value, unsigned bits);
  std::uint32_t display_status() const;
  std::uint8_t power_mode() const;
  void read_pixel();
  void take(std::uint8_t byte);
  void take_pixel_byte(std::uint8_t byte);
  void carry_out();
  unsigned parameter(unsigned index) const;
  void reset();
  unsigned shown_row(unsigned row) const;
  Colour shown_colour(unsigned column, unsigned row) const;

  Terminal &select_ = terminal("CS"), &clock_ = terminal({"SCK", "SCL"});
  Terminal &data_in_ = terminal({"MOSI", "SDA"}), &data_out_ = terminal("MISO");
  Terminal &data_command_ = terminal({"D/C", "DC"}), &reset_ = terminal({"RST", "RESET"});
  SpiPort port_{*this, select_, clock_, {&data_in_, &data_out_, nullptr, nullptr}};
  bool three_lines_;
  bool flip_horizontal_, flip_vertical_, swap_;
  std::filesystem::path screenshot_;

  FrameMemory memory_;
  bool asleep_ = true, on_ = false, inverted_ = false, idle_ = false, partial_ = false;
  std::uint8_t pixel_format_ = 0x66;
  unsigned top_fixed_ = 0, scrolled_ = FrameMemory::rows, scroll_start_ = 0;
  unsigned first_partial_ = 0, last_partial_ = FrameMemory::rows - 1;
  Time ready_at_ = 0;  // after a reset or sleep out

  std::uint8_t command_ = 0;
  std::array<std::uint8_t, 6> parameters_{};
  unsigned parameter_count_ = 0;
  std::array<std::uint8_t, 3> pixel_{};  // the bytes of one that is not complete
  unsigned pixel_bytes_ = 0;
  unsigned dummy_clocks_ = 0;  // before an answer
  SpiWord answer_;             // bits: 0 when there is none
  bool dummy_ = false;         // the present word is no data
  std::uint64_t pixels_written_ = 0;
};

}  // namespace ferry::board

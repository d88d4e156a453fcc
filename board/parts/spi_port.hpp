// What a part with an SPI does at its pins: edges become words, words become edges.
#pragma once

#include "board/parts/part.hpp"

#include <array>
#include <cstdint>

namespace ferry::board {

/// What happens next on the wires: some bits on 1, 2 or 4 lines, in one direction or on one line in both.
/// Most significant bit first; on several lines the highest line carries the highest bit.
struct SpiWord {
  unsigned bits = 8;   // up to 32, a multiple of the lines
  unsigned lines = 1;  // 1: data line 0 is read, data line 1 is driven
  bool drives = false;
  std::uint32_t value = 0;  // what is driven

  /// Listens to a word.
  static constexpr SpiWord receive(unsigned bits = 8, unsigned lines = 1) { return {bits, lines}; }
  /// Drives one. On one line, data line 0 is read at the same time.
  static constexpr SpiWord send(std::uint32_t value, unsigned bits = 8, unsigned lines = 1) {
    return {bits, lines, true, value};
  }
  /// Lets some periods of the clock pass.
  static constexpr SpiWord skip(unsigned clocks) { return {clocks, 1}; }

  bool operator==(const SpiWord&) const = default;
};

/// The part behind an SpiPort: it says word by word what comes next.
class SpiHandler {
 public:
  virtual ~SpiHandler() = default;
  /// Chip select has become active: what comes first?
  virtual SpiWord selected() = 0;
  /// A word is complete, and this was received (0 where the data lines were driven on more than one line):
  /// what comes next?
  virtual SpiWord exchanged(std::uint32_t received) = 0;
  /// Chip select has become inactive, `bits` into the present word.
  virtual void deselected(unsigned /*bits*/) {}
};

/// Bits are read at the clock's edge that the mode says and put out at the other one, the first already when
/// the part is selected: modes 0 and 3 read at the rising edge, 1 and 2 at the falling one. Outputs are let
/// go when chip select becomes inactive. No delay between an edge and the output.
class SpiPort {
 public:
  /// Data lines in their order: MOSI (or IO0), MISO (or IO1), IO2, IO3. `data[1]` may be the same terminal as
  /// `data[0]`, for a line that goes both ways; null where there is none.
  SpiPort(SpiHandler& handler, Terminal& select, Terminal& clock, std::array<Terminal*, 4> data);

  /// 0 to 3.
  void set_mode(unsigned mode);
  void set_select_active_high(bool high) { select_active_high_ = high; }
  /// While paused, the clock has no effect and nothing is driven. Goes on where it was.
  void pause(bool paused);

  /// At the end of the part's own power_on(): looks whether it is selected.
  void power_on();
  bool is_selected() const { return is_selected_; }
  void archive_state(StateArchive& archive);

 private:
  void select_changed(bool level);
  void clock_changed(bool level);
  void begin(const SpiWord& word);
  void put();
  void sample();
  void let_go();

  SpiHandler& handler_;
  Terminal &select_, &clock_;
  std::array<Terminal*, 4> data_;
  bool reads_at_rising_ = true;
  bool select_active_high_ = false;

  bool is_selected_ = false;
  bool paused_ = false;
  SpiWord word_;
  unsigned bit_ = 0;  // of the word: how many are over
  std::uint32_t received_ = 0;
};

}  // namespace ferry::board

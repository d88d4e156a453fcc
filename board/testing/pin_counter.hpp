// Counts the edges of a pin.
#pragma once

#include "board/board.hpp"

#include <cstdint>

namespace ferry::board {

/// Counts what one pin does from its construction (or `restart`) on. The board must outlive it.
///
///     PinCounter chip_select(test.board(), 5);
///     test.run_for(10 * millisecond);
///     EXPECT_EQ(chip_select.falling(), 3);
class PinCounter final : public Observer {
 public:
  /// Throws std::out_of_range for a pin that the chip does not have.
  PinCounter(Board& board, unsigned pin);
  ~PinCounter() override;
  PinCounter(const PinCounter&) = delete;
  PinCounter& operator=(const PinCounter&) = delete;

  /// Edges from low to high, from high to low, and both.
  std::uint64_t rising() const { return rising_; }
  std::uint64_t falling() const { return falling_; }
  std::uint64_t edges() const { return rising_ + falling_; }
  /// When the first and the last edge were; `never` before there is one.
  Time first_edge() const { return first_edge_; }
  Time last_edge() const { return last_edge_; }
  /// How long the pin has been high, in picoseconds, until now.
  Time high_time() const;
  /// Begins to count anew.
  void restart();

  void pin_changed(unsigned pin, bool level) override;

 private:
  Board& board_;
  unsigned pin_;
  bool level_ = false;
  std::uint64_t rising_ = 0, falling_ = 0;
  Time first_edge_ = never, last_edge_ = never;
  Time high_time_ = 0;   // of pulses that are over
  Time high_since_ = 0;  // while the pin is high
};

}  // namespace ferry::board

// Bytes that were clocked in and found no place. No register counts them: they are what was clocked, less
// what arrived.
//
// For the inside of the HAL. Plain arithmetic, so it can be tried at compile time.
#pragma once

#include <algorithm>
#include <cstdint>

namespace ferry::spi::detail {

class LossCount {
 public:
  /// All of these count from the start of the stream, `arrived` modulo 2^32. A piece of `clocked` bytes is
  /// over. What arrives after that, out of a FIFO, is taken off again when the next one is.
  constexpr void end_piece(std::uint32_t clocked, std::uint32_t arrived) {
    lost_ += difference(clocked, arrived);
    arrived_ = arrived;
  }
  /// The same of a piece that is broken off, of which at least so many bytes were clocked.
  constexpr void break_off(std::uint32_t clocked, std::uint32_t arrived) {
    lost_ += std::max<std::int32_t>(0, difference(clocked, arrived));
    arrived_ = arrived;
  }

  /// Those of the pieces that are over, and of the one under way those that are lost for certain, when at
  /// least `clocked` bytes of it were clocked and up to `waiting` may still come to memory.
  constexpr std::uint64_t count(std::uint32_t clocked, std::uint32_t arrived, std::uint32_t waiting) const {
    const std::int64_t now = lost_ + difference(clocked, arrived) - waiting;
    return std::max(count(), static_cast<std::uint64_t>(std::max<std::int64_t>(now, 0)));
  }
  constexpr std::uint64_t count() const { return std::max(static_cast<std::uint64_t>(lost_), certain_); }
  /// So many are lost, whatever is known later: to be told while most is known.
  constexpr void note(std::uint64_t certain) { certain_ = std::max(certain_, certain); }

 private:
  // A piece and what a stream holds are far below 2^31 bytes.
  constexpr std::int32_t difference(std::uint32_t clocked, std::uint32_t arrived) const {
    return static_cast<std::int32_t>(clocked - (arrived - arrived_));
  }

  std::int64_t lost_ = 0;
  std::uint64_t certain_ = 0;
  std::uint32_t arrived_ = 0;  // when the last piece was over
};

}  // namespace ferry::spi::detail

// A running counter that firmware reads through a copy: a store asks for it, a load shows it.
//
// What such a register shows depends on time without any event. So that a loop which asks for the time again
// and again can be skipped (board/cpu/idle.hpp), the device tells how its counter runs, and can be told
// afterwards of requests that nobody executed.
#pragma once

#include "board/timeline.hpp"

#include <cstdint>

namespace ferry::board {

class CounterCopy {
 public:
  virtual ~CounterCopy() = default;

  // The counter moves by `step()` in every `period()`, always in the same rhythm: two moments that are a
  // multiple of the period apart are alike. A request is answered within one period.
  virtual Time period() const = 0;
  virtual std::int64_t step() const = 0;
  // What the counter itself shows at `now`.
  virtual std::uint64_t count(Time now) const = 0;
  // What the registers of the copy hold at `now`.
  virtual std::uint64_t copied(Time now) = 0;
  // How the registers stand to the running counter at `now`: equal at two moments that are alike when all
  // that has changed in between is the time.
  virtual std::uint64_t relation(Time now) = 0;
  // Changes when the counter is stopped, loaded or runs at another pace: what was known of it holds no
  // longer.
  virtual std::uint64_t course() const = 0;
  // As if firmware had asked at `when`, which is not before any earlier request. `when` may lie ahead of the
  // timeline.
  virtual void request(Time when) = 0;
};

// What a register has to do with a copy.
struct CopyRegister {
  enum class Part : std::uint8_t { none, request, low_word, high_word };
  Part part = Part::none;
  CounterCopy* copy = nullptr;
  std::uint32_t request_bits = 0;  // a store asks when it has one of them
};

}  // namespace ferry::board

// Several boards with wires between them, for tests of firmware that talks to firmware.
#pragma once

#include "board/testing/test_board.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace ferry::board {

/// Boards whose pins are wired with each other, and which run in step.
///
///     TestBoard master("master.elf"), slave("slave.elf");
///     LinkedBoards boards;
///     boards.wire(master, 0, slave, 6);   // SCK
///     …
///     EXPECT_TRUE(boards.run_until_exit(second)) << boards.describe();
///
/// A wire has a delay, the same for all: what a pin does, the pins at its other ends see that much later, as
/// if the cable were so long (light takes 10 ns for 2 m of it). The delay is what makes it possible to run
/// one board after the other and still have both right: no board gets further ahead of another than half the
/// delay, so nothing comes from a wire that lies in its past. A shorter delay leaves more of a fast bus's
/// period to the boards, a longer one takes less of the computer's time: at 10 ns some 10 ms for each
/// millisecond of two boards, at 1 µs hardly more than without wires. Only one thing is rounded: what arrives
/// in the middle of an instruction takes effect behind it, as an interrupt would, if that takes longer than
/// half the delay (an access to a register and a division take some 50 ns, an access to one of the RTC's
/// registers ten times as long). With delays from 1 µs on it is behind a basic block. While both CPUs poll
/// registers, SPI between two boards is therefore good for some 2 MHz, while they sleep for more.
///
/// The same boards wired in the same way run the same, bit by bit, on every computer.
///
/// Wires carry drivers and pull resistors, so both ends may drive in turns; two that drive at once are a
/// fault, which each board notes. The boards have to outlive this object, and while it lives they are run by
/// it alone: what TestBoard offers to see and do goes on to work, but for its own run functions. When it
/// goes, so do its wires, at the next run of each board. A pin that the chip does not have throws
/// std::out_of_range.
class LinkedBoards {
 public:
  static constexpr Time default_delay = 10 * nanosecond;

  /// Throws std::invalid_argument for a delay of less than 2 picoseconds.
  explicit LinkedBoards(Time delay = default_delay);
  ~LinkedBoards();
  LinkedBoards(const LinkedBoards&) = delete;
  LinkedBoards& operator=(const LinkedBoards&) = delete;

  /// Joins two pins of different boards, at once. More wires at a pin make one net of all they join; on one
  /// board use TestBoard::wire. A board's time begins to count here when it is wired for the first time,
  /// whatever it did before.
  void wire(TestBoard& a, unsigned pin_a, TestBoard& b, unsigned pin_b);
  /// Takes a pin off its wires, at once.
  void cut(TestBoard& board, unsigned pin);

  /// Runs all boards for a time. One that exits, or traps without end, stands still with its pins as they
  /// are; the others go on. One that sleeps may be woken by a wire. Ends early when none can go on, or when a
  /// part on a board has failed.
  void run_for(Time span);
  /// Runs until this board has printed `text`, looking from where the last text that was waited for on it
  /// ended. False when `timeout` is over, or nobody can go on.
  [[nodiscard]] bool run_until_text(TestBoard& board, std::string_view text, Time timeout);
  /// Runs until the firmware of every board has exited; false when one has not within `timeout`.
  [[nodiscard]] bool run_until_exit(Time timeout);

  /// Since the first wire.
  Time now() const;
  /// For a failed assertion: TestBoard::describe() of each, in the order in which they were wired.
  std::string describe() const;

  /// As TestBoard's, of all boards and what is on the wires between them.
  struct Moment {
    std::vector<TestBoard::Moment> boards;
    struct Links;
    std::shared_ptr<const Links> links;
  };
  Moment moment();
  /// Throws std::logic_error when the boards or wires are others than they were.
  void go_back(const Moment& moment);

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace ferry::board

// A board for tests of firmware, with any test framework: boots a file, runs until something happens, shows
// what happened. Nothing here depends on GoogleTest.
#pragma once

#include "board/board.hpp"
#include "board/parts/circuit.hpp"
#include "board/testing/pin_counter.hpp"
#include "board/watch/finding.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board {

namespace watch {
struct WrittenBytes;
}

/// One virtual ESP32-C3 with one firmware. All times are simulated and exact: a test passes or fails the same
/// on every computer, however slow. A pin that the chip does not have throws std::out_of_range everywhere.
///
///     TestBoard test("build/firmware.elf");
///     test.wire(4, 2);
///     ASSERT_TRUE(test.run_until_text("Received 42", 10 * second)) << test.describe();
class TestBoard {
 public:
  /// Boots a file of any kind that `ferry run` takes. Throws std::runtime_error with one line that says what
  /// is wrong with the file. The firmware has not executed anything yet: wire first, then run.
  explicit TestBoard(const std::filesystem::path& firmware, const BoardOptions& options = {});
  /// The same with an image that is in memory already.
  explicit TestBoard(Image image, const BoardOptions& options = {});
  ~TestBoard();
  TestBoard(const TestBoard&) = delete;
  TestBoard& operator=(const TestBoard&) = delete;

  /// Runs until the firmware has printed `text` (UART0, USB Serial/JTAG, semihosting), looking from where the
  /// last text that was waited for ended: two calls with the same text wait for it twice. Text that came
  /// meanwhile counts. False when `timeout`, counted from now, is over, or when the firmware ended before.
  [[nodiscard]] bool run_until_text(std::string_view text, Time timeout);
  /// Runs for a time. Ends before it when the firmware exits, sleeps with nothing that could wake it, or
  /// traps without end; the result says so. Time goes on behind the basic block in which it is over, or, at
  /// some cost, behind each instruction.
  Board::Stop run_for(Time span, Board::Opportunity each = Board::Opportunity::block);
  /// Runs until the pin has this level; true at once when it has it already.
  [[nodiscard]] bool run_until_level(unsigned pin, bool level, Time timeout);

  /// All that was printed since the start, across resets.
  const std::string& text() const;
  /// What the board remarked: unmodelled registers, closed clocks, two drivers on one wire. The first 1,000;
  /// one more says that there were others.
  const std::vector<std::string>& notes() const;
  /// Lets DMA watch follow who owns which byte from now on (board/watch/README.md); once, before the first
  /// run. It changes nothing of the run. After going back to a moment it knows nothing of transfers that were
  /// under way then. Which bytes had been written it knows as it did at that moment; of the moment of a board
  /// without watch, memory's content tells.
  void watch_dma();
  /// What DMA watch has found since; empty without watch_dma(). A program that has ended counts as one that
  /// has lost the transfers it left. Going back to a moment takes nothing away; the same bug in a further run
  /// from there counts in its `times`.
  const std::vector<watch::Finding>& findings() const;
  /// How the last run ended.
  Board::Stop last_stop() const;
  /// For a failed assertion: the time, how the last run ended, the last lines printed, the notes.
  std::string describe() const;

  /// Joins two pins outside the chip; takes such a wire away again, whenever.
  void wire(unsigned a, unsigned b);
  void cut(unsigned a, unsigned b);
  /// Drives a pin from outside, until it is released. Against a pin that drives otherwise, low wins, and a
  /// note says that two drivers fight.
  void drive(unsigned pin, bool level);
  void release(unsigned pin);
  /// What a probe sees.
  bool level(unsigned pin) const;
  /// The same at a time from power-on: edges and faults exactly when they are to happen. A time that has
  /// passed means as soon as time moves.
  void drive_at(Time when, unsigned pin, bool level);
  void release_at(Time when, unsigned pin);
  void cut_at(Time when, unsigned a, unsigned b);
  /// Calls `action` with the new level at each edge of the pin: a part on the wire, in one function. It may
  /// call drive and release, also for this pin.
  void on_edge(unsigned pin, std::function<void(bool level)> action);

  /// Places the parts of a wokwi diagram.json and joins what it joins. Parts of types that are not among
  /// `types` are left out, which a note says. Throws std::runtime_error with one line for a diagram that
  /// cannot be read or built.
  void load_diagram(const std::filesystem::path& diagram, const PartTypes& types = PartTypes::built_in());
  /// Places one part, of a class of one's own or of a built-in one: `test.place<Led>("led1")`. Throws
  /// BadPart.
  template <std::derived_from<Part> P>
  P& place(std::string id, Attributes attributes = {}) {
    const auto make = [](Placement& placement) { return std::make_unique<P>(placement); };
    return static_cast<P&>(place_part(std::move(id), make, std::move(attributes)));
  }
  /// Joins pads, supplies and terminals: `test.connect("led1:A", "GPIO4"); test.connect("led1:C", "GND");`
  /// Throws std::out_of_range for what is not there.
  void connect(std::string_view a, std::string_view b);
  /// A part by its name in the diagram. Throws std::out_of_range when there is none that is a P.
  template <std::derived_from<Part> P>
  P& part(std::string_view id) {
    P* const wanted = dynamic_cast<P*>(board().circuit().find(id));
    if (wanted == nullptr) no_such_part(id);
    return *wanted;
  }
  /// What parts have reported as wrong, such as a byte that was not the expected one. A run ends there.
  const std::vector<std::string>& failures();

  /// Where a function or variable lies, by its name in the ELF file or as C++ has it, without parameters:
  /// "counter", "app::counter". Throws std::out_of_range when the file does not name it.
  std::uint32_t address_of(std::string_view symbol) const;
  /// Memory as the CPU sees it, little-endian words. Throws std::out_of_range outside of SRAM and RTC memory.
  std::uint32_t word(std::uint32_t address) const;
  std::uint32_t word(std::string_view symbol) const { return word(address_of(symbol)); }
  std::vector<std::byte> bytes(std::uint32_t address, std::size_t count) const;
  /// Changes memory under the firmware's feet.
  void set_word(std::uint32_t address, std::uint32_t value);

  /// Everything as it is now: the board, what it has printed and remarked, how far text was waited for.
  struct Moment {
    Snapshot board;
    std::string text;
    std::vector<std::string> notes;
    std::size_t looked_at = 0;
    Board::Stop last_stop = Board::Stop::reached_time;
    std::shared_ptr<const watch::WrittenBytes> written;  // null without watch_dma()
  };
  /// Keeps this moment; goes back to one, as often as wanted and in well under a millisecond. Every run from
  /// it is the same until the test does something else, so a firmware boots once for many cases:
  ///
  ///     const TestBoard::Moment booted = test.moment();
  ///     for (const Case& each : cases) {
  ///       test.go_back(booted);
  ///       …
  ///     }
  ///
  /// What the test itself keeps is its own: a PinCounter is told to `restart`, and what an `on_edge`
  /// remembers stays. Not from within such a function. A moment of another TestBoard with the same firmware
  /// and options will do, unless something that was asked for at a time is still to happen: then
  /// std::logic_error is thrown.
  Moment moment();
  void go_back(const Moment& moment);

  /// The board itself, for everything else: counters, observers, UART input.
  Board& board();
  Time now() const;

 private:
  Part& place_part(std::string id, const PartTypes::Make& make, Attributes attributes);
  [[noreturn]] static void no_such_part(std::string_view id);

  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace ferry::board

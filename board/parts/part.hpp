// Things wired to the chip's pins, and what one needs to know to write one. README.md beside this file leads
// through it; built-in parts are written with nothing else.
#pragma once

#include "board/parts/attributes.hpp"
#include "board/pins/pins.hpp"
#include "board/state_archive.hpp"
#include "board/timeline.hpp"

#include <expected>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board {

class Circuit;
struct Placement;

/// One connection point of a part. What several terminals, pads and supplies are joined by has one level.
class Terminal {
 public:
  Terminal(Circuit& circuit, const std::string& part, std::initializer_list<std::string_view> names);
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// What is seen there now: what drives, else what pulls, else low.
  bool level() const;
  void archive_state(StateArchive& archive);
  /// Something is on the other end.
  bool connected() const;

  /// Drives, until the next call. Against somebody who drives otherwise, low wins, and a note says so once.
  void drive(bool level);
  void release();
  /// A weak resistor to a supply: decides where nobody drives.
  void pull(Pull direction);

  /// Makes this terminal one of a supply, for good.
  void tie(bool level);

  /// Called at each change after power has come, with the new level. What several parts hear of the same
  /// change they hear in the order in which they were placed. A listener may drive, also this terminal.
  void on_change(std::function<void(bool level)> listener);
  void on_rising(std::function<void()> listener);
  void on_falling(std::function<void()> listener);

  /// "led1:A"
  std::string name() const;

 private:
  friend Circuit;
  enum class Drive : std::uint8_t { none, low, high };

  Circuit& circuit_;
  std::string part_;
  std::vector<std::string> names_;
  std::size_t node_;
  std::size_t net_ = ~std::size_t{0};  // none until power comes
  Drive drive_ = Drive::none;
  Pull pull_ = Pull::none;
  bool hears_ = false;  // it has power
  bool told_ = false;   // the level that the listeners know
  std::vector<std::function<void(bool)>> listeners_;
};

/// What may be joined inside a part, such as the two sides of a button.
class Contact {
 public:
  Contact(Circuit& circuit, const Terminal& a, const Terminal& b, bool resistor)
      : circuit_(circuit), a_(a), b_(b), resistor_(resistor), closed_(resistor) {}

  void close() { set(true); }
  void open() { set(false); }
  bool closed() const { return closed_; }
  void archive_state(StateArchive& archive);

 private:
  friend Circuit;
  void set(bool closed);

  Circuit& circuit_;
  const Terminal &a_, &b_;
  bool resistor_;
  bool closed_;
};

/// A file that a part has to do with.
struct PartFile {
  std::filesystem::path path;
  bool written = false;  ///< by save(); otherwise it was read
};

/// A part. Its constructor asks for terminals, reads attributes (throwing BadPart where they are wrong) and
/// says what to do when a level changes:
///
///     class Follower final : public Part {
///      public:
///       explicit Follower(Placement& placement) : Part(placement) {
///         in_.on_change([this](bool level) { out_.drive(level); });
///       }
///       void power_on() override { out_.drive(in_.level()); }
///
///      private:
///       Terminal &in_ = terminal("IN"), &out_ = terminal("OUT");
///     };
///
/// All that happens is simulated and exact: no clock of the computer, no random numbers.
class Part {
 public:
  explicit Part(Placement& placement) : placement_(placement) {}
  virtual ~Part() = default;
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  /// Power comes: everything is connected now, and the state is what the data sheet says. Called before the
  /// first instruction and at each Board::reset(). What this part drove has been released by then; its events
  /// are its own to cancel. A reset of the chip alone does not reach parts.
  virtual void power_on() {}
  /// For snapshots of the board (state_archive.hpp): hands over every member that changes in a run, events
  /// among them. Terminals and contacts are kept by the circuit. A part without such members needs none.
  virtual void archive_state(StateArchive&) {}
  /// One line for the run's summary; empty when there is nothing to say.
  virtual std::string summary() const { return {}; }
  /// The run is over: checks what has to be true by now (fail() says it is not).
  virtual void end_of_run() {}
  /// Writes the files that were asked for. An error is one line, beginning with the file's name.
  virtual std::expected<void, std::string> save() { return {}; }
  /// The files it was given: nothing else may write to them, and save() not to one that is something else's.
  virtual std::vector<PartFile> files() const { return {}; }

  /// "led1"
  const std::string& id() const;

 protected:
  /// A new terminal; more than one name are names of the same terminal.
  Terminal& terminal(std::string_view name) { return terminal({name}); }
  Terminal& terminal(std::initializer_list<std::string_view> names);
  /// Terminals that are connected in every drawing and have no effect here: supplies.
  void unused_terminals(std::initializer_list<std::string_view> names);
  /// A contact that is open.
  Contact& contact(const Terminal& a, const Terminal& b);
  /// A resistor: it pulls towards a supply on its other side, else it is a wire.
  void resistor(const Terminal& a, const Terminal& b);

  const Attributes& attributes() const;
  /// For an Event: `Event busy_{timeline(), [this] { … }};`
  Timeline& timeline() const;
  Time now() const { return timeline().now(); }
  /// Something the user should know. The same line is told once.
  void note(std::string_view line);
  /// What should not have happened: told as a note, and the run ends and has failed.
  void fail(std::string_view line);

 private:
  Placement& placement_;
};

}  // namespace ferry::board

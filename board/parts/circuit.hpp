// Everything outside the chip: parts, and what their terminals are joined with.
//
// A node is what wires join for good: terminals, at most one pad, at most one supply. Pads are joined with
// each other in Pins. Contacts and resistors join nodes for as long as they are closed; what is joined at the
// moment is a net. A net with a pad has the pad's level, and its drivers act on the pad; one without has a
// level of its own, found by the same rules.
#pragma once

#include "board/image/wire.hpp"
#include "board/observer.hpp"
#include "board/parts/part.hpp"
#include "board/parts/part_types.hpp"
#include "board/parts/point.hpp"
#include "board/pins/pins.hpp"
#include "board/state_archive.hpp"
#include "board/timeline.hpp"

#include <array>
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board {

/// A part's place in a circuit: what the circuit keeps for it.
struct Placement {
  Circuit& circuit;
  std::string id, type;
  Attributes attributes;
  std::deque<Terminal> terminals;
  std::deque<Contact> contacts;
  std::unique_ptr<Part> part;  // gone first
};

class Circuit {
 public:
  /// `stop` ends the run, after a part has failed.
  Circuit(Timeline& timeline, Pins& pins, Observers& observers, std::function<void()> stop);
  ~Circuit();
  Circuit(const Circuit&) = delete;
  Circuit& operator=(const Circuit&) = delete;

  /// Places a part. Errors are one line: an id that is taken, what the part's constructor refuses.
  std::expected<Part*, std::string> add(std::string id, std::string type, const PartTypes::Make& make,
                                        Attributes attributes);
  /// Joins two points. Errors are one line: no such part or terminal, a short circuit between supplies.
  std::expected<void, std::string> connect(const Point& a, const Point& b);

  /// Null when there is none of that name.
  Part* find(std::string_view id);
  /// In the order in which they were placed.
  const std::deque<Placement>& parts() const { return placements_; }

  /// Power comes, for the parts that have none yet. The board calls it before it runs.
  void start();
  /// Power goes and comes again.
  void power_cycle();

  /// The run is over: parts check what has to be true by now.
  void end_of_run();
  /// Writes the files that parts were asked to write. An error is one line that begins with the file's name;
  /// the other files are written all the same.
  std::expected<void, std::string> save();
  /// What parts have reported as failed: "flash1: …".
  const std::vector<std::string>& failures() const { return failures_; }

  /// What parts there are and what is wired with what is no state: it has to be the same when it is put back.
  void archive_state(StateArchive& archive);

  // For parts.
  Timeline& timeline() { return timeline_; }
  void note(const Placement& placement, std::string_view line);
  void fail(const Placement& placement, std::string_view line);

  // For terminals and contacts.
  std::size_t add_node(Terminal& terminal);
  void tie(const Terminal& terminal, Supply supply);
  bool level(const Terminal& terminal) const;
  bool connected(const Terminal& terminal) const;
  void drive_changed(const Terminal& terminal);
  void contact_changed();

 private:
  struct Node {
    std::vector<Terminal*> terminals;
    std::optional<unsigned> pad;
    std::optional<Supply> supply;
  };
  // What nodes are together for the moment.
  struct Net {
    std::vector<std::size_t> nodes;
    std::vector<unsigned> pads;
    bool pull_up = false, pull_down = false;  // by resistors
    bool level = false;                       // if it has no pad
  };

  std::expected<std::size_t, std::string> node_of(const Point& point);
  std::size_t node_of_pad(unsigned pad);
  std::expected<void, std::string> connect_supply(const Point& point, Supply supply);
  void merge(std::size_t kept, std::size_t gone);
  void rebuild();
  std::vector<std::size_t> join_nodes(std::vector<PartDrive>& pulls) const;
  void make_nets();
  std::vector<Wire> pads_to_join() const;
  PartDrive drive_of(const Net& net, std::optional<unsigned> pad) const;
  void apply(std::size_t index, bool keep_old = false);
  void drive_pad(unsigned pad, const PartDrive& drive);
  void tell(std::size_t index);
  void tell_listeners(std::size_t index);
  bool level(const Net& net) const;
  std::string driver_names(std::uint32_t pads, bool level) const;
  std::string driver_names(const Net& net, bool level) const;
  void notice_once(const std::string& line);

  Timeline& timeline_;
  Pins& pins_;
  Observers& observers_;
  std::function<void()> stop_;

  std::vector<Node> nodes_;
  std::array<std::optional<std::size_t>, chip::gpio_count> node_of_pad_;
  std::vector<Net> nets_;
  std::array<std::optional<std::size_t>, chip::gpio_count> net_of_pad_;
  std::array<PartDrive, chip::gpio_count> applied_{};  // what Pins knows
  std::vector<Wire> joined_pads_;                      // by closed contacts
  std::uint64_t generation_ = 0;                       // of nets_: changes when they are made anew
  unsigned depth_ = 0;                                 // of listeners that make others listen
  bool running_ = false;                               // levels are told
  std::size_t powered_ = 0;                            // how many of the parts have power
  std::set<std::string, std::less<>> told_;
  std::vector<std::string> failures_;
  std::deque<Placement> placements_;  // gone first
};

}  // namespace ferry::board

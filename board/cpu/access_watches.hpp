// Who reads along when the CPU accesses memory: debuggers, checkers, any number of them.
//
// The CPU's fast path looks at one flag per line; a line that somebody watches takes the slow path, which
// asks here. With nobody there, nothing is asked.
#pragma once

#include "board/bus.hpp"
#include "board/memory.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ferry::board {

class AccessWatcher {
 public:
  virtual ~AccessWatcher() = default;
  // The CPU is about to access bytes that are watched; a store writes the low bytes of `stored`. Watches may
  // be changed here.
  virtual void cpu_accesses(const BusAccess& access, std::optional<std::uint32_t> stored) = 0;
  // True: it looks and never stops the CPU there, nor does it look at devices meanwhile. The access is then
  // done as if nobody looked, and the timeline may be behind. Of reads that a loop repeats while nothing
  // changes, it need not hear.
  virtual bool only_looks() const { return false; }
};

// Bytes of memory, counted as Memory counts them, and which accesses to them matter.
struct WatchedRange {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  bool reads = false, writes = false;
};

class AccessWatches {
 public:
  explicit AccessWatches(Memory& memory) : memory_(memory) {}

  // What this watcher wants to be told of, in place of what it wanted before; no ranges, and it is forgotten.
  // The watcher must outlive its wish.
  void set(AccessWatcher& watcher, std::span<const WatchedRange> ranges);
  // The same for one range more, which costs little however many there are.
  void add(AccessWatcher& watcher, const WatchedRange& range);
  // And for bytes that this watcher need not be told of any more.
  void remove(AccessWatcher& watcher, const WatchedRange& range);

  bool any() const { return !wishes_.empty(); }
  // Some watcher may stop the CPU at its access.
  bool may_stop() const { return may_stop_; }
  // Differs when somebody has asked to be told of more, be it watched already: who looks on may see something
  // else in it by now.
  std::uint64_t version() const { return version_; }
  // Tells each watcher whose bytes the access touches, once.
  void tell(const BusAccess& access, std::optional<std::uint32_t> stored) const;

 private:
  // As Memory has them for all watchers together.
  struct Wish {
    AccessWatcher* watcher;
    std::vector<WatchedBytes> bytes = std::vector<WatchedBytes>(Memory::size / 32);
  };
  Wish* find(const AccessWatcher& watcher);
  Wish& wish_of(AccessWatcher& watcher);
  void add(Wish& wish, const WatchedRange& range);
  void remove(Wish& wish, std::uint32_t place, const WatchedBytes& bytes);
  void update();

  Memory& memory_;
  std::vector<Wish> wishes_;
  bool may_stop_ = false;
  std::uint64_t version_ = 0;
};

}  // namespace ferry::board

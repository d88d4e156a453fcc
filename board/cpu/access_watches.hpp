// Who reads along when the CPU accesses memory: debuggers, checkers, any number of them.
//
// The CPU's fast path looks at one flag per line; a line that somebody watches takes the slow path, which
// asks here. With nobody there, nothing is asked.
#pragma once

#include "board/bus.hpp"
#include "board/memory.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace ferry::board {

class AccessWatcher {
 public:
  virtual ~AccessWatcher() = default;
  // The CPU is about to access bytes that are watched. Watches may be changed here.
  virtual void cpu_accesses(const BusAccess& access, bool write) = 0;
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

  bool any() const { return !entries_.empty(); }
  // Tells each watcher whose bytes the access touches, once.
  void tell(const BusAccess& access, bool write) const;

 private:
  struct Entry {
    AccessWatcher* watcher;
    WatchedRange range;
  };
  void change_flags(const WatchedRange& range, bool on);

  Memory& memory_;
  std::vector<Entry> entries_;
};

}  // namespace ferry::board

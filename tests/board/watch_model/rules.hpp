// What breaks a rule, and what has been found.
#pragma once

#include "board/watch/rule.hpp"
#include "tests/board/watch_model/transfers.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <ostream>
#include <set>

namespace ferry::board::watch::random {

// One finding: a rule, a transfer, a line. `started` is 0 where the point is that there is no transfer.
struct Found {
  Rule rule = Rule::tx_write;
  unsigned half = 0;
  Time started = 0;
  std::uint32_t pc = 0;
  auto operator<=>(const Found&) const = default;
};
inline std::ostream& operator<<(std::ostream& out, const Found& found) {
  out << "\n  " << code_of(found.rule) << " at 0x" << std::hex << found.pc << std::dec;
  if (found.started != 0)
    out << (found.half % 2 == 0 ? ", in" : ", out") << found.half / 2 << " of " << found.started;
  return out;
}

class Rules {
 public:
  explicit Rules(Transfers& transfers) : transfers_(transfers) {}

  const std::set<Found>& found() const { return found_; }
  void find(Rule rule, std::optional<unsigned> half, std::uint32_t pc);

  // ---- What transfers are made of
  void check_trigger(unsigned half, std::uint32_t pc);
  // Of one descriptor and its buffer.
  void check_overlap(unsigned half, std::uint32_t descriptor, std::uint32_t pc);
  void check_descriptor(unsigned half, const Holding& holding, bool bursts);
  // RESTART has never come.
  void check_addition(unsigned half);

  // ---- What the program does. Bytes are offsets as Memory counts them.
  // `changes_nothing`: what is stored is there already. `tail`: whose end may get this successor.
  void touch(unsigned half, std::uint32_t first, std::uint32_t end, std::uint32_t pc, bool write,
             bool changes_nothing, bool changes_owner_only, std::optional<Number> tail);
  void raise_stack(std::uint32_t from, std::uint32_t by, std::uint32_t pc);

 private:
  Transfers& transfers_;
  std::set<Found> found_;
};

}  // namespace ferry::board::watch::random

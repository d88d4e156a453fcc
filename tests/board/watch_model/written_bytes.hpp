// Which bytes somebody has written.
#pragma once

#include "board/memory.hpp"
#include "tests/board/watch_model/transfer.hpp"

#include <cstdint>
#include <map>
#include <set>

namespace ferry::board::watch::random {

class WrittenBytes {
 public:
  explicit WrittenBytes(Memory& memory) : memory_(memory) {}

  // Bytes from an offset on, as Memory counts them.
  void note(std::uint32_t first, std::uint32_t count);
  // At an address, as part of a message.
  bool is_unwritten(std::uint32_t address, const Holding& message);

 private:
  // Stores to a line are no longer seen when it has been stored to so often for nothing.
  static constexpr std::uint32_t patience = 32;

  bool is_written(std::uint32_t address) const;
  bool is_busy(std::uint32_t line) const;

  Memory& memory_;
  std::set<std::uint32_t> written_;
  std::map<std::uint32_t, std::uint32_t> vain_;  // stores to lines that wrote nothing new
};

}  // namespace ferry::board::watch::random

// What happened in a run, for people and for programs.
#pragma once

#include "board/record/dma_load.hpp"
#include "board/timeline.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace ferry::board {

struct RunSummary {
  std::string ended;        // one word for programs: "exited", "time", "timeout", …
  std::string explanation;  // one line for people
  int exit_status = 0;      // of the `ferry` program
  std::optional<int> firmware_exit_code;
  Time simulated = 0;
  Time asleep = 0;  // in wfi
  std::uint64_t instructions = 0;
  std::uint64_t cycles = 0;
  std::uint64_t interrupts = 0;
  std::uint64_t register_loads = 0, register_stores = 0;
  std::uint64_t dma_bytes_in = 0, dma_bytes_out = 0;
  std::uint64_t resets = 0;
  DmaLoad dma;
  std::optional<double> wall_seconds;  // the one thing that differs between two runs
};

// Several lines, without an end of the last.
std::string summary_text(const RunSummary& summary);
// One JSON object, indented, with an end of line. Without wall_seconds it has no such member.
std::string summary_json(const RunSummary& summary);

}  // namespace ferry::board

// What happened in a run, for people and for programs.
#pragma once

#include "board/board.hpp"
#include "board/timeline.hpp"
#include "board/watch/finding.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ferry::board {

struct RunSummary {
  std::string ended;        // one word for programs: "exited", "time", "timeout", …
  std::string explanation;  // one line for people
  int exit_status = 0;      // of the `ferry` program
  std::optional<int> firmware_exit_code;
  Time simulated = 0;
  Counters counters;
  std::optional<double> wall_seconds;  // the one thing that differs between two runs
  // What parts of the diagram have to say: their names and one line each.
  std::vector<std::pair<std::string, std::string>> parts = {};
  // What DMA watch has found, when it was on.
  struct Watch {
    std::vector<watch::Finding> findings;
    std::uint64_t suppressed = 0;
    std::vector<std::string> unused_suppressions = {};  // as they are written
  };
  std::optional<Watch> watch = {};
};

// The share of the time in which the CPU slept or did something else while DMA moved bytes: all but what it
// spent at the registers of GDMA and SPI2. Nothing when no DMA ran.
std::optional<double> cpu_free_during_dma(const Counters& counters);

// A figure of the run: "simulated time", "2.56 s".
struct SummaryLine {
  std::string name, value;
};
std::vector<SummaryLine> summary_lines(const RunSummary& summary);
// The explanation and the figures: several lines, without an end of the last.
std::string summary_text(const RunSummary& summary);
// One JSON object, indented, with an end of line. Without wall_seconds it has no such member.
std::string summary_json(const RunSummary& summary);

}  // namespace ferry::board

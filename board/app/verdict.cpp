#include "board/app/verdict.hpp"

#include "board/app/exit_status.hpp"
#include "board/image/text.hpp"
#include "board/record/time_text.hpp"

namespace ferry::app {

namespace {

using Stop = board::Board::Stop;

// What the user waited for and did not get, as the end of a sentence; empty when nothing is missing.
std::string missing(const RunOptions& options, const Ending& ending) {
  if (options.expected_text && !ending.expected_text_seen) {
    return " without having printed " + board::in_quotes(*options.expected_text);
  }
  if (options.expected_exit && ending.stop != Stop::exited) {
    return " without having exited with code " + std::to_string(*options.expected_exit);
  }
  return {};
}

Verdict exited(const RunOptions& options, const Ending& ending) {
  std::string text = "the firmware exited with code " + std::to_string(ending.firmware_exit_code);
  const int expected = options.expected_exit.value_or(0);
  if (ending.firmware_exit_code != expected) {
    if (options.expected_exit) text += " instead of " + std::to_string(expected);
    return {"exited", text, exit_status::failed};
  }
  const std::string lacking = missing(options, ending);
  return {"exited", text + lacking, lacking.empty() ? exit_status::done : exit_status::failed};
}

Verdict out_of_time(const RunOptions& options, const Ending& ending) {
  const bool too_long = options.timeout && (!options.duration || *options.timeout < *options.duration);
  if (too_long) {
    return {"timeout", "timeout after " + board::short_time_text(*options.timeout) + missing(options, ending),
            exit_status::timeout};
  }
  const std::string lacking = missing(options, ending);
  return {"time", "ran for " + board::short_time_text(options.duration.value_or(ending.now)) + lacking,
          lacking.empty() ? exit_status::done : exit_status::failed};
}

// A CPU that sleeps for ever would do so for the rest of --for too: that is no failure by itself.
Verdict sleeps(const RunOptions& options, const Ending& ending) {
  const std::string lacking = missing(options, ending);
  const bool good = options.duration && lacking.empty();
  return {"deadlock",
          "the CPU sleeps since " + board::short_time_text(ending.now) + " and nothing can wake it" + lacking,
          good ? exit_status::done : exit_status::failed};
}

Verdict judge_run(const RunOptions& options, const Ending& ending) {
  if (!ending.part_failure.empty()) return {"part-failed", ending.part_failure, exit_status::failed};
  if (ending.failing_text_seen) {
    return {"fail-text", "the firmware printed " + board::in_quotes(*options.failing_text),
            exit_status::failed};
  }
  if (ending.expected_text_seen && !options.expected_exit) {
    return {"expect-text", "the firmware printed " + board::in_quotes(*options.expected_text),
            exit_status::done};
  }
  switch (ending.stop) {
    case Stop::exited:
      return exited(options, ending);
    case Stop::reached_time:
      return out_of_time(options, ending);
    case Stop::deadlock:
      return sleeps(options, ending);
    case Stop::trap_loop:
      return {"trap-loop", "the trap handler raises an exception itself, again and again: " + ending.trap,
              exit_status::failed};
    case Stop::exception:
      return {"trap", "the firmware traps: " + ending.trap, exit_status::failed};
    case Stop::rom_call:
      return {"rom-call", "the board has no answer for " + ending.rom_call, exit_status::failed};
    case Stop::breakpoint:
    case Stop::requested:
      break;
  }
  if (ending.killed) return {"killed", "ended from the debugger", exit_status::done};
  return {"interrupted", "interrupted", exit_status::interrupted};
}

}  // namespace

Verdict judge(const RunOptions& options, const Ending& ending) {
  Verdict verdict = judge_run(options, ending);
  if (ending.watch_findings == 0) return verdict;
  const std::string found = ending.watch_findings == 1
                                ? std::string("DMA watch has a finding")
                                : "DMA watch has " + std::to_string(ending.watch_findings) + " findings";
  if (options.watch == WatchMode::stop && ending.stop == Stop::requested)
    return {"watch", found, exit_status::watch_found};
  return {verdict.word, verdict.explanation + "; " + found, exit_status::watch_found};
}

}  // namespace ferry::app

// `--trace bus`: each register access of the CPU by name, with the fields it is about.
#pragma once

#include "board/observer.hpp"
#include "board/record/function_names.hpp"
#include "board/timeline.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board {

class BusTrace final : public Observer {
 public:
  // `line` takes one line without its end; `now` is asked for the time in it. `blocks` are names as
  // block_names() gives them; none of them means all.
  BusTrace(std::function<void(std::string_view)> line, std::function<Time()> now, FunctionNames functions,
           std::set<std::string_view> blocks = {});

  void register_accessed(const RegisterAccess& access) override;
  void chip_reset(std::string_view cause) override;
  // Tells of repetitions that nothing has followed yet.
  void finish() { end_repetition(); }

 private:
  struct Timed {
    RegisterAccess access;
    Time time;
  };

  bool repeats(const RegisterAccess& access);
  bool starts_again(const RegisterAccess& access);
  void end_repetition();
  void show(const Timed& timed);
  void remember(const RegisterAccess& access);

  std::function<void(std::string_view)> line_;
  std::function<Time()> now_;
  FunctionNames functions_;
  std::set<std::string_view> blocks_;
  std::map<std::uint32_t, std::uint32_t> seen_;  // the word that the last access had, by address
  std::size_t function_width_ = 28;              // of the column: as wide as the longest name so far

  // Reads that a loop does again and again are shown once and counted.
  std::vector<RegisterAccess> shown_;  // the last reads that were shown, without a store behind them
  std::vector<RegisterAccess> loop_;   // those of them that come again; empty when none do
  std::vector<Timed> begun_;           // of the loop's present turn
  std::uint64_t turns_ = 0;
  Time last_turn_ = 0;
};

}  // namespace ferry::board

// `--trace bus`: each register access of the CPU by name, with the fields it is about.
#pragma once

#include "board/observer.hpp"
#include "board/record/function_names.hpp"
#include "board/timeline.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

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
  // The access shown last, and how often a load has done the same again.
  struct Shown {
    RegisterAccess access;
    std::uint64_t repetitions = 0;
    Time last = 0;
  };

  bool repeats(const RegisterAccess& access);
  void end_repetition();
  void show(const RegisterAccess& access);
  void remember(const RegisterAccess& access);

  std::function<void(std::string_view)> line_;
  std::function<Time()> now_;
  FunctionNames functions_;
  std::set<std::string_view> blocks_;
  std::map<std::uint32_t, std::uint32_t> seen_;  // the word that the last access had, by address
  std::optional<Shown> shown_;
};

}  // namespace ferry::board

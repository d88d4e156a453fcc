#include "bench/waiting.hpp"

#include "bench/guest.hpp"
#include "bench/host_time.hpp"
#include "bench/markdown.hpp"
#include "bench/waiting_style.hpp"
#include "board/board.hpp"
#include "board/image/firmware.hpp"
#include "board/memory.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace ferry::bench {

namespace {

using board::Time;

constexpr int repetitions = 3;

// Executed pass by pass, a second takes longer than ten with time jumping.
constexpr Time executed_time = board::second, skipped_time = 10 * board::second;

struct Program {
  std::string name;
  const board::Image* image;
  std::optional<WaitingStyle> style;
  Time executed_time, skipped_time;  // the latter is not shorter
};

struct Run {
  board::Counters counters{};  // after executed_time
  double seconds = 0;          // of this process, until the end
  std::uint64_t instructions = 0;
};

board::Image load(const std::filesystem::path& file) {
  auto image = board::load_firmware(file);
  if (!image) throw Failure(file.string() + ": " + image.error().text);
  return std::move(*image);
}

Run run(const Program& program, bool skips) {
  board::Board board({.skip_idle = skips});
  board.wire(4, 2);
  board.load(*program.image);
  if (program.style) choose(board, *program.image, *program.style);
  const auto run_to = [&](Time time) {
    const double start = process_seconds();
    if (board.run_until(time) != board::Board::Stop::reached_time)
      throw Failure(program.name + " stopped early");
    return process_seconds() - start;
  };
  Run result;
  result.seconds = run_to(program.executed_time);
  result.counters = board.counters();
  if (skips) result.seconds += run_to(program.skipped_time);
  result.instructions = board.counters().instructions;
  return result;
}

// To two or three digits; more would not be the same next time.
std::string times(double value) {
  return value < 100 ? decimal(value, 1) : number(static_cast<std::uint64_t>(value / 10) * 10);
}

bool same(const board::Counters& a, const board::Counters& b) {
  return a.instructions == b.instructions && a.cycles == b.cycles && a.idle == b.idle &&
         a.register_loads == b.register_loads && a.register_stores == b.register_stores &&
         a.interrupts == b.interrupts;
}

double in_seconds(Time time) { return static_cast<double>(time) / static_cast<double>(board::second); }

void measure(Table& table, const Program& program) {
  std::vector<double> skipped, executed;
  Run one, other;
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    one = run(program, true);
    skipped.push_back(one.seconds);
    other = run(program, false);
    executed.push_back(other.seconds);
  }
  if (!same(one.counters, other.counters)) throw Failure(program.name + ": skipping makes a difference");
  table.add({program.name, decimal(in_seconds(program.skipped_time), 1),
             decimal(static_cast<double>(one.instructions) * 1e-6, 1),
             times(in_seconds(program.executed_time) / median(executed)),
             times(in_seconds(program.skipped_time) / median(skipped)), decimal(median(skipped), 3)});
}

}  // namespace

void choose(board::Board& board, const board::Image& image, WaitingStyle style) {
  const auto symbol = std::ranges::find(image.symbols, "waiting_style", &board::Symbol::name);
  if (symbol == image.symbols.end()) throw Failure("there is no waiting_style in the firmware");
  const std::array bytes{static_cast<std::byte>(style), std::byte{0}, std::byte{0}, std::byte{0}};
  board.memory().write(symbol->address, bytes);
}

std::string waiting_table(const std::filesystem::path& waiting, const std::filesystem::path& asleep) {
  using enum WaitingStyle;
  struct Row {
    WaitingStyle style;
    const char* name;
  };
  constexpr std::array rows{Row{sleep, "`wfi`"},
                            Row{poll, "polls a register"},
                            Row{call, "polls it through a call"},
                            Row{count, "polls it and counts"},
                            Row{deadline, "polls it with a deadline"},
                            Row{flag, "polls a variable"},
                            Row{cycle_counter, "cycle counter"},
                            Row{timer, "SYSTIMER"},
                            Row{empty_loop, "empty loop"}};
  const board::Image waits = load(waiting), sleeps = load(asleep);
  Table table({"the CPU waits by …", "simulated s", "million instructions", "executed: × real time",
               "skipped: × real time", "skipped: host CPU s"});
  for (const Row& row : rows) measure(table, {row.name, &waits, row.style, executed_time, skipped_time});
  constexpr Time two_rounds = 10'200 * board::millisecond;
  measure(table, {"the exercise asleep", &sleeps, std::nullopt, two_rounds, two_rounds});
  return table.text();
}

}  // namespace ferry::bench

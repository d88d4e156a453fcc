#include "bench/waiting.hpp"

#include "bench/guest.hpp"
#include "bench/markdown.hpp"
#include "bench/waiting_style.hpp"
#include "board/board.hpp"
#include "board/image/firmware.hpp"
#include "board/memory.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <vector>

namespace ferry::bench {

namespace {

using board::Time;

constexpr int repetitions = 3;

struct Run {
  double seconds = 0;  // of this process
  board::Counters counters{};
};

board::Image load(const std::filesystem::path& file) {
  auto image = board::load_firmware(file);
  if (!image) throw Failure(file.string() + ": " + image.error().text);
  return std::move(*image);
}

double process_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void choose(board::Board& board, const board::Image& image, WaitingStyle style) {
  const auto symbol = std::ranges::find(image.symbols, "waiting_style", &board::Symbol::name);
  if (symbol == image.symbols.end()) throw Failure("there is no waiting_style in the firmware");
  const std::array bytes{static_cast<std::byte>(style), std::byte{0}, std::byte{0}, std::byte{0}};
  board.memory().write(symbol->address, bytes);
}

Run run(const board::Image& image, Time time, const WaitingStyle* style, bool skips) {
  board::Board board({.skip_idle = skips});
  board.wire(4, 2);
  board.load(image);
  if (style != nullptr) choose(board, image, *style);
  const double start = process_seconds();
  if (board.run_until(time) != board::Board::Stop::reached_time) throw Failure("the firmware stopped early");
  return {.seconds = process_seconds() - start, .counters = board.counters()};
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
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

void measure(Table& table, const std::string& name, const board::Image& image, Time time,
             const WaitingStyle* style) {
  std::vector<double> skipped, executed;
  Run one, other;
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    one = run(image, time, style, true);
    skipped.push_back(one.seconds);
    other = run(image, time, style, false);
    executed.push_back(other.seconds);
  }
  if (!same(one.counters, other.counters)) throw Failure(name + ": skipping makes a difference");
  const double simulated = static_cast<double>(time) / static_cast<double>(board::second);
  table.add({name, decimal(simulated, 1), decimal(static_cast<double>(one.counters.instructions) * 1e-6, 1),
             times(simulated / median(executed)), times(simulated / median(skipped)),
             decimal(median(skipped), 3)});
}

}  // namespace

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
  const board::Image image = load(waiting);
  Table table({"the CPU waits by …", "simulated s", "million instructions", "executed: × real time",
               "skipped: × real time", "skipped: host CPU s"});
  for (const Row& row : rows) measure(table, row.name, image, board::second, &row.style);
  measure(table, "the exercise asleep", load(asleep), 10'200 * board::millisecond, nullptr);
  return table.text();
}

}  // namespace ferry::bench

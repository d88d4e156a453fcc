#include "bench/exercise.hpp"

#include "bench/guest.hpp"
#include "bench/host_time.hpp"
#include "bench/markdown.hpp"
#include "board/board.hpp"
#include "board/image/firmware.hpp"

#include <array>
#include <chrono>
#include <vector>

namespace ferry::bench {

namespace {

using board::Time;

constexpr Time two_rounds = 10'200 * board::millisecond;
constexpr int repetitions = 3;

struct Program {
  std::string name;
  board::Image image;
  // One per repetition, in seconds: by the clock on the wall, and by this process's own.
  std::vector<double> wall, cpu;
  board::Counters counters{};
};

Program load(const std::string& name, const std::filesystem::path& file) {
  auto image = board::load_firmware(file);
  if (!image) throw Failure(file.string() + ": " + image.error().text);
  return {.name = name, .image = std::move(*image), .wall = {}, .cpu = {}};
}

void run(Program& program) {
  board::Board board;
  board.wire(4, 2);
  const auto wall_start = std::chrono::steady_clock::now();
  const double cpu_start = process_seconds();
  board.load(program.image);
  if (board.run_until(two_rounds) != board::Board::Stop::reached_time)
    throw Failure(program.name + " stopped early");
  program.cpu.push_back(process_seconds() - cpu_start);
  program.wall.push_back(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_start).count());
  program.counters = board.counters();
}

// To two or three digits; more would not be the same next time.
std::string ratio(double value) {
  return value < 100 ? decimal(value, 1) : number(static_cast<std::uint64_t>(value / 100) * 100);
}

void add(Table& table, const Program& program) {
  const double simulated = static_cast<double>(two_rounds) / static_cast<double>(board::second);
  const double asleep = static_cast<double>(program.counters.idle) / static_cast<double>(two_rounds);
  const double wall = median(program.wall), cpu = median(program.cpu);
  table.add({program.name, decimal(simulated, 1), decimal(100 * asleep, 1) + " %",
             decimal(static_cast<double>(program.counters.instructions) * 1e-6, 1), decimal(wall, 2),
             decimal(cpu, 2), ratio(simulated / wall)});
}

}  // namespace

std::string exercise_table(const std::filesystem::path& exercise, const std::filesystem::path& skeleton) {
  std::array programs{load("the exercise's solution", exercise), load("its skeleton", skeleton)};
  for (int repetition = 0; repetition < repetitions; ++repetition)
    for (Program& program : programs) run(program);
  Table table({"program", "simulated s", "of these asleep", "million instructions", "wall s", "host CPU s",
               "simulated / wall"});
  for (const Program& program : programs) add(table, program);
  return table.text();
}

}  // namespace ferry::bench

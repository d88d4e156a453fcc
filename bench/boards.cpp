#include "bench/boards.hpp"

#include "bench/guest.hpp"
#include "bench/markdown.hpp"
#include "board/image/firmware.hpp"
#include "board/testing/test_board.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <vector>

namespace ferry::bench {

namespace {

using board::TestBoard;

constexpr unsigned boards = 100;
constexpr unsigned chip_select = 5;

// To where chip select falls for the first transfer.
void run_to_start(TestBoard& board) {
  if (!board.run_until_level(chip_select, true, board::second) ||
      !board.run_until_level(chip_select, false, board::second))
    throw Failure("the exercise does not start its transfer: " + board.describe());
}

// Of one go of `action`, in microseconds: the median of so many.
double time_of(unsigned times, const std::function<void()>& action) {
  std::vector<double> all(times);
  for (double& each : all) {
    const auto start = std::chrono::steady_clock::now();
    action();
    each = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
  }
  std::ranges::sort(all);
  return all[times / 2];
}

// In KiB, of this process; 0 where the system does not tell.
double resident_memory() {
  std::size_t total = 0, resident = 0;
  std::FILE* const file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  if (std::fscanf(file, "%zu %zu", &total, &resident) != 2) resident = 0;
  std::fclose(file);
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1024;
}

}  // namespace

std::string boards_table(const std::filesystem::path& exercise) {
  auto image = board::load_firmware(exercise);
  if (!image) throw Failure(exercise.string() + ": " + image.error().text);

  // Before anything else, so that no memory is used for the second time.
  std::vector<std::unique_ptr<TestBoard>> many;
  const double before = resident_memory();
  for (unsigned number = 0; number < boards; ++number) {
    many.push_back(std::make_unique<TestBoard>(*image));
    run_to_start(*many.back());
  }
  const double each = (resident_memory() - before) / boards;
  TestBoard& board = *many.front();
  const TestBoard::Moment start = board.moment();
  const std::size_t snapshot_bytes = start.board.size();

  Table table({"one board", "µs", "a second"});
  const auto add = [&table](const std::string& what, double microseconds) {
    table.add({what, decimal(microseconds, 1), number(static_cast<std::uint64_t>(1e6 / microseconds))});
  };
  add("made, loaded with the exercise", time_of(boards, [&] { TestBoard made(*image); }));
  add("made, loaded, run to the start of the first transfer", time_of(boards, [&] {
        TestBoard made(*image);
        run_to_start(made);
      }));
  add("a snapshot taken", time_of(boards, [&] { (void)board.board().snapshot(); }));
  add("a snapshot restored where the board still is", time_of(boards, [&] { board.go_back(start); }));
  // The run in between is not what is measured.
  std::vector<double> restores(boards);
  for (double& restore : restores) {
    board.run_for(10 * board::millisecond);
    restore = time_of(1, [&] { board.go_back(start); });
  }
  std::ranges::sort(restores);
  add("a snapshot restored 10 ms later", restores[boards / 2]);
  std::string text = table.text() + "\nA snapshot takes " + number(snapshot_bytes / 1024) + " KiB";
  if (before != 0)
    text += ", a board that has run to there " + number(static_cast<std::uint64_t>(each)) + " KiB";
  return text + ".\n";
}

}  // namespace ferry::bench

// Many boards in one process: none sees another, wherever they run.
#include "tests/board/board_script.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace ferry::board {
namespace {

using test::BoardScript;
using test::everything_about;
using test::RunLog;

constexpr unsigned boards = 100, kinds = 10;
constexpr std::size_t script_length = 600;

// A board, and what it is to do; boards of the same kind do the same.
struct Job {
  explicit Job(unsigned number)
      : script(BoardScript::random(500 + number % kinds, script_length)), board(script.options()) {
    script.begin(board);
    log = std::make_unique<RunLog>(board);
  }
  bool step() {
    if (script.at_end()) return false;
    script.step(board, *log);
    return true;
  }
  std::string result() { return log->text() + everything_about(board); }

  BoardScript script;
  Board board;
  std::unique_ptr<RunLog> log;
};

// What each kind comes to on a board that has the process to itself.
std::vector<std::string> results_alone() {
  std::vector<std::string> results;
  for (unsigned kind = 0; kind < kinds; ++kind) {
    Job job(kind);
    while (job.step()) {
    }
    results.push_back(job.result());
  }
  return results;
}

TEST(HundredBoards, OneAfterTheOtherStepByStep) {
  const std::vector<std::string> alone = results_alone();
  std::vector<std::unique_ptr<Job>> jobs;
  for (unsigned number = 0; number < boards; ++number) jobs.push_back(std::make_unique<Job>(number));
  for (bool more = true; more;) {
    more = false;
    for (const auto& job : jobs) more = job->step() || more;
  }
  for (unsigned number = 0; number < boards; ++number)
    EXPECT_TRUE(jobs[number]->result() == alone[number % kinds]) << "board " << number;
}

TEST(HundredBoards, InThreads) {
  const std::vector<std::string> alone = results_alone();
  constexpr unsigned threads = 8;
  std::vector<std::string> results(boards);
  {
    std::vector<std::jthread> workers;
    for (unsigned worker = 0; worker < threads; ++worker)
      workers.emplace_back([worker, &results] {
        for (unsigned number = worker; number < boards; number += threads) {
          Job job(number);
          while (job.step()) {
          }
          results[number] = job.result();
        }
      });
  }
  for (unsigned number = 0; number < boards; ++number)
    EXPECT_TRUE(results[number] == alone[number % kinds]) << "board " << number;
}

// A board that is started from another's snapshot, in another thread.
TEST(HundredBoards, FromOneSnapshot) {
  Board first;
  BoardScript({}).begin(first);
  first.run_for(50 * microsecond);
  const Snapshot snapshot = first.snapshot();
  first.run_for(millisecond);
  const std::string expected = everything_about(first);
  std::vector<std::string> results(8);
  {
    std::vector<std::jthread> workers;
    for (std::string& result : results)
      workers.emplace_back([&snapshot, &result] {
        Board board;
        board.restore(snapshot);
        board.run_for(millisecond);
        result = everything_about(board);
      });
  }
  for (const std::string& result : results) EXPECT_TRUE(result == expected);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FERRY_SANITIZED 1
#endif
#endif
#ifndef FERRY_SANITIZED
// In KiB, of this process.
std::size_t resident_memory() {
  std::size_t total = 0, resident = 0;
  if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%zu %zu", &total, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident * 4;
}

TEST(HundredBoards, TakeLittleMemory) {
  const std::size_t before = resident_memory();
  if (before == 0) GTEST_SKIP() << "this system does not say how much memory a process has";
  std::vector<std::unique_ptr<Board>> many;
  for (unsigned number = 0; number < boards; ++number) {
    many.push_back(std::make_unique<Board>());
    BoardScript({}).begin(*many.back());
    many.back()->run_for(millisecond);
  }
  const std::size_t each = (resident_memory() - before) / boards;
  RecordProperty("KiB", static_cast<int>(each));
  // Its memories are 408 KiB and the boot ROM 384 KiB; the rest is tables of its devices and what was
  // decoded.
  EXPECT_LT(each, 1280u);
}
#endif

}  // namespace
}  // namespace ferry::board

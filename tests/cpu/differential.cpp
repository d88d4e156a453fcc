// The board's processor against QEMU's: random programs on both, registers compared after each block.
//
//   cpu_differential [--seed N] [--instructions N] [--qemu PROGRAM] [--keep FOLDER]
//
// Ends with 0 when nothing differs, 1 when something does, 2 for bad options, 77 when there is no QEMU to
// ask.
#include "tests/cpu/machines.hpp"
#include "tests/cpu/program.hpp"

#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>

namespace {

using namespace ferry::cpu_test;

constexpr std::uint32_t code_bytes = 200 * 1024, rounds = 4;

struct Options {
  std::uint64_t seed = std::random_device()();
  std::uint64_t instructions = 4'000'000;
  std::string qemu = "qemu-system-riscv32";
  std::filesystem::path folder;
  bool keep = false;
};

bool parse(int argc, char** argv, Options& options) {
  for (int index = 1; index + 1 < argc; index += 2) {
    const std::string_view name = argv[index];
    const char* value = argv[index + 1];
    if (name == "--seed") {
      options.seed = std::strtoull(value, nullptr, 0);
    } else if (name == "--instructions") {
      options.instructions = std::strtoull(value, nullptr, 0);
    } else if (name == "--qemu") {
      options.qemu = value;
    } else if (name == "--keep") {
      options.folder = value;
      options.keep = true;
    } else {
      return false;
    }
  }
  return argc % 2 == 1;
}

bool exists(const std::string& program) {
  return std::system(("command -v '" + program + "' > /dev/null 2>&1").c_str()) == 0;
}

void print_block(const Program& program, std::size_t number) {
  const Block& block = program.blocks[number];
  std::printf("  block %zu, code bytes 0x%X to 0x%X:\n   ", number, block.begin, block.end);
  for (std::uint32_t offset = block.begin; offset < block.end; offset += 2)
    std::printf(" %04X%s", program.code[offset / 2], (offset - block.begin) % 32 == 30 ? "\n   " : "");
  std::printf("\n");
}

// True when both machines did the same.
bool compare(const Program& program, const Outcome& board, const Outcome& qemu) {
  constexpr std::size_t words = log_entry_size / 4;
  const std::size_t entries = std::min(board.log.size(), qemu.log.size()) / words;
  for (std::size_t entry = 0; entry < entries; ++entry) {
    bool same = true;
    for (unsigned number = 1; number < 32; ++number) {
      const std::uint32_t ours = board.log[entry * words + number], theirs = qemu.log[entry * words + number];
      if (!Program::is_logged(number) || ours == theirs) continue;
      if (same) std::printf("registers differ after execution %zu:\n", entry);
      same = false;
      std::printf("  x%u: board 0x%08X, QEMU 0x%08X\n", number, ours, theirs);
    }
    if (!same) {
      print_block(program, entry % program.blocks.size());
      return false;
    }
  }
  const std::size_t expected = program.blocks.size() * program.rounds;
  if (board.log.size() != expected * words || qemu.log.size() != expected * words) {
    std::printf("board executed %zu blocks, QEMU %zu of %zu\n", board.log.size() / words,
                qemu.log.size() / words, expected);
    return false;
  }
  if (board.scratch != qemu.scratch) {
    const auto [ours, theirs] = std::ranges::mismatch(board.scratch, qemu.scratch);
    std::printf("memory differs at byte %td of the scratch area: board 0x%02X, QEMU 0x%02X\n",
                ours - board.scratch.begin(), *ours, *theirs);
    return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fprintf(stderr, "usage: %s [--seed N] [--instructions N] [--qemu PROGRAM] [--keep FOLDER]\n",
                 argv[0]);
    return 2;
  }
  if (!exists(options.qemu)) {
    std::printf("skipped: there is no %s\n", options.qemu.c_str());
    return 77;
  }
  if (!options.keep)
    options.folder = std::filesystem::temp_directory_path() / ("ferry-cpu-" + std::to_string(getpid()));
  std::filesystem::create_directories(options.folder);
  std::printf("seed %" PRIu64 "\n", options.seed);

  std::uint64_t executed = 0, blocks = 0;
  std::uint64_t seed = options.seed;
  bool same = true;
  while (same && executed < options.instructions) {
    const Program program = generate(seed, code_bytes, rounds);
    const auto board = run_on_board(program);
    const auto qemu = run_on_qemu(program, options.qemu, options.folder);
    if (!board || !qemu) {
      std::printf("%s\n", (board ? qemu : board).error().c_str());
      same = false;
    } else {
      same = compare(program, *board, *qemu);
      // What stores the log is no test of anything.
      constexpr std::uint64_t logging = 27;
      const std::uint64_t executions = program.blocks.size() * program.rounds;
      executed += board->instructions - executions * logging;
      blocks += executions;
    }
    if (!same) std::printf("repeat with: --seed %" PRIu64 " --instructions 1\n", seed);
    ++seed;
  }
  if (!options.keep) std::filesystem::remove_all(options.folder);
  if (!same) return 1;
  std::printf("%" PRIu64 " instructions in %" PRIu64 " blocks: no difference\n", executed, blocks);
  return 0;
}

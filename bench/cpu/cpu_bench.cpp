// Guest MIPS of the board's processor against QEMU's translator, on the same code, in the same run.
//
//   cpu_bench BOARD.elf VIRT.elf [rounds]
//
// The board counts cycles and checks the line flags of every access, as always; QEMU does neither. Both are
// measured in CPU time of their process, so other work on the computer disturbs little, and take turns.
// QEMU's start-up is measured with a run that has nothing to do, and taken off. The board is measured a
// second time without translation, as it runs where there is no translator. Ratios are of paired runs; all
// figures are medians.
#include "board/bus.hpp"
#include "board/clocks.hpp"
#include "board/cpu/cpu.hpp"
#include "board/image/firmware.hpp"
#include "board/memory.hpp"
#include "board/observer.hpp"
#include "board/timeline.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace ferry::board;

// Where both programs look for what to do: see the linker scripts.
constexpr std::uint32_t board_work_order = 0x3FCD'0000, virt_work_order = 0x8010'0000;
constexpr double real_time_hz = 160e6;

struct Kernel {
  const char* name;
  std::uint32_t number;
  std::uint32_t repetitions;
};
// So many repetitions that each of the two works for some tenths of a second.
constexpr std::array kernels{Kernel{"integer", 0, 1200}, Kernel{"memory", 1, 900}, Kernel{"calls", 2, 1500},
                             Kernel{"CoreMark-like", 3, 8000}};
// Rows of the table: one or more of them, one after the other.
struct Row {
  const char* name;
  std::vector<std::size_t> kernels;
};

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "cpu_bench: %s\n", why.c_str());
  std::exit(1);
}

struct Result {
  double seconds = 0;
  std::uint64_t instructions = 0;
  std::uint64_t cycles = 0;
  std::string checksum;
};

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Text : SemihostingHandler {
  void semihosting_text(std::string_view part) override { text += part; }
  std::string text;
};

Result run_board(const Image& image, const Kernel& kernel, bool translate) {
  Timeline timeline;
  Clocks clocks;
  Observers observers;
  Memory memory;
  Bus bus(memory, observers);
  Cpu cpu(bus, memory, timeline, clocks, observers);
  Text text;
  cpu.set_semihosting(&text);
  for (const Segment& segment : image.segments) memory.write(segment.address, segment.bytes);
  const std::array<std::uint32_t, 2> order{kernel.number, kernel.repetitions};
  memory.write(board_work_order, std::as_bytes(std::span(order)));
  cpu.reset(image.entry);
  if (!translate) cpu.translate_after(0);

  const double start = cpu_seconds();
  const StopReason reason = cpu.run(never);
  const double end = cpu_seconds();
  if (reason != StopReason::exited || cpu.exit_code() != 0) fail("the program failed on the board");
  return {end - start, cpu.counters().instructions, cpu.counters().cycles, text.text};
}

Result run_qemu(const std::string& elf, std::uint32_t kernel, std::uint32_t repetitions) {
  const auto loader = [](std::uint32_t address, std::uint32_t value) {
    return "loader,addr=" + std::to_string(address) + ",data=" + std::to_string(value) + ",data-len=4";
  };
  const std::string first = loader(virt_work_order, kernel),
                    second_word = loader(virt_work_order + 4, repetitions);
  const std::array<const char*, 23> arguments{"qemu-system-riscv32",
                                              "-M",
                                              "virt",
                                              "-bios",
                                              "none",
                                              "-cpu",
                                              "rv32,a=false,f=false,d=false",
                                              "-display",
                                              "none",
                                              "-monitor",
                                              "none",
                                              "-serial",
                                              "none",
                                              "-semihosting-config",
                                              "enable=on,target=native",
                                              "-kernel",
                                              elf.c_str(),
                                              "-device",
                                              first.c_str(),
                                              "-device",
                                              second_word.c_str(),
                                              nullptr};
  std::array<int, 2> channel{};
  if (pipe(channel.data()) != 0) fail("no pipe");
  const pid_t child = fork();
  if (child < 0) fail("cannot start a process");
  if (child == 0) {
    dup2(channel[1], STDOUT_FILENO);
    dup2(channel[1], STDERR_FILENO);
    close(channel[0]);
    execvp(arguments[0], const_cast<char* const*>(arguments.data()));
    _exit(127);
  }
  close(channel[1]);
  Result result;
  std::array<char, 256> part{};
  for (ssize_t got = 0; (got = read(channel[0], part.data(), part.size())) > 0;)
    result.checksum.append(part.data(), static_cast<std::size_t>(got));
  close(channel[0]);
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) fail("qemu-system-riscv32 failed: " + result.checksum);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  result.seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  return result;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// The three runs of a kernel that belong together.
struct Round {
  Result board, handlers;
  double qemu_seconds = 0;
};

Round run_round(const Image& image, const std::string& virt, const Kernel& kernel, bool board_first) {
  Round round;
  const auto measure_board = [&] {
    round.board = run_board(image, kernel, true);
    round.handlers = run_board(image, kernel, false);
  };
  const auto measure_qemu = [&] {
    const Result idle = run_qemu(virt, kernel.number, 0);
    const Result qemu = run_qemu(virt, kernel.number, kernel.repetitions);
    round.qemu_seconds = std::max(qemu.seconds - idle.seconds, 1e-3);
    return qemu.checksum;
  };
  if (board_first) measure_board();
  const std::string checksum = measure_qemu();
  if (!board_first) measure_board();
  if (round.board.checksum != checksum || round.handlers.checksum != checksum)
    fail(std::string(kernel.name) + ": checksums differ, board " + round.board.checksum + "handlers " +
         round.handlers.checksum + "qemu " + checksum);
  if (round.board.cycles != round.handlers.cycles || round.board.instructions != round.handlers.instructions)
    fail(std::string(kernel.name) + ": translated code counts something else");
  return round;
}

struct Series {
  std::vector<double> board_mips, qemu_mips, ratio, real_time, handlers_ratio;

  void add(const std::vector<Round>& rounds, const std::vector<std::size_t>& parts) {
    double board = 0, handlers = 0, qemu = 0, instructions = 0, cycles = 0;
    for (const std::size_t part : parts) {
      board += rounds[part].board.seconds;
      handlers += rounds[part].handlers.seconds;
      qemu += rounds[part].qemu_seconds;
      instructions += static_cast<double>(rounds[part].board.instructions);
      cycles += static_cast<double>(rounds[part].board.cycles);
    }
    board_mips.push_back(instructions * 1e-6 / board);
    qemu_mips.push_back(instructions * 1e-6 / qemu);
    ratio.push_back(qemu / board);
    real_time.push_back(cycles / real_time_hz / board);
    handlers_ratio.push_back(qemu / handlers);
  }
  void print(const char* name) const {
    std::printf("| %-18s | %10.0f | %10.0f | %8.2f | %9.1f | %21.2f |\n", name, median(board_mips),
                median(qemu_mips), median(ratio), median(real_time), median(handlers_ratio));
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::fprintf(stderr, "usage: cpu_bench BOARD.elf VIRT.elf [rounds]\n");
    return 2;
  }
  const auto image = load_firmware(argv[1]);
  if (!image) fail(std::string(argv[1]) + ": " + image.error().text);
  const std::string virt = argv[2];
  const int rounds = argc == 4 ? std::max(1, std::atoi(argv[3])) : 7;

  const std::vector<Row> rows{{"integer", {0}},         {"memory", {1}},
                              {"calls", {2}},           {"integer and memory", {0, 1}},
                              {"all three", {0, 1, 2}}, {"CoreMark-like", {3}}};
  std::vector<Series> series(rows.size());
  double instructions = 0, cycles = 0;
  for (int number = 0; number < rounds; ++number) {
    std::vector<Round> round;
    instructions = cycles = 0;
    for (const Kernel& kernel : kernels) {
      round.push_back(run_round(*image, virt, kernel, number % 2 == 0));
      instructions += static_cast<double>(round.back().board.instructions);
      cycles += static_cast<double>(round.back().board.cycles);
    }
    for (std::size_t index = 0; index < rows.size(); ++index) series[index].add(round, rows[index].kernels);
  }

  std::printf(
      "| kernel             | board MIPS | QEMU MIPS  | of QEMU  | real time | untranslated, of QEMU |\n");
  std::printf(
      "|--------------------|-----------:|-----------:|---------:|----------:|----------------------:|\n");
  for (std::size_t index = 0; index < rows.size(); ++index) series[index].print(rows[index].name);
  std::printf(
      "\n%d rounds of %.0f million instructions, %.2f cycles each; medians. "
      "Real time: times as fast as a chip at 160 MHz.\n",
      rounds, instructions * 1e-6, cycles / instructions);
  return 0;
}

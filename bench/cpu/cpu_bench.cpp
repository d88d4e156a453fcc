// Guest MIPS of the board's processor against QEMU's translator, on the same code, in the same run.
//
//   cpu_bench BOARD.elf VIRT.elf [rounds]
//
// The board counts cycles and checks the line flags of every access, as always; QEMU does neither. Both are
// measured in CPU time of their process, so other work on the computer disturbs little, and take turns.
// QEMU's start-up is measured with a run that has nothing to do, and taken off. Ratios are of paired runs;
// all figures are medians.
#include "board/bus.hpp"
#include "board/clocks.hpp"
#include "board/cpu/cpu.hpp"
#include "board/image/elf.hpp"
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
// So many repetitions that the board works for about a quarter of a second.
constexpr std::array kernels{Kernel{"integer", 0, 400}, Kernel{"memory", 1, 300}, Kernel{"calls", 2, 1000}};

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

Result run_board(const Image& image, std::uint32_t kernel, std::uint32_t repetitions) {
  Timeline timeline;
  Clocks clocks;
  Observers observers;
  Memory memory;
  Bus bus(memory, observers);
  Cpu cpu(bus, memory, timeline, clocks, observers);
  Text text;
  cpu.set_semihosting(&text);
  for (const Segment& segment : image.segments) memory.write(segment.address, segment.bytes);
  const std::array<std::uint32_t, 2> order{kernel, repetitions};
  memory.write(board_work_order, std::as_bytes(std::span(order)));
  cpu.reset(image.entry);

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

struct Series {
  std::vector<double> board_mips, qemu_mips, ratio, real_time;

  void add(double board_seconds, double qemu_seconds, std::uint64_t instructions, std::uint64_t cycles) {
    const double millions = static_cast<double>(instructions) * 1e-6;
    board_mips.push_back(millions / board_seconds);
    qemu_mips.push_back(millions / qemu_seconds);
    ratio.push_back(qemu_seconds / board_seconds);
    real_time.push_back(static_cast<double>(cycles) / real_time_hz / board_seconds);
  }
  void print(const char* name) const {
    std::printf("| %-8s | %10.0f | %10.0f | %8.2f | %9.1f |\n", name, median(board_mips), median(qemu_mips),
                median(ratio), median(real_time));
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::fprintf(stderr, "usage: cpu_bench BOARD.elf VIRT.elf [rounds]\n");
    return 2;
  }
  const auto image = load_elf(argv[1]);
  if (!image) fail(std::string(argv[1]) + ": " + image.error().text);
  const std::string virt = argv[2];
  const int rounds = argc == 4 ? std::max(1, std::atoi(argv[3])) : 7;

  std::array<Series, kernels.size()> series;
  Series together;
  std::uint64_t total_instructions = 0, total_cycles = 0;
  for (int round = 0; round < rounds; ++round) {
    double board_seconds = 0, qemu_seconds = 0;
    total_instructions = total_cycles = 0;
    for (std::size_t index = 0; index < kernels.size(); ++index) {
      const Kernel& kernel = kernels[index];
      Result board, qemu, idle;
      const auto measure_board = [&] { board = run_board(*image, kernel.number, kernel.repetitions); };
      const auto measure_qemu = [&] {
        idle = run_qemu(virt, kernel.number, 0);
        qemu = run_qemu(virt, kernel.number, kernel.repetitions);
      };
      if (round % 2 == 0) {
        measure_board();
        measure_qemu();
      } else {
        measure_qemu();
        measure_board();
      }
      if (board.checksum != qemu.checksum)
        fail(std::string(kernel.name) + ": checksums differ, board " + board.checksum + "qemu " +
             qemu.checksum);
      const double qemu_net = std::max(qemu.seconds - idle.seconds, 1e-3);
      series[index].add(board.seconds, qemu_net, board.instructions, board.cycles);
      board_seconds += board.seconds;
      qemu_seconds += qemu_net;
      total_instructions += board.instructions;
      total_cycles += board.cycles;
    }
    together.add(board_seconds, qemu_seconds, total_instructions, total_cycles);
  }

  std::printf("| kernel   | board MIPS | QEMU MIPS  | of QEMU  | real time |\n");
  std::printf("|----------|-----------:|-----------:|---------:|----------:|\n");
  for (std::size_t index = 0; index < kernels.size(); ++index) series[index].print(kernels[index].name);
  together.print("all");
  std::printf(
      "\n%d rounds of %.0f million instructions, %.2f cycles each; medians. "
      "Real time: times as fast as a chip at 160 MHz.\n",
      rounds, static_cast<double>(total_instructions) * 1e-6,
      static_cast<double>(total_cycles) / static_cast<double>(total_instructions));
  return 0;
}

#include "bench/watching.hpp"

#include "bench/guest.hpp"
#include "bench/host_time.hpp"
#include "bench/markdown.hpp"
#include "bench/waiting.hpp"
#include "board/board.hpp"
#include "board/bus.hpp"
#include "board/cpu/access_watches.hpp"
#include "board/cpu/cpu.hpp"
#include "board/image/firmware.hpp"
#include "board/memory.hpp"
#include "board/record/source_places.hpp"
#include "board/watch/dma_watch.hpp"
#include "chip/esp32c3/registers/rtc_cntl.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <optional>
#include <span>

namespace ferry::bench {

namespace {

using board::Time;
namespace rtc_cntl = chip::rtc_cntl;

constexpr int repetitions = 15;
// Where the processor's kernels look for what to do: see cpu/guest/board.ld.
constexpr std::uint32_t work_order = 0x3FCD'0000;
// Belongs to none of the programs: behind the one's work order, below the other's stack.
constexpr std::uint32_t untouched = 0x3FCD'8000;

enum class Attached : std::uint8_t { nothing, line, watch };

struct Work {
  std::string name;
  const board::Image* image;
  std::function<void(board::Board&)> prepare;
  Time time;
};

struct Untouched final : board::AccessWatcher {
  void cpu_accesses(const board::BusAccess&, std::optional<std::uint32_t>) override { ++times; }
  unsigned times = 0;
};

board::Image load(const std::filesystem::path& file) {
  auto image = board::load_firmware(file);
  if (!image) throw Failure(file.string() + ": " + image.error().text);
  return std::move(*image);
}

double seconds_of(const Work& work, const std::filesystem::path& file, Attached attached) {
  board::Board board({.flash_boot = false});
  board.load(*work.image);
  work.prepare(board);
  const board::SourcePlaces places(file, work.image->symbols);
  std::optional<board::watch::DmaWatch> watch;
  Untouched watcher;
  const board::WatchedRange range{
      .offset = *board::Memory::offset(untouched), .length = 4, .reads = true, .writes = true};
  if (attached == Attached::line) board.cpu().watches().set(watcher, std::span(&range, 1));
  if (attached == Attached::watch) watch.emplace(board, places, work.image->symbols);

  const double start = process_seconds();
  const board::Board::Stop stop = board.run_until(work.time);
  const double seconds = process_seconds() - start;
  if (stop != board::Board::Stop::exited && stop != board::Board::Stop::reached_time)
    throw Failure(work.name + " stopped early");
  if (watcher.times != 0) throw Failure(work.name + " touches the line that nobody is to touch");
  board.cpu().watches().set(watcher, {});
  return seconds;
}

Work kernel(const board::Image& image, const std::string& name, std::uint32_t number, std::uint32_t times) {
  const auto prepare = [number, times](board::Board& board) {
    const std::array<std::uint32_t, 2> order{number, times};
    board.memory().write(work_order, std::as_bytes(std::span(order)));
    // They know nothing of watchdogs.
    board.bus().probe_store(rtc_cntl::base + rtc_cntl::SwdWprotect::offset, 0x8F1D'312A);
    board.bus().probe_store(rtc_cntl::base + rtc_cntl::SwdConf::offset,
                            rtc_cntl::SwdConf::swd_disable(1).bits);
  };
  return {.name = name, .image = &image, .prepare = prepare, .time = board::never};
}

Work wait(const board::Image& image, const std::string& name, WaitingStyle style) {
  const auto prepare = [&image, style](board::Board& board) { choose(board, image, style); };
  return {.name = name, .image = &image, .prepare = prepare, .time = 100 * board::second};
}

}  // namespace

std::string watching_table(const std::filesystem::path& processor, const std::filesystem::path& waiting) {
  const board::Image kernels = load(processor), waits = load(waiting);
  // About as long as each other: a program's first writes to its memory, which the watch is told of, are a
  // percent or two of a short run.
  const std::array works{kernel(kernels, "integer", 0, 1800),
                         kernel(kernels, "memory", 1, 900),
                         kernel(kernels, "calls", 2, 2700),
                         kernel(kernels, "CoreMark-like", 3, 4000),
                         wait(waits, "waits in `wfi`", WaitingStyle::sleep),
                         wait(waits, "polls with a deadline", WaitingStyle::deadline)};
  Table table({"program", "host CPU s", "a line watched: times that", "DMA watch: times that"});
  for (const Work& work : works) {
    const std::filesystem::path& file = work.image == &kernels ? processor : waiting;
    // What else a computer does can only add to a run: of each kind the quickest is the nearest to what it
    // costs.
    double plain = std::numeric_limits<double>::infinity(), line = plain, watch = plain;
    for (int repetition = 0; repetition < repetitions; ++repetition) {
      plain = std::min(plain, seconds_of(work, file, Attached::nothing));
      line = std::min(line, seconds_of(work, file, Attached::line));
      watch = std::min(watch, seconds_of(work, file, Attached::watch));
    }
    table.add({work.name, decimal(plain, 3), decimal(line / plain, 3), decimal(watch / plain, 3)});
  }
  return table.text();
}

}  // namespace ferry::bench

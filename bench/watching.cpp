#include "bench/watching.hpp"

#include "bench/guest.hpp"
#include "bench/host_time.hpp"
#include "bench/markdown.hpp"
#include "bench/process.hpp"
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
#include <optional>
#include <span>
#include <sstream>
#include <vector>

namespace ferry::bench {

namespace {

using board::Time;
namespace rtc_cntl = chip::rtc_cntl;

// Three boards take so many turns, in every order; then three others do, in a process of their own. Where a
// process has its memory makes a difference of some percent, for all that run in it.
constexpr unsigned trios = 60, slices = 12;
// Where the processor's kernels look for what to do: see cpu/guest/board.ld.
constexpr std::uint32_t work_order = 0x3FCD'0000;
// Belongs to none of the programs: behind the one's work order, below the other's stack.
constexpr std::uint32_t untouched = 0x3FCD'8000;
constexpr std::uint32_t forever = 0xFFFF'FFFF;

enum class Attached : std::uint8_t { nothing, line, watch };

struct Work {
  std::string name;
  std::filesystem::path file;
  std::function<void(board::Board&, const board::Image&)> prepare;
  Time slice;  // takes this computer some milliseconds: what starts and ends it is nothing beside that
};

struct Untouched final : board::AccessWatcher {
  void cpu_accesses(const board::BusAccess&, std::optional<std::uint32_t>) override { ++times; }
  unsigned times = 0;
};

// A board that runs a program, and what is attached to it.
class Subject {
 public:
  Subject(const Work& work, const board::Image& image, const board::SourcePlaces& places, Attached attached)
      : work_(work), board_({.flash_boot = false}) {
    board_.load(image);
    work.prepare(board_, image);
    const board::WatchedRange range{
        .offset = *board::Memory::offset(untouched), .length = 4, .reads = true, .writes = true};
    if (attached == Attached::line) board_.cpu().watches().set(watcher_, std::span(&range, 1));
    if (attached == Attached::watch) watch_.emplace(board_, places, image.symbols);
  }
  ~Subject() { board_.cpu().watches().set(watcher_, {}); }
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  // The CPU time that a slice takes this process.
  double run() {
    const double start = process_seconds();
    const board::Board::Stop stop = board_.run_for(work_.slice);
    const double seconds = process_seconds() - start;
    if (stop != board::Board::Stop::reached_time) throw Failure(work_.name + " stopped early");
    if (watcher_.times != 0) throw Failure(work_.name + " touches the line that nobody is to touch");
    return seconds;
  }

 private:
  const Work& work_;
  board::Board board_;
  Untouched watcher_;
  std::optional<board::watch::DmaWatch> watch_;
};

Work kernel(const std::filesystem::path& file, const std::string& name, std::uint32_t number) {
  const auto prepare = [number](board::Board& board, const board::Image&) {
    const std::array<std::uint32_t, 2> order{number, forever};
    board.memory().write(work_order, std::as_bytes(std::span(order)));
    // They know nothing of watchdogs.
    board.bus().probe_store(rtc_cntl::base + rtc_cntl::SwdWprotect::offset, 0x8F1D'312A);
    board.bus().probe_store(rtc_cntl::base + rtc_cntl::SwdConf::offset,
                            rtc_cntl::SwdConf::swd_disable(1).bits);
  };
  return {.name = name, .file = file, .prepare = prepare, .slice = board::second};
}

Work wait(const std::filesystem::path& file, const std::string& name, WaitingStyle style) {
  const auto prepare = [style](board::Board& board, const board::Image& image) {
    choose(board, image, style);
  };
  return {.name = name, .file = file, .prepare = prepare, .slice = 2 * board::second};
}

std::array<Work, 6> works_of(const std::filesystem::path& processor, const std::filesystem::path& waiting) {
  return {kernel(processor, "integer", 0),
          kernel(processor, "memory", 1),
          kernel(processor, "calls", 2),
          kernel(processor, "CoreMark-like", 3),
          wait(waiting, "waits in `wfi`", WaitingStyle::sleep),
          wait(waiting, "polls with a deadline", WaitingStyle::deadline)};
}

// "0.998 to 1.003": where the middle half of them lie.
std::string quartiles(std::vector<double> values) {
  std::ranges::sort(values);
  return decimal(values[values.size() / 4], 3) + " to " + decimal(values[values.size() * 3 / 4], 3);
}

}  // namespace

std::string watching_trio(const std::filesystem::path& processor, const std::filesystem::path& waiting,
                          unsigned program, unsigned trio) {
  const Work work = works_of(processor, waiting).at(program);
  const auto image = board::load_firmware(work.file);
  if (!image) throw Failure(work.file.string() + ": " + image.error().text);
  const board::SourcePlaces places(work.file, image->symbols);
  std::array order{Attached::nothing, Attached::line, Attached::watch};
  for (; trio != 0; --trio) std::ranges::next_permutation(order);

  std::array<std::optional<Subject>, order.size()> subjects;
  std::array<double, order.size()> seconds{};
  const auto of = [](auto& all, Attached attached) -> auto& {
    return all[static_cast<std::size_t>(attached)];
  };
  for (const Attached attached : order) of(subjects, attached).emplace(work, *image, places, attached);
  // The first slice is not measured: a program's first stores are in it, of which the watch is told, and what
  // is executed often is translated.
  for (const Attached attached : order) of(subjects, attached)->run();
  for (unsigned slice = 0; slice < slices; ++slice) {
    for (const Attached attached : order) of(seconds, attached) += of(subjects, attached)->run();
    std::ranges::next_permutation(order);
  }
  std::string text;
  for (const double each : seconds) text += decimal(each, 6) + '\n';
  return text;
}

std::string watching_table(const std::filesystem::path& self, const std::filesystem::path& processor,
                           const std::filesystem::path& waiting) {
  Table table({"program", "host CPU s", "a line watched: times that", "middle half", "DMA watch: times that",
               "middle half"});
  const auto works = works_of(processor, waiting);
  for (std::size_t program = 0; program < works.size(); ++program) {
    std::vector<double> plain, line, watch;
    for (unsigned trio = 0; trio < trios; ++trio) {
      std::istringstream seconds(
          run_program({self, "watching", processor, waiting, std::to_string(program), std::to_string(trio)})
              .output);
      double of_plain = 0, of_line = 0, of_watch = 0;
      seconds >> of_plain >> of_line >> of_watch;
      plain.push_back(of_plain);
      line.push_back(of_line / of_plain);
      watch.push_back(of_watch / of_plain);
    }
    table.add({works[program].name, decimal(median(plain), 3), decimal(median(line), 3), quartiles(line),
               decimal(median(watch), 3), quartiles(watch)});
  }
  return table.text();
}

}  // namespace ferry::bench

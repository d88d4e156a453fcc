#include "bench/attached.hpp"

#include "bench/markdown.hpp"
#include "bench/process.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <vector>

namespace ferry::bench {

namespace {

constexpr int repetitions = 15;

struct Case {
  std::string program, attached;
  std::filesystem::path file;
  std::vector<std::string> options;
  std::size_t compared_with;      // the case of this program with nothing
  std::vector<double> seconds{};  // of the process's own
  double instructions = 0;
  std::uint64_t received = 0;  // bytes, by DMA
};

// What else a computer does can only add to a run.
double quickest(const Case& runs) { return std::ranges::min(runs.seconds); }

}  // namespace

std::string attached_table(const std::filesystem::path& ferry, const std::filesystem::path& exercise,
                           const std::filesystem::path& folder) {
  const std::filesystem::path records =
      std::filesystem::temp_directory_path() / ("ferry-bench-" + std::to_string(getpid()));
  std::filesystem::create_directories(records);
  const std::string vcd = records / "pins.vcd", summary = records / "summary.json",
                    page = records / "report.html";
  const std::string works = "works", sleeps = "sleeps";
  const std::filesystem::path asleep = folder / "bench-asleep.elf";
  std::vector<Case> cases{
      {works, "nothing", exercise, {}, 0},
      {works, "waveforms of all pins (--vcd)", exercise, {"--vcd", vcd}, 0},
      {works, "the report (--report)", exercise, {"--report", page}, 0},
      {works, "the trace of DMA", exercise, {"--trace", "dma"}, 0},
      {works, "DMA watch (--watch)", exercise, {"--watch"}, 0},
      {works, "all but the watch", exercise, {"--vcd", vcd, "--report", page, "--trace", "dma"}, 0},
      {sleeps, "nothing", asleep, {}, 6},
      {sleeps, "waveforms of all pins (--vcd)", asleep, {"--vcd", vcd}, 6}};
  const auto watch = [&](const std::string& does, const std::string& program) {
    const std::filesystem::path file = folder / ("bench-" + program + ".elf");
    const std::size_t nothing = cases.size();
    cases.push_back({does, "nothing", file, {}, nothing});
    cases.push_back({does, "DMA watch (--watch)", file, {"--watch"}, nothing});
  };
  watch("works in frames on top of the buffer", "on_stack");
  watch("goes through those of a ring", "ring");
  watch("takes them out of a stream", "stream");
  constexpr std::array<std::uint64_t, 3> sizes{1024, 256, 16};
  const std::size_t copies = cases.size();
  for (const std::uint64_t size : sizes)
    watch("waits, and copies " + std::to_string(size) + " more", "copies_" + std::to_string(size));

  for (int repetition = 0; repetition < repetitions; ++repetition)
    for (Case& each : cases) {
      std::vector<std::string> words{ferry,   "run",   each.file, "--wire", "GPIO4:GPIO2",
                                     "--for", "10.2s", "--quiet", "--json", summary};
      words.insert(words.end(), each.options.begin(), each.options.end());
      each.seconds.push_back(run_program(words).seconds);
      const auto counted = nlohmann::json::parse(std::ifstream(summary));
      each.instructions = counted.at("cpu").at("instructions").get<double>();
      each.received = counted.at("dma").at("bytes_in").get<std::uint64_t>();
    }
  std::filesystem::remove_all(records);

  Table table({"while the bytes pass, the CPU …", "attached", "host CPU s", "million instructions per second",
               "times nothing's"});
  for (const Case& each : cases) {
    const double seconds = quickest(each);
    table.add({each.program, each.attached, decimal(seconds, 3),
               decimal(each.instructions * 1e-6 / seconds, 0),
               decimal(seconds / quickest(cases[each.compared_with]), 2)});
  }

  Table starts({"a copy of … bytes", "nothing, host µs", "DMA watch, host µs", "more, µs"});
  for (std::size_t place = 0; place < sizes.size(); ++place) {
    const auto microseconds_each = [&](const Case& each) {
      const std::uint64_t count = each.received / sizes[place];
      return quickest(each) * 1e6 / static_cast<double>(count);
    };
    const double plain = microseconds_each(cases[copies + 2 * place]),
                 watched = microseconds_each(cases[copies + 2 * place + 1]);
    starts.add(
        {std::to_string(sizes[place]), decimal(plain, 2), decimal(watched, 2), decimal(watched - plain, 2)});
  }
  return table.text() + '\n' + starts.text();
}

}  // namespace ferry::bench

#include "board/record/summary.hpp"

#include "board/image/text.hpp"
#include "board/record/time_text.hpp"
#include "board/watch/json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace ferry::board {

namespace {

std::string decimal(double value, int digits) {
  std::array<char, 64> text;
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, digits).ptr;
  return {text.data(), end};
}

std::string percent(double share) { return decimal(100 * share, 2) + " %"; }

double share(Time part, Time whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// "1 234 567": groups of three, as numbers of this size are read.
std::string grouped(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (std::size_t position = text.size(); position > 3;) text.insert(position -= 3, 1, ' ');
  return text;
}

// Shares of the time in which DMA ran. A cycle of the CPU is taken to be equally long in all of it.
struct DuringDma {
  explicit DuringDma(const Counters& counters)
      : asleep(share(std::min(counters.dma_cpu_idle, counters.dma_time), counters.dma_time)),
        at_registers((1 - asleep) *
                     share(std::min(counters.dma_register_cycles, counters.dma_cycles), counters.dma_cycles)),
        at_other_work(std::max(0.0, 1 - asleep - at_registers)) {}

  double asleep, at_registers, at_other_work;
};

std::string watch_text(const RunSummary::Watch& watch) {
  std::uint64_t times = 0;
  for (const watch::Finding& finding : watch.findings) times += finding.times;
  std::string text = watch.findings.empty() ? "no findings" : grouped(watch.findings.size());
  if (!watch.findings.empty()) text += watch.findings.size() == 1 ? " finding" : " findings";
  if (times != watch.findings.size()) text += ", " + grouped(times) + " times";
  if (watch.suppressed != 0) text += "; suppressed: " + grouped(watch.suppressed);
  for (bool first = true; const std::string& line : watch.unused_suppressions)
    text += (std::exchange(first, false) ? "; suppressions that fit nothing: " : ", ") + one_line(line);
  return text;
}

}  // namespace

std::optional<double> cpu_free_during_dma(const Counters& counters) {
  if (counters.dma_time == 0) return std::nullopt;
  return 1 - DuringDma(counters).at_registers;
}

std::vector<SummaryLine> summary_lines(const RunSummary& summary) {
  const Counters& counters = summary.counters;
  std::vector<SummaryLine> lines;
  lines.push_back({"simulated time", short_time_text(summary.simulated)});
  if (summary.wall_seconds) {
    std::string wall = decimal(*summary.wall_seconds, 2) + " s";
    if (*summary.wall_seconds > 0) {
      const double simulated = static_cast<double>(summary.simulated) / static_cast<double>(second);
      wall += " (" + decimal(simulated / *summary.wall_seconds, 1) + " times real time)";
    }
    lines.push_back({"wall time", wall});
  }
  lines.push_back({"instructions", grouped(counters.instructions)});
  lines.push_back({"moved by DMA", grouped(counters.dma_bytes_out) + " bytes out of memory, " +
                                       grouped(counters.dma_bytes_in) + " bytes into memory"});
  if (const auto free = cpu_free_during_dma(counters)) {
    const DuringDma during(counters);
    lines.push_back({"CPU while DMA ran", percent(*free) + " free: " + percent(during.asleep) + " asleep, " +
                                              percent(during.at_other_work) + " at other work; DMA ran " +
                                              short_time_text(counters.dma_time)});
  }
  const double asleep = share(counters.idle, summary.simulated);
  lines.push_back({"CPU overall", percent(asleep) + " asleep, " + percent(1 - asleep) + " at work"});
  if (counters.resets != 0) lines.push_back({"chip resets", grouped(counters.resets)});
  for (const auto& [part, said] : summary.parts) lines.push_back({part, said});
  if (summary.watch) lines.push_back({"DMA watch", watch_text(*summary.watch)});
  return lines;
}

std::string summary_text(const RunSummary& summary) {
  constexpr std::size_t width = 20;
  std::string text = summary.explanation;
  for (const SummaryLine& line : summary_lines(summary))
    text += "\n  " + line.name + std::string(width - std::min(line.name.size(), width - 1), ' ') + line.value;
  return text;
}

std::string summary_json(const RunSummary& summary) {
  using Json = nlohmann::ordered_json;
  const Counters& counters = summary.counters;
  const auto free = cpu_free_during_dma(counters);
  Json json = {
      {"ended", summary.ended},
      {"explanation", summary.explanation},
      {"exit_status", summary.exit_status},
      {"firmware_exit_code", summary.firmware_exit_code ? Json(*summary.firmware_exit_code) : Json(nullptr)},
      {"simulated_ps", summary.simulated},
      {"cpu",
       {{"instructions", counters.instructions},
        {"cycles", counters.cycles},
        {"asleep_ps", counters.idle},
        {"interrupts", counters.interrupts},
        {"register_loads", counters.register_loads},
        {"register_stores", counters.register_stores}}},
      {"dma",
       {{"bytes_out", counters.dma_bytes_out},
        {"bytes_in", counters.dma_bytes_in},
        {"running_ps", counters.dma_time},
        {"cpu_asleep_ps", counters.dma_cpu_idle},
        {"cpu_cycles", counters.dma_cycles},
        {"cpu_register_cycles", counters.dma_register_cycles},
        {"cpu_free_percent", free ? Json(100 * *free) : Json(nullptr)}}},
      {"resets", counters.resets},
  };
  for (const auto& [part, said] : summary.parts) json["parts"][part] = said;
  if (summary.watch)
    json["watch"] = Json::parse(watch::findings_json(summary.watch->findings, summary.watch->suppressed,
                                                     summary.watch->unused_suppressions));
  if (summary.wall_seconds) json["wall_seconds"] = *summary.wall_seconds;
  // Text that came from elsewhere may hold anything; what is not UTF-8 is replaced.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace ferry::board

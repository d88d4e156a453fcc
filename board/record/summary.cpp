#include "board/record/summary.hpp"

#include "board/record/time_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

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

std::string line(std::string_view name, const std::string& text) {
  return "\n  " + std::string(name) + std::string(20 - name.size(), ' ') + text;
}

}  // namespace

std::string summary_text(const RunSummary& summary) {
  std::string text = summary.explanation;
  text += line("simulated time", short_time_text(summary.simulated));
  if (summary.wall_seconds) {
    text += line("wall time", decimal(*summary.wall_seconds, 2) + " s");
    if (*summary.wall_seconds > 0) {
      const double simulated = static_cast<double>(summary.simulated) / static_cast<double>(second);
      text += " (" + decimal(simulated / *summary.wall_seconds, 1) + " times real time)";
    }
  }
  text += line("instructions", grouped(summary.instructions));
  text += line("moved by DMA", grouped(summary.dma_bytes_out) + " bytes out of memory, " +
                                   grouped(summary.dma_bytes_in) + " bytes into memory");
  if (summary.dma.running != 0) {
    const double free = summary.dma.free_share(), asleep = share(summary.dma.asleep, summary.dma.running);
    text += line("CPU while DMA ran", percent(free) + " free: " + percent(asleep) + " asleep, " +
                                          percent(std::max(0.0, free - asleep)) + " at other work; DMA ran " +
                                          short_time_text(summary.dma.running));
  }
  const double asleep = share(summary.asleep, summary.simulated);
  text += line("CPU overall", percent(asleep) + " asleep, " + percent(1 - asleep) + " at work");
  if (summary.resets != 0) text += line("chip resets", grouped(summary.resets));
  return text;
}

std::string summary_json(const RunSummary& summary) {
  using Json = nlohmann::ordered_json;
  Json json = {
      {"ended", summary.ended},
      {"explanation", summary.explanation},
      {"exit_status", summary.exit_status},
      {"firmware_exit_code", summary.firmware_exit_code ? Json(*summary.firmware_exit_code) : Json(nullptr)},
      {"simulated_ps", summary.simulated},
      {"cpu",
       {{"instructions", summary.instructions},
        {"cycles", summary.cycles},
        {"asleep_ps", summary.asleep},
        {"interrupts", summary.interrupts},
        {"register_loads", summary.register_loads},
        {"register_stores", summary.register_stores}}},
      {"dma",
       {{"bytes_out", summary.dma_bytes_out},
        {"bytes_in", summary.dma_bytes_in},
        {"running_ps", summary.dma.running},
        {"cpu_asleep_ps", summary.dma.asleep},
        {"cpu_instructions", summary.dma.instructions},
        {"cpu_serving_instructions", summary.dma.serving_instructions},
        {"cpu_free_percent", 100 * summary.dma.free_share()}}},
      {"resets", summary.resets},
  };
  if (summary.wall_seconds) json["wall_seconds"] = *summary.wall_seconds;
  // Text that came from elsewhere may hold anything; what is not UTF-8 is replaced.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace ferry::board

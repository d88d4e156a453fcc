#include "board/record/report/page.hpp"

#include "board/record/markup.hpp"
#include "board/record/report/assets.hpp"
#include "board/record/report/data.hpp"
#include "board/record/time_text.hpp"

#include <map>
#include <span>

namespace ferry::board::report {

namespace {

std::string joined(std::span<const std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

std::string summary_rows(const RunSummary& summary) {
  std::string rows;
  for (const SummaryLine& line : summary_lines(summary))
    rows +=
        "<tr><th scope=\"row\">" + escaped(line.name) + "</th><td>" + escaped(line.value) + "</td></tr>\n";
  return rows;
}

// What was printed and what happened, in order of time; what is at the same time in the order in which it
// comes.
struct LogLine {
  std::string source, text;
};
using Log = std::multimap<Time, LogLine>;

void collect(Log& log, const Text& text, std::string_view source) {
  std::string_view bytes = text.bytes;
  if (bytes.ends_with('\n')) bytes.remove_suffix(1);
  if (bytes.ends_with('\r')) bytes.remove_suffix(1);
  if (!bytes.empty()) log.insert({text.start, {std::string(source), std::string(bytes)}});
}

void collect(Log& log, const Mark& mark, std::string_view) {
  log.insert({mark.start, {mark.kind, mark.text}});
}

template <class Item>
void collect_all(Log& log, const Series<Item>& series, std::string_view source) {
  for (const Item& item : series.first()) collect(log, item, source);
  if (!series.merged().empty()) {
    std::uint64_t count = 0;
    for (const Merged& merged : series.merged()) count += merged.count;
    log.insert({series.merged().front().start,
                {std::string(source), "… (" + std::to_string(count) + " more are left out here)"}});
  }
  for (const Item& item : series.last()) collect(log, item, source);
}

std::string log_rows(const Recorder& recorder) {
  Log log;
  collect_all(log, recorder.marks(), "events");
  for (std::size_t port = 0; port < static_cast<std::size_t>(Port::count); ++port)
    collect_all(log, recorder.text(static_cast<Port>(port)).texts, name_of(static_cast<Port>(port)));
  std::string rows;
  for (const auto& [time, line] : log)
    rows += "<tr><td><time data-at=\"" + std::to_string(time) + "\">" + seconds_text(time) +
            " s</time></td><td>" + escaped(line.source) + "</td><td><bdi>" + escaped(line.text) +
            "</bdi></td></tr>\n";
  if (rows.empty()) rows = "<tr><td colspan=\"3\">nothing</td></tr>\n";
  return rows;
}

std::string left_out_items(const Recorder& recorder) {
  std::string items;
  for (const std::string& sentence : left_out(recorder)) items += "<li>" + escaped(sentence) + "</li>\n";
  if (items.empty()) items = "<li>Nothing.</li>\n";
  return items;
}

// The template with each {{name}} replaced. What takes its place is not looked at again, so that no text of
// the firmware's can name one.
std::string fill(std::string_view form, const std::map<std::string_view, std::string>& parts) {
  std::string result;
  for (;;) {
    const std::size_t open = form.find("{{"), close = form.find("}}", open);
    if (open == std::string_view::npos || close == std::string_view::npos) break;
    result += form.substr(0, open);
    if (const auto part = parts.find(form.substr(open + 2, close - open - 2)); part != parts.end())
      result += part->second;
    form.remove_prefix(close + 2);
  }
  return result += form;
}

}  // namespace

std::string page(std::string_view firmware, const RunSummary& summary, const Recorder& recorder,
                 const Pins& pins) {
  return fill(joined(assets::page), {
                                        {"firmware", escaped(firmware)},
                                        {"outcome", summary.exit_status == 0 ? "good" : "bad"},
                                        {"explanation", escaped(summary.explanation)},
                                        {"summary", summary_rows(summary)},
                                        {"left-out", left_out_items(recorder)},
                                        {"log", log_rows(recorder)},
                                        {"style", joined(assets::style)},
                                        {"script", joined(assets::script)},
                                        {"data", data(recorder, pins)},
                                    });
}

}  // namespace ferry::board::report

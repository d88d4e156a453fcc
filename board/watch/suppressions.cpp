#include "board/watch/suppressions.hpp"

#include "board/image/text.hpp"

#include <algorithm>
#include <utility>

namespace ferry::board::watch {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// With * for any text. The last star may be made to take one more character whenever the rest does not fit.
bool fits(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, taken = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

// Up to a comment: # at the beginning or behind a blank, as Rust's names have some inside of them.
std::string_view without_comment(std::string_view line) {
  for (std::size_t place = line.find('#'); place != std::string_view::npos; place = line.find('#', place + 1))
    if (place == 0 || line[place - 1] == ' ' || line[place - 1] == '\t') return line.substr(0, place);
  return line;
}

}  // namespace

bool Suppression::matches(const Finding& finding) const {
  if (rule && *rule != finding.rule) return false;
  const auto meets = [this](const Place& place) {
    const SourcePlace& source = place.source;
    if (!source.function.empty() && fits(pattern, source.function)) return true;
    return !source.file.empty() &&
           (fits(pattern, source.file) || fits(pattern, source.file + ':' + std::to_string(source.line)));
  };
  return std::ranges::any_of(finding.access.places, meets) ||
         (finding.transfer && std::ranges::any_of(finding.transfer->places, meets));
}

std::string Suppression::text() const { return (rule ? std::string(code_of(*rule)) : "*") + ':' + pattern; }

// Editors put a mark of three bytes before text in UTF-8. Of other encodings, such a mark or a byte that is 0
// tells.
std::expected<std::vector<Suppression>, std::string> parse_suppressions(std::string_view text) {
  constexpr std::string_view utf8 = "\xEF\xBB\xBF", utf16_little = "\xFF\xFE", utf16_big = "\xFE\xFF";
  if (text.starts_with(utf8)) text.remove_prefix(utf8.size());
  if (text.starts_with(utf16_little) || text.starts_with(utf16_big) || text.contains('\0'))
    return std::unexpected("it is no text in UTF-8");
  std::vector<Suppression> result;
  for (unsigned number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const bool two_characters = text.substr(end).starts_with("\r\n");
    const std::string_view line = trimmed(without_comment(text.substr(0, end)));
    text.remove_prefix(std::min(end + (two_characters ? 2 : 1), text.size()));
    if (line.empty()) continue;
    const auto wrong = [number](std::string why) {
      return std::unexpected("line " + std::to_string(number) + ": " + std::move(why));
    };
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return wrong(in_quotes(line) + " is not of the form RULE:PATTERN");
    const std::string_view code = trimmed(line.substr(0, colon)), pattern = trimmed(line.substr(colon + 1));
    const auto rule = rule_of(code);
    if (!rule && code != "*") return wrong("there is no rule " + in_quotes(code));
    if (pattern.empty()) return wrong("the pattern is empty; * stands for everything");
    result.push_back({.rule = rule, .pattern = std::string(pattern)});
  }
  return result;
}

}  // namespace ferry::board::watch

// Findings that somebody does not want to hear of.
#pragma once

#include "board/watch/finding.hpp"

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board::watch {

// A line of a file of suppressions: "RULE:PATTERN". RULE is a rule's code, or * for all. PATTERN is compared
// with functions and with files ("main.cpp", "main.cpp:12") of both ends of a finding and their callers; in
// it, * stands for any text. What follows a # at the beginning or behind a blank is a comment.
struct Suppression {
  std::optional<Rule> rule;  // nothing: all of them
  std::string pattern;
  std::uint64_t used = 0;  // how many bugs it fits

  bool matches(const Finding& finding) const;
  std::string text() const;  // "RULE:PATTERN"
};

// Lines may end as on any system, and text may begin with the mark of UTF-8. An error is one line without a
// full stop, with the number of the line.
std::expected<std::vector<Suppression>, std::string> parse_suppressions(std::string_view text);

}  // namespace ferry::board::watch

// Findings for programs.
#pragma once

#include "board/watch/finding.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace ferry::board::watch {

// A JSON object with the members `findings`, `suppressed` and `unused_suppressions`; board/watch/README.md
// lists what a finding has.
std::string findings_json(std::span<const Finding> findings, std::uint64_t suppressed,
                          std::span<const std::string> unused_suppressions);

}  // namespace ferry::board::watch

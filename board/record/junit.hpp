// The verdict on a run as CI systems read it.
#pragma once

#include "board/record/summary.hpp"

#include <string>
#include <string_view>

namespace ferry::board {

// A report in JUnit's form with one test case of this name, with an end of line. Its time is simulated, so
// that two runs give the same report.
std::string junit_xml(std::string_view name, const RunSummary& summary);

}  // namespace ferry::board

#include "board/record/junit.hpp"

#include "board/record/markup.hpp"
#include "board/record/time_text.hpp"

namespace ferry::board {

namespace {}  // namespace

std::string junit_xml(std::string_view name, const RunSummary& summary) {
  const bool failed = summary.exit_status != 0;
  const std::string time = seconds_text(summary.simulated);
  const std::string counts =
      R"(tests="1" failures=")" + std::string(failed ? "1" : "0") + "\" errors=\"0\" time=\"" + time + '"';
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " + counts + ">\n";
  text += "  <testsuite name=\"ferry run\" " + counts + ">\n";
  text += "    <testcase name=\"" + escaped(name) + "\" classname=\"ferry run\" time=\"" + time + '"';
  if (failed) {
    text += ">\n      <failure message=\"" + escaped(summary.explanation) + "\" type=\"" +
            escaped(summary.ended) + "\"/>\n    </testcase>\n";
  } else {
    text += "/>\n";
  }
  return text + "  </testsuite>\n</testsuites>\n";
}

}  // namespace ferry::board

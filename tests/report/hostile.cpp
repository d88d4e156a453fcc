// A firmware that would like the report to be something else than a report, and whose pin changes more often
// than a report keeps.
#include "ferry/ferry.hpp"

#include <utility>

int main() {
  auto chip = ferry::take();
  ferry::print(
      "</script><img src=x onerror=\"document.title='harmed'\"><script>document.title='harmed'</script>\n");
  ferry::print("<!-- ]]> {}data{} &lt; \xFF\xFE\x80 \x1B[31m \"'\n", "{{", "}}");
  ferry::gpio::Output output{std::move(chip.gpio4)};
  for (int edge = 0; edge < 20'000; ++edge) output.toggle();
  return 0;
}

// counted_from_outside EDGES_TEST.elf: what the program counts at its pins is what a probe sees there.
#include "board/testing/test_board.hpp"

#include <iostream>
#include <sstream>

using namespace ferry::board;

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: counted_from_outside EDGES_TEST.elf\n";
    return 2;
  }
  TestBoard test(arguments[1]);
  test.wire(4, 2);
  test.wire(0, 6);
  test.wire(5, 7);
  test.watch_dma();
  const PinCounter clock(test.board(), 0), data(test.board(), 4), select(test.board(), 5);
  if (test.run_for(second) != Board::Stop::exited || test.board().exit_code() != 0) {
    std::cerr << test.describe() << '\n';
    return 1;
  }
  for (const watch::Finding& finding : test.findings()) {
    std::cerr << watch::text_of(finding);
    return 1;
  }
  const std::string& text = test.text();
  std::istringstream line(text.substr(std::min(text.find("counted "), text.size())));
  std::string word;
  std::uint64_t clocks = 0, edges = 0, selects = 0, before = 0;
  line >> word >> clocks >> word >> edges >> word >> word >> word >> selects >> word >> word >> before;
  // CS and MOSI rise for the first time when their pins are set up: after a reset both of SPI's lines are
  // high.
  const bool same = line && clock.rising() == clocks + before && data.rising() == edges + 1 &&
                    select.rising() == selects + 2;
  std::cout << "the program: " << clocks << " and " << before << " clocks, " << edges << " edges, " << selects
            << " selects; at the pins: " << clock.rising() << ", " << data.rising() << ", " << select.rising()
            << '\n';
  return same ? 0 : 1;
}

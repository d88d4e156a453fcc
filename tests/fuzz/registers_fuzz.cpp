// Stores and loads at any register, in any order, while time passes, pins change and GDMA and SPI2 run.
#include "tests/board/board_script.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ferry::board;
  test::BoardScript script(std::vector<std::uint8_t>(data, data + size));
  Board board(script.options());
  script.begin(board);
  test::RunLog log(board);
  while (!script.at_end()) script.step(board, log);
  return 0;
}

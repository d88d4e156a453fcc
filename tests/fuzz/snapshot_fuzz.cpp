// A board is put back to some moment of a run, and the rest of the run has to happen again as it did.
#include "tests/board/board_script.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace ferry::board;

std::string rest_of(test::BoardScript script, Board& board) {
  test::RunLog log(board);
  while (!script.at_end()) script.step(board, log);
  return log.text() + test::everything_about(board);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  test::BoardScript script(std::vector<std::uint8_t>(data + 1, data + size));
  Board board(script.options());
  script.begin(board);
  test::RunLog log(board);
  for (unsigned steps = data[0] % 64; steps != 0 && !script.at_end(); --steps) script.step(board, log);

  const Snapshot snapshot = board.snapshot();
  const std::string once = rest_of(script, board);
  board.restore(snapshot);
  const std::string again = rest_of(script, board);
  if (once == again) return 0;
  std::size_t place = 0;
  while (place < once.size() && place < again.size() && once[place] == again[place]) ++place;
  place -= std::min<std::size_t>(place, 60);
  std::fprintf(stderr, "once:  %s\nagain: %s\n", once.substr(place, 120).c_str(),
               again.substr(place, 120).c_str());
  std::abort();
}

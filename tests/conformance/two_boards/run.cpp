// run MASTER.elf SLAVE.elf: the two firmwares on two boards that are wired with each other, twice. Each
// checks what it gets and exits with 0; the second run has to be the first, to the picosecond.
#include "board/testing/linked_boards.hpp"

#include <cstdlib>
#include <iostream>
#include <stdexcept>

using namespace ferry::board;

namespace {

struct Run {
  Time master_end, slave_end;
  std::uint64_t clocks, selects;

  bool operator==(const Run&) const = default;
};

Run run(const char* master_file, const char* slave_file) {
  //! [two-boards]
  TestBoard master(master_file), slave(slave_file);
  LinkedBoards boards;
  for (const unsigned pin : {0u, 4u, 2u, 5u, 6u}) boards.wire(master, pin, slave, pin);
  master.watch_dma(), slave.watch_dma();
  PinCounter clock(slave.board(), 0), select(slave.board(), 5);
  const bool ended = boards.run_until_exit(second);
  //! [two-boards]
  if (!ended || master.board().exit_code() != 0 || slave.board().exit_code() != 0)
    throw std::runtime_error(boards.describe());
  for (const TestBoard* board : {&master, &slave}) {
    for (const std::string& note : board->notes()) throw std::runtime_error("note: " + note);
    for (const watch::Finding& finding : board->findings()) throw std::runtime_error(watch::text_of(finding));
  }
  return {.master_end = master.now(),
          .slave_end = slave.now(),
          .clocks = clock.rising(),
          .selects = select.falling()};
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::cerr << "usage: run MASTER.elf SLAVE.elf\n";
    return 2;
  }
  try {
    const Run first = run(arguments[1], arguments[2]);
    if (run(arguments[1], arguments[2]) != first) {
      std::cerr << "the second run was another one\n";
      return 1;
    }
    std::cout << first.selects << " transactions, " << first.clocks << " clocks, over after "
              << first.master_end / microsecond << " us\n";
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}

// Programs that are run for what they take or what they say.
#pragma once

#include <string>
#include <vector>

namespace ferry::bench {

struct Finished {
  double seconds = 0;  // of CPU time
  std::string output;  // all that it said, also on its standard error
};

// Runs a program, the first word being its file, and waits for its end. Throws Failure, with what it said,
// when it does not exit with 0.
Finished run_program(const std::vector<std::string>& words);

}  // namespace ferry::bench

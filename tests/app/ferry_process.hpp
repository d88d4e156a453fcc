// Runs the `ferry` program as a user does.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

namespace ferry::tests {

struct Finished {
  int exit_status = -1;  // -1: it was ended by a signal or took too long
  std::string output, errors;
};

// How the program's standard streams are set up; by default what it writes is collected.
struct Streams {
  enum class To { collected, full_device, closed, reader_gone };
  To output = To::collected;
};

// Waits for the program, at most a minute. With `interrupt_at` it gets SIGINT when its output holds that
// text.
Finished run_ferry(const std::vector<std::string>& arguments, const Streams& streams = {},
                   const std::string& interrupt_at = {});

}  // namespace ferry::tests

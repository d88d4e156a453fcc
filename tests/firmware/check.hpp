// Checks for programs that test themselves on the chip: a failed one prints where and what, and the program
// goes on. main ends with `return check::result();`, 0 when nothing failed.
#pragma once

#include "ferry/print.hpp"

#include <string_view>

namespace check {

inline int failures = 0;
inline int checks = 0;

inline void report(bool passed, std::string_view file, int line, std::string_view what) {
  ++checks;
  if (passed) return;
  ++failures;
  ferry::print("{}:{}: failed: {}\n", file, line, what);
}

template <class A, class B>
void report_equal(const A& actual, const B& expected, std::string_view file, int line,
                  std::string_view what) {
  ++checks;
  if (actual == expected) return;
  ++failures;
  ferry::print("{}:{}: failed: {} is \"{}\", not \"{}\"\n", file, line, what, actual, expected);
}

inline int result() {
  ferry::print("{} checks, {} failed\n", checks, failures);
  return failures == 0 ? 0 : 1;
}

}  // namespace check

#define FERRY_CHECK(condition) \
  ::check::report(static_cast<bool>(condition), __FILE_NAME__, __LINE__, #condition)
#define FERRY_CHECK_EQUAL(actual, expected) \
  ::check::report_equal((actual), (expected), __FILE_NAME__, __LINE__, #actual)

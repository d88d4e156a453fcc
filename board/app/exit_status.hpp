// What `ferry` leaves with. The same table is in README.md and in `ferry run --help`.
#pragma once

namespace ferry::app::exit_status {

inline constexpr int done = 0;
inline constexpr int failed = 1;         // the firmware did
inline constexpr int bad_input = 2;      // command line, files
inline constexpr int timeout = 42;       // as wokwi-cli
inline constexpr int watch_found = 66;   // as ThreadSanitizer
inline constexpr int interrupted = 130;  // 128 + SIGINT
inline constexpr int reader_gone = 141;  // 128 + SIGPIPE

}  // namespace ferry::app::exit_status

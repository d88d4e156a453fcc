// Printing on UART0: `ferry::print("n = {}, x = {:#x}\n", n, x);`. What can be printed is in
// ferry/format.hpp.
#pragma once

#include "ferry/format.hpp"

namespace ferry {

namespace detail {
bool print(std::string_view text, const Argument* arguments);
}  // namespace detail

/// Prints on UART0: GPIO21, 115200 baud, 8N1. The start code has set the port up, clocked by the crystal, so
/// its speed does not depend on the CPU's. Blocks while the 128-byte transmit FIFO is full, 87 µs for each
/// byte that has to wait; returns when the last byte is in the FIFO. A newline is one byte, "\n". In a
/// handler it works too, in the middle of what main prints. If the port does not run at all, bytes are
/// dropped after a bounded wait, and the result is false.
template <class... Arguments>
bool print(FormatString<std::type_identity_t<Arguments>...> format, const Arguments&... arguments) {
  if constexpr (sizeof...(Arguments) == 0) {
    return detail::print(format.text(), nullptr);
  } else {
    const detail::Argument list[] = {detail::make_argument(arguments)...};
    return detail::print(format.text(), list);
  }
}

}  // namespace ferry

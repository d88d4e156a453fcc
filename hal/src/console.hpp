// Raw output on UART0, for what must work when little else does: the trap handler and ferry::fatal. Every
// wait for room in the transmit FIFO is bounded; a byte that finds none is dropped, and console_put() says
// so.
#pragma once

#include <cstdint>
#include <string_view>

namespace ferry::detail {

bool console_put(char character);
void console_put(std::string_view text);
// "0x" and eight digits.
void console_put_word(std::uint32_t value);
// Waits until the last bit has left the pin: up to 11 ms for a full FIFO. Bounded to a few times that.
void console_drain();

}  // namespace ferry::detail

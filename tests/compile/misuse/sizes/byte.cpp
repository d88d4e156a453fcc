// A byte that is not there.
#include "parts.hpp"

void misuse(SizedRx& rx, const SizedTx& tx) {
  // error: there is no such byte in this buffer
  rx[64] = 0_b;
  // error: there is no such byte in this buffer
  use(std::to_integer<int>(tx[64]));
  const auto count = [](std::span<const std::byte> bytes) { return bytes.size(); };
  // error: there are not that many bytes in this buffer
  static_cast<void>(rx.with_first(65, count));
  // error: there are not that many bytes in this buffer
  static_cast<void>(tx.with_last(65, count));
}

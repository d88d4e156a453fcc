// A view would reach the bytes during a transfer.
// error-anywhere: a number, an enumerator or nothing, no view of its bytes
#include "parts.hpp"

void misuse(RxBuffer& rx) {
  auto view = rx.with([](std::span<std::byte> bytes) { return bytes; });
}

// A pointer would reach the bytes during a transfer.
// error-anywhere: a number, an enumerator or nothing, no view of its bytes
#include "parts.hpp"

std::byte* misuse(RxBuffer& rx) {
  return rx.with([](std::span<std::byte> bytes) { return bytes.data(); });
}

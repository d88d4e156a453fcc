// A part of a view is a view.
// error-anywhere: a number, an enumerator or nothing, no view of its bytes
#include "parts.hpp"

void misuse(const RxBuffer& rx) {
  auto view = rx.with_first(4, [](std::span<const std::byte> bytes) { return bytes.last(2); });
}

// expect-exit: 70
// expect-text: exception: load access fault.* mcause 0x00000005
// A load from where nothing is.
#include "ferry/ferry.hpp"

#include <cstdint>

int main() {
  const auto value = *reinterpret_cast<const volatile std::uint32_t*>(0x1000'0000);
  ferry::print("read {}\n", value);
  return 1;
}

// watch: tx-write
// watch: tx-write
// times: 3 3
// says: called from from_a_large_frame, called_by_either.cpp:
// says: called from from_a_small_frame, called_by_either.cpp:
// A function with an array of variable length, so that its frame goes by the frame pointer: the stack pointer
// is the same for both of its callers, and what one has left on the stack lies where the other would have it.
#include "rig.hpp"

#include <alloca.h>

namespace {

alignas(4) std::array<std::byte, 200> bytes;
rig::Descriptor list;
volatile std::uint32_t used;

[[gnu::noinline]] void send() {
  list = rig::sending(bytes.data(), bytes.size());
  rig::start_out(0, list);  // transfer here in send
  asm volatile("" ::: "memory", "ra");
}

[[gnu::noinline]] void with_array(std::size_t size) {
  auto* const array = static_cast<volatile std::byte*>(alloca(size));
  array[0] = std::byte{1};
  send();
  used = std::to_integer<std::uint32_t>(array[0]);
}

[[gnu::noinline]] void from_a_large_frame(std::size_t size) {
  std::array<std::uint32_t, 16> frame;
  asm volatile("" ::"r"(frame.data()) : "memory");
  with_array(size);
  used = 1;
}

[[gnu::noinline]] void from_a_small_frame(std::size_t size) {
  with_array(size);
  used = 1;
}

void (*const volatile callers[])(std::size_t) = {from_a_large_frame, from_a_small_frame};
constexpr std::size_t sizes[] = {16, 80};

[[gnu::noinline]] void change() {
  bytes[4] = std::byte{7};  // access here in change
  asm volatile("" ::: "memory");
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::connect(0, chip::DmaPeripheral::spi2);
  bytes.fill(std::byte{1});
  for (unsigned round = 0; round < 6; ++round) {
    callers[round % 2](sizes[round % 2]);
    if (rig::mended) rig::reset_channel(0);
    change();
    rig::reset_channel(0);
  }
  return 0;
}

// watch: region
// What is added to a list by RESTART is judged like the rest: here the new descriptor lies in RTC memory,
// which GDMA cannot reach.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 400> picture;
rig::Descriptor list, more;

[[gnu::noinline]] void append(std::uint32_t descriptor) {
  const_cast<volatile std::uint32_t&>(list.next) = descriptor;
  rig::restart_out(0);  // access here in append
}

}  // namespace

int main() {
  rig::connect_spi();
  picture.fill(std::byte{1});
  rig::prepare_spi(800, true, false);
  list = rig::sending(picture.data(), 400);
  more = rig::sending(picture.data(), 400);
  rig::start_out(0, list);  // transfer here in main
  rig::wait_for_fifo(0);
  rig::start_spi();
  constexpr std::uint32_t rtc_memory = 0x5000'0100;
  append(rig::mended ? rig::address(&more) : rtc_memory);
  ferry::delay(ferry::Duration::milliseconds(8));
  rig::reset_channel(0);
  return 0;
}

// watch: rx-write
// says: a store of 4 bytes to 0x3fcb0000, byte 0 of 6
// A word is stored whose first half lies in front of what is received: the report names the store as it is,
// and the first byte of it that is owned.
#include "rig.hpp"

namespace {

constexpr std::uint32_t received = 0x3FCB'0002;  // memory that nothing else uses
rig::Descriptor list;

[[gnu::noinline]] void clear() {
  *reinterpret_cast<volatile std::uint32_t*>(0x3FCB'0000) = 0;  // access here in clear
}

}  // namespace

int main() {
  rig::connect_spi();
  rig::prepare_spi(6, false, true);
  list = rig::receiving(reinterpret_cast<const void*>(received), 6);
  if (rig::mended) clear();
  rig::start_in(0, list);  // transfer here in main
  if (!rig::mended) clear();
  rig::reset_channel(0);
  return 0;
}

// watch: desc-edit
// A list of five thousand descriptors is watched to its end from START on.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 64> bytes;
std::array<rig::Descriptor, 5000> list;

[[gnu::noinline]] void shorten() {
  const_cast<volatile std::uint32_t&>(list[4990].next) = 0;  // access here in shorten
}

}  // namespace

int main() {
  rig::connect_spi();
  bytes.fill(std::byte{1});
  rig::prepare_spi(64, true, false);
  for (std::size_t index = 0; index < list.size(); ++index)
    list[index] =
        rig::sending(bytes.data() + index % 64, 1, index + 1 < list.size() ? &list[index + 1] : nullptr);
  if (rig::mended) shorten();
  rig::start_out(0, list[0]);  // transfer here in main
  if (!rig::mended) shorten();
  rig::reset_channel(0);
  return 0;
}

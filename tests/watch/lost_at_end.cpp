// watch: lost-transfer
// access: ferry::detail::report_exit
// marks: where the transfer was started, above all
// The program ends while a transfer runs.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 400> picture;
rig::Descriptor list;

}  // namespace

int main() {
  rig::connect_spi();
  picture.fill(std::byte{1});
  rig::prepare_spi(400, true, false);
  list = rig::sending(picture.data(), picture.size());
  rig::start_out(0, list);  // transfer here in main
  rig::wait_for_fifo(0);
  rig::start_spi();
  if (rig::mended) rig::wait_for_spi();
  return 0;
}

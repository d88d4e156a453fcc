// watch: tx-write
// watch: tx-write
// suppress: tx-write:panel::wipe
// suppress: *:panel.hpp:25
// says: in panel::dot, panel.hpp:19 (
// says: called from panel::frame, panel.hpp:31 (
// says: in panel::line, panel.hpp:22 (
// says: called from panel::frame, panel.hpp:32 (
// says: called from panel::begin, panel.hpp:12 (
// A driver that lies in headers of a folder of its own is inlined as a whole: each of its lines is a place,
// and what is suppressed is found among them, too.
#include "rig.hpp"
#include "tests/drivers/panel.hpp"

namespace {

alignas(4) std::array<std::byte, 400> picture;
rig::Descriptor list;

}  // namespace

int main() {
  rig::connect_spi();
  rig::prepare_spi(picture.size(), true, false);
  panel::begin(picture, list);  // transfer here in main
  if (rig::mended) rig::wait_for_spi();
  panel::frame(picture);  // access here in main
  rig::wait_for_spi();
  return 0;
}

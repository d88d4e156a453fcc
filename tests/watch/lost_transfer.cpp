// watch: lost-transfer
// A call that may time out gives up waiting, not the transfer: the caller believes that it is over, and the
// next call's START finds it alive (esp-idf's polling_end; esp-idf #19005 asks for timeouts that end
// something).
#include "rig.hpp"

namespace {

enum class Status : std::uint8_t { done, deadline_exceeded };

alignas(4) std::array<std::byte, 400> first_picture, second_picture;
rig::Descriptor first_list, second_list;

Status write(rig::Descriptor& list, std::array<std::byte, 400>& picture, std::uint32_t patience) {
  list = rig::sending(picture.data(), picture.size());
  rig::start_out(0, list);
  rig::wait_for_fifo(0);
  rig::start_spi();
  for (std::uint32_t poll = 0; poll < patience; ++poll)
    if (rig::spi_is_done()) return Status::done;
  if (rig::mended) rig::reset_channel(0);
  return Status::deadline_exceeded;
}

}  // namespace

int main() {
  rig::connect_spi();
  first_picture.fill(std::byte{1});
  second_picture.fill(std::byte{2});
  rig::prepare_spi(400, true, false);
  const Status first = write(first_list, first_picture, 10);     // transfer here in main
  const Status second = write(second_list, second_picture, 10);  // access here in main
  rig::reset_channel(0);
  return first == second ? 0 : 1;
}

// watch: overlap
// watch: overlap
// A picture is scrolled by a copy to lower addresses: each byte is read before another one takes its place.
// To higher addresses that is not so.
#include "rig.hpp"

namespace {

constexpr unsigned line = 64, lines = 16;
alignas(4) std::array<std::byte, line * lines> picture;
std::array<rig::Descriptor, 2> sending_list, receiving_list;

[[gnu::noinline]] void scroll(const std::byte* from, std::byte* to) {
  rig::prepare_copy(0);
  sending_list[0] = rig::sending(from, line * (lines - 1));
  receiving_list[0] = rig::receiving(to, line * (lines - 1));
  rig::start_in(0, receiving_list[0]);  // transfer here in scroll
  rig::start_out(0, sending_list[0]);   // access here in scroll
  rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
}

// Of two frames the second one begins in a descriptor of its own, before the first one has filled its.
[[gnu::noinline]] void scroll_by_frames() {
  constexpr unsigned first = line / 2, second = line * (lines - 3);
  rig::prepare_copy(0);
  sending_list[0] = rig::sending(picture.data() + line, first, &sending_list[1]);
  sending_list[0].word0 |= rig::suc_eof;
  sending_list[1] = rig::sending(picture.data() + line + first, second);
  receiving_list[0] = rig::receiving(picture.data(), line, &receiving_list[1]);
  receiving_list[1] = rig::receiving(picture.data() + 2 * line - first / 2, second);
  rig::start_in(0, receiving_list[0]);  // transfer here in scroll_by_frames
  rig::start_out(0, sending_list[0]);   // access here in scroll_by_frames
  rig::wait_for(0, chip::dma::IntRaw::out_total_eof.mask);
  rig::reset_channel(0);
}

}  // namespace

int main() {
  rig::open_clocks();
  for (unsigned index = 0; index < picture.size(); ++index)
    picture[index] = static_cast<std::byte>(index / line);
  scroll(picture.data() + line, picture.data());
  for (unsigned index = 0; index < picture.size() - line; ++index)
    if (picture[index] != static_cast<std::byte>(index / line + 1)) return 1;
  if (rig::mended) return 0;
  scroll(picture.data(), picture.data() + line);
  scroll_by_frames();
  return 0;
}

// watch: rx-read
// watch: rx-write
// watch: rx-read
// watch: tx-write
// says: in memset (0x40000354)
// The boot ROM's functions at buffers in flight: each of them is found. What they do takes as long as without
// anybody looking, also next to the bytes of the transfer, in the same lines.
#include "rig.hpp"

namespace {

template <class Function>
Function* rom(std::uint32_t address) {
  return reinterpret_cast<Function*>(address);
}
const auto rom_memset = rom<void*(void*, int, std::uint32_t)>(0x4000'0354);
const auto rom_memcpy = rom<void*(void*, const void*, std::uint32_t)>(0x4000'0358);
const auto rom_strlen = rom<std::uint32_t(const char*)>(0x4000'0374);
const auto ets_printf = rom<int(const char*, ...)>(0x4000'0040);

struct Memory {
  std::array<std::byte, 40> before;
  std::array<std::byte, 1000> bytes;
  std::array<std::byte, 40> behind;
};
alignas(64) Memory sent, received;
std::array<char, 1000> text;
rig::Descriptor sending_list, receiving_list;
unsigned length;

[[gnu::noinline]] void use_what_is_beside() {
  rom_memset(sent.before.data(), 'b', sent.before.size());
  rom_memcpy(received.behind.data(), sent.before.data(), sent.before.size());
  sent.behind.back() = std::byte{0};
  length += rom_strlen(reinterpret_cast<const char*>(sent.behind.data()));
  received.behind.back() = std::byte{0};
  ets_printf("%s\n", received.behind.data());
}

[[gnu::noinline]] void use_what_is_received() {
  const auto* const words = reinterpret_cast<const char*>(received.bytes.data());
  length += rom_strlen(words);                                  // access here in use_what_is_received
  rom_memset(received.bytes.data() + 10, 'c', 900);             // access here in use_what_is_received
  rom_memcpy(text.data(), received.bytes.data(), text.size());  // access here in use_what_is_received
  rom_memset(sent.bytes.data(), 'd', sent.bytes.size());        // access here in use_what_is_received
  asm volatile("" ::: "memory");
}

}  // namespace

int main() {
  rig::connect_spi();
  rig::prepare_spi(1000, true, true);
  sent.bytes.fill(std::byte{'a'});
  sent.behind.fill(std::byte{'e'});
  received.bytes.back() = std::byte{0};
  sending_list = rig::sending(sent.bytes.data(), sent.bytes.size());
  receiving_list = rig::receiving(received.bytes.data(), received.bytes.size());
  rig::start_in(0, receiving_list);  // transfer here in main
  rig::start_out(0, sending_list);   // transfer here in main
  rig::wait_for_fifo(0);
  rig::start_spi();
  use_what_is_beside();
  if (rig::mended) rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  use_what_is_received();
  if (!rig::mended) rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  return length == 0 ? 1 : 0;
}

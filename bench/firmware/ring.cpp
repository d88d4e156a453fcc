// Receives into a ring of small buffers and goes through each that has come, which goes back then: who
// follows the owner of each byte hears of one that changes hands every few thousand instructions. By
// registers: the descriptors form a circle, and a load of the owner bit is all that the program asks.
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "chip/esp32c3/signals.hpp"
#include "ferry/mmio.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace {

namespace chip = ferry::chip;
namespace mmio = ferry::mmio;

constexpr std::uint32_t count = 64, length = 32, rounds = 1000;  // buffers in one transfer of SPI
constexpr std::uint32_t owner = 1u << 31;

struct Descriptor {
  std::uint32_t word0, buffer, next;
};
std::array<volatile Descriptor, count> ring;
alignas(4) std::array<std::byte, count * length> memory;

std::uint32_t address(const volatile void* object) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(object));
}
template <class Register>
void store(std::uint32_t value) {
  mmio::write_word<Register>(chip::spi2::base, value);
}

void open_clocks() {
  using namespace chip::system;
  mmio::modify(base, PeripClkEn1::dma_clk_en(1));
  mmio::modify(base, PeripRstEn1::dma_rst(0));
  mmio::modify(base, PeripClkEn0::spi2_clk_en(1));
  mmio::modify(base, PeripRstEn0::spi2_rst(0));
  mmio::write(chip::dma::base, chip::dma::MiscConf::clk_en(1));
}

// A master that only receives, at 400 kHz.
void prepare_spi() {
  using namespace chip::spi2;
  store<ClkGate>(ClkGate::clk_en.mask | ClkGate::mst_clk_active.mask | ClkGate::mst_clk_sel.mask);
  store<Slave>(0);
  store<User>(User::usr_miso.mask);
  constexpr std::uint32_t before = 10, divider = 20;  // of 80 MHz
  store<Clock>((before - 1) << 18 | (divider - 1) << 12 | (divider / 2 - 1) << 6 | (divider - 1));
  store<MsDlen>(8 * rounds * length - 1);
  store<DmaConf>(DmaConf::dma_rx_ena.mask | DmaConf::rx_afifo_rst.mask);
  store<Cmd>(Cmd::update.mask);
  while ((mmio::read<Cmd>(base) & Cmd::update.mask) != 0) {
  }
}

void start() {
  using namespace chip::dma;
  mmio::write_word<InConf0>(base, InConf0::in_rst.mask);
  mmio::write_word<InConf0>(base, 0);
  for (std::uint32_t index = 0; index < count; ++index) {
    ring[index].word0 = owner | length;
    ring[index].buffer = address(memory.data() + index * length);
    ring[index].next = address(&ring[(index + 1) % count]);
  }
  mmio::write_word<InPeriSel>(base, static_cast<std::uint32_t>(chip::DmaPeripheral::spi2));
  mmio::write_word<InConf1>(base, InConf1::in_check_owner.mask);
  mmio::write_word<InLink>(base,
                           (address(ring.data()) & InLink::inlink_addr.mask) | InLink::inlink_start.mask);
  store<chip::spi2::Cmd>(chip::spi2::Cmd::usr.mask);
}

[[gnu::noinline]] std::uint32_t crc(std::span<const std::byte> bytes) {
  constexpr std::uint32_t polynomial = 0xEDB8'8320;
  std::uint32_t sum = ~0u;
  for (const std::byte byte : bytes) {
    sum ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1) != 0 ? polynomial : 0);
  }
  return sum;
}

}  // namespace

int main() {
  open_clocks();
  volatile std::uint32_t sum = 0;
  for (;;) {
    prepare_spi();
    start();
    for (std::uint32_t round = 0; round < rounds; ++round) {
      const std::uint32_t index = round % count;
      while ((ring[index].word0 & owner) != 0) {
      }
      sum = sum + crc(std::span(memory).subspan(index * length, length));
      ring[index].word0 = owner | length;
    }
    using chip::spi2::Cmd;
    while ((mmio::read<Cmd>(chip::spi2::base) & Cmd::usr.mask) != 0) {
    }
  }
}

// run: --diagram {here}/diagrams/flash.json
// A 25-series flash behind SPI2: by the HAL on one line, by SPI2's registers on two and four.
#include "check.hpp"
#include "chip/esp32c3/registers/io_mux.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>

using namespace ferry;
using namespace ferry::literals;

namespace {

constexpr std::uint32_t page_size = 256, page = 0x01'2300;
std::array<std::byte, 4 + page_size> sent;
std::array<std::byte, 4 + page_size> received;

std::byte pattern(std::uint32_t index) { return static_cast<std::byte>(index * 5 + 3); }

// One selection: these bytes, then as many zeros as there are bytes to come.
std::span<const std::byte> ask(spi::Master& spi FERRY_BORROWS, std::initializer_list<std::uint32_t> command,
                               std::uint32_t answer = 0) {
  std::uint32_t length = 0;
  sent.fill(0_b);
  for (const std::uint32_t byte : command) sent[length++] = static_cast<std::byte>(byte);
  const std::uint32_t total = length + answer;
  FERRY_CHECK(spi.transfer(std::span{received}.first(total), std::span{sent}.first(total)).has_value());
  return std::span{received}.subspan(length, answer);
}

void enable_writing(spi::Master& spi FERRY_BORROWS) { ask(spi, {0x06}); }

// How long it was busy.
Duration wait_until_done(spi::Master& spi FERRY_BORROWS) {
  const Instant start = time::now();
  while ((ask(spi, {0x05}, 1)[0] & 1_b) != 0_b) {
  }
  return time::now() - start;
}

void program_page(spi::Master& spi FERRY_BORROWS) {
  sent[0] = 0x02_b;
  sent[1] = static_cast<std::byte>(page >> 16);
  sent[2] = static_cast<std::byte>(page >> 8 & 0xFF);
  sent[3] = static_cast<std::byte>(page & 0xFF);
  for (std::uint32_t i = 0; i < page_size; ++i) sent[4 + i] = pattern(i);
  FERRY_CHECK(spi.write(sent).has_value());
}

// Pads of SPI2's own: with their direct function all four data lines change direction by themselves.
void connect_pads_directly() {
  using Pad = chip::io_mux::Gpio;
  for (const std::uint32_t pin : {2u, 4u, 5u, 6u, 7u, 10u})
    mmio::modify(chip::io_mux::base, Pad::mcu_sel(2) | Pad::fun_ie(1), pin);
}

struct Read {
  std::uint32_t command;
  std::uint32_t address_bits;  // with the mode's eight bits, where there are some
  std::uint32_t address;       // from the top of the register
  std::uint32_t dummy_clocks;
  std::uint32_t control;  // how many lines
};

// 64 bytes from the page's beginning.
bool reads_pattern(const Read& read) {
  using namespace chip::spi2;
  mmio::modify(base, User::doutdin(0) | User::usr_command(1) | User::usr_addr(1) | User::usr_mosi(0) |
                         User::usr_miso(1) | User::usr_dummy.run_time(read.dummy_clocks != 0 ? 1 : 0));
  mmio::modify(base, User2::usr_command_value.run_time(read.command) | User2::usr_command_bitlen(7));
  mmio::write_word<Addr>(base, read.address);
  mmio::modify(base, User1::usr_addr_bitlen.run_time(read.address_bits - 1));
  if (read.dummy_clocks != 0) mmio::modify(base, User1::usr_dummy_cyclelen.run_time(read.dummy_clocks - 1));
  mmio::write_word<Ctrl>(base, read.control);
  mmio::modify(base, MsDlen::ms_data_bitlen(64 * 8 - 1));
  mmio::write(base, Cmd::update(1));
  while (mmio::read(base, Cmd::update) != 0) {
  }
  mmio::write(base, Cmd::usr(1));
  while (mmio::read(base, Cmd::usr) != 0) {
  }
  for (std::uint32_t word = 0; word < 16; ++word) {
    const std::uint32_t value = mmio::read<W>(base, word);
    for (std::uint32_t byte = 0; byte < 4; ++byte)
      if (static_cast<std::byte>(value >> (8 * byte)) != pattern(4 * word + byte)) return false;
  }
  return true;
}

}  // namespace

int main() {
  auto chip = take();
  auto spi = spi::Master{std::move(chip.spi2), {.frequency = 10_MHz}}
                 .with_sck(std::move(chip.gpio6))
                 .with_mosi(std::move(chip.gpio7))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio10));

  const auto id = ask(spi, {0x9F}, 3);
  FERRY_CHECK(id[0] == 0xEF_b && id[1] == 0x40_b && id[2] == 0x14_b);

  enable_writing(spi);
  ask(spi, {0x20, page >> 16, page >> 8 & 0xFF, 0});
  const Duration erased = wait_until_done(spi);
  FERRY_CHECK(erased > 40_ms && erased < 50_ms);
  enable_writing(spi);
  program_page(spi);
  const Duration programmed = wait_until_done(spi);
  FERRY_CHECK(programmed > 350_us && programmed < 450_us);

  const auto cells = ask(spi, {0x03, page >> 16, page >> 8 & 0xFF, 0}, page_size);
  std::uint32_t right = 0;
  while (right < page_size && cells[right] == pattern(right)) ++right;
  FERRY_CHECK_EQUAL(right, page_size);

  // QE, for the four lines.
  enable_writing(spi);
  ask(spi, {0x31, 0x02});
  wait_until_done(spi);
  FERRY_CHECK(ask(spi, {0x35}, 1)[0] == 0x02_b);

  connect_pads_directly();
  using chip::spi2::Ctrl;
  constexpr std::uint32_t no_lines = 0, address = page << 8;
  FERRY_CHECK(reads_pattern({0x03, 24, address, 0, no_lines}));
  FERRY_CHECK(reads_pattern({0x0B, 24, address, 8, no_lines}));
  FERRY_CHECK(reads_pattern({0x3B, 24, address, 8, Ctrl::fread_dual.mask}));
  FERRY_CHECK(reads_pattern({0xBB, 32, address, 0, Ctrl::fread_dual.mask | Ctrl::faddr_dual.mask}));
  FERRY_CHECK(reads_pattern({0x6B, 24, address, 8, Ctrl::fread_quad.mask}));
  FERRY_CHECK(reads_pattern({0xEB, 32, address, 4, Ctrl::fread_quad.mask | Ctrl::faddr_quad.mask}));
  return check::result();
}

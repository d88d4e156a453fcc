#include "board/devices/spi_mem/spi_mem.hpp"

#include "board/clocks.hpp"
#include "board/image/text.hpp"
#include "chip/esp32c3/registers/spi0.hpp"
#include "chip/esp32c3/registers/spi0_table.hpp"
#include "chip/esp32c3/registers/spi1.hpp"
#include "chip/esp32c3/registers/spi1_table.hpp"

#include <algorithm>
#include <string>

namespace ferry::board {

namespace reg = chip::spi1;

namespace {

constexpr std::size_t buffer_size = 64;
constexpr std::uint32_t address_24_bits = 0xFF'FFFF;

// The bits of CMD that start a command the controller knows by itself, with the code it sends.
struct BuiltIn {
  std::uint32_t mask;
  std::uint8_t code;
  bool addressed;
};
constexpr std::array built_in = std::to_array<BuiltIn>({
    {reg::Cmd::flash_res.mask, 0xAB, false},
    {reg::Cmd::flash_dp.mask, 0xB9, false},
    {reg::Cmd::flash_ce.mask, 0x60, false},
    {reg::Cmd::flash_be.mask, 0xD8, true},
    {reg::Cmd::flash_se.mask, 0x20, true},
    {reg::Cmd::flash_wrdi.mask, 0x04, false},
    {reg::Cmd::flash_wren.mask, 0x06, false},
});

std::size_t bytes_of(std::uint32_t length_field) {
  return std::min<std::size_t>((length_field + 8) / 8, buffer_size);
}

}  // namespace

Spi0::Spi0(Observers& observers) : RegisterDevice("SPI0", chip::spi0::registers, observers) {}

Spi1::Spi1(Timeline& timeline, FlashChip& flash, Observers& observers)
    : RegisterDevice("SPI1", reg::registers, observers), flash_(flash), done_(timeline, [this] { done(); }) {}

void Spi1::reset() {
  registers_.reset();
  done_.cancel();
}

void Spi1::write(std::uint32_t offset, std::uint32_t value) {
  if (offset != reg::Cmd::offset) return registers_.store(offset, value);
  if (done_.pending()) return;  // a command runs to its end
  registers_.store(offset, value);
  if (value != 0) start(value);
}

void Spi1::start(std::uint32_t command) {
  if (reg::Cmd::usr.get(command) != 0) return start_user();
  start_built_in(command);
}

void Spi1::start_built_in(std::uint32_t command) {
  const std::uint32_t address = registers_.word<reg::Addr>();
  if (reg::Cmd::flash_read.get(command) != 0)
    return send(0x03, 32, address & address_24_bits, 0,
                bytes_of(registers_.get(reg::MisoDlen::usr_miso_dbitlen)));
  // The length of a page program stands above its address.
  if (reg::Cmd::flash_pp.get(command) != 0)
    return send(0x02, 32, address & address_24_bits, std::min<std::size_t>(address >> 24, buffer_size), 0);
  if (reg::Cmd::flash_rdid.get(command) != 0) return send(0x9F, 8, 0, 0, 3);
  if (reg::Cmd::flash_rdsr.get(command) != 0) return send(0x05, 8, 0, 0, 1, true);
  if (reg::Cmd::flash_wrsr.get(command) != 0) {
    const std::uint32_t status = registers_.word<reg::RdStatus>();
    registers_.word<reg::W>() = status & 0xFFFF;
    return send(0x01, 8, 0, registers_.get(reg::Ctrl::wrsr_2b) != 0 ? 2 : 1, 0);
  }
  for (const BuiltIn& each : built_in)
    if ((command & each.mask) != 0)
      return send(each.code, each.addressed ? 32 : 8, address & address_24_bits, 0, 0);
  registers_.word<reg::Cmd>() = 0;
}

void Spi1::start_user() {
  const std::uint32_t user = registers_.word<reg::User>();
  if (reg::User::usr_command.get(user) == 0) {
    notices_.once("SPI1: a transfer without a command phase: the board does not do this");
    registers_.word<reg::Cmd>() = 0;
    return;
  }
  unsigned bits = registers_.get(reg::User2::usr_command_bitlen) + 1;
  std::uint32_t address = 0;
  if (reg::User::usr_addr.get(user) != 0) {
    const unsigned length = std::min(registers_.get(reg::User1::usr_addr_bitlen) + 1, 32u);
    // So many low bits of the register, the top one first. Those behind 24 are the mode of continuous reads.
    const auto sent =
        static_cast<std::uint32_t>(registers_.word<reg::Addr>() & ((std::uint64_t{1} << length) - 1));
    address = sent >> (length > 24 ? length - 24 : 0);
    bits += length;
  }
  if (reg::User::usr_dummy.get(user) != 0) bits += registers_.get(reg::User1::usr_dummy_cyclelen) + 1;
  const bool sends = reg::User::usr_mosi.get(user) != 0, receives = reg::User::usr_miso.get(user) != 0;
  send(static_cast<std::uint8_t>(registers_.get(reg::User2::usr_command_value)), bits, address,
       sends ? bytes_of(registers_.get(reg::MosiDlen::usr_mosi_dbitlen)) : 0,
       receives ? bytes_of(registers_.get(reg::MisoDlen::usr_miso_dbitlen)) : 0);
}

std::vector<std::byte> Spi1::buffer(std::size_t count, bool high_part) const {
  std::vector<std::byte> bytes(count);
  for (std::size_t index = 0; index < count; ++index) {
    const std::size_t place = (index + (high_part ? buffer_size / 2 : 0)) % buffer_size;
    const std::uint32_t word = registers_.word<reg::W>(static_cast<std::uint32_t>(place / 4));
    bytes[index] = static_cast<std::byte>(word >> (8 * (place % 4)));
  }
  return bytes;
}

// The chip acts when the command has gone over the wires; a line at a time, whatever the mode says.
void Spi1::send(std::uint8_t code, unsigned bits, std::uint32_t address, std::size_t sent,
                std::size_t received, bool to_status) {
  answer_.clear();
  to_status_ = to_status;
  const bool high_part = registers_.get(reg::User::usr_mosi_highpart) != 0;
  if (!flash_.command(code, address, buffer(sent, high_part), answer_, received)) {
    notices_.once("SPI1: the flash chip does not know command " + hex(code));
    answer_.assign(received, std::byte{0xFF});
  }
  const std::uint32_t clock = registers_.word<reg::Clock>();
  const Time period = Clocks::pll_80m *
                      (reg::Clock::clk_equ_sysclk.get(clock) != 0 ? 1 : reg::Clock::clkcnt_n.get(clock) + 1);
  done_.after((bits + 8 * (sent + received)) * period);
}

void Spi1::done() {
  if (to_status_) {
    registers_.set(reg::RdStatus::status, std::to_integer<std::uint32_t>(answer_.front()));
  } else {
    const std::size_t start = registers_.get(reg::User::usr_miso_highpart) != 0 ? buffer_size / 2 : 0;
    for (std::size_t index = 0; index < answer_.size(); ++index) {
      const std::size_t place = (start + index) % buffer_size;
      std::uint32_t& word = registers_.word<reg::W>(static_cast<std::uint32_t>(place / 4));
      const auto shift = static_cast<unsigned>(8 * (place % 4));
      word = (word & ~(0xFFu << shift)) | std::to_integer<std::uint32_t>(answer_[index]) << shift;
    }
  }
  registers_.word<reg::Cmd>() = 0;
}

void Spi0::archive_state(StateArchive& archive) { archive_registers(archive); }

void Spi1::archive_state(StateArchive& archive) {
  archive_registers(archive);
  archive(done_, answer_, to_status_);
}

}  // namespace ferry::board

// Reading, programming and erasing the flash chip through SPI1. A call does its commands one after the other
// and waits for the chip; no interrupt is taken meanwhile.
#include "board/rom/answers.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

namespace ferry::board {

namespace {

enum Result : std::uint32_t { done = 0, failed = 1 };
enum Code : std::uint8_t {
  program = 0x02,
  read_data = 0x03,
  write_disable = 0x04,
  read_status = 0x05,
  write_enable = 0x06,
  erase_sector = 0x20,
  read_status2 = 0x35,
  erase_chip = 0x60,
  erase_block = 0xD8,
  write_status = 0x01
};

constexpr std::uint32_t sector = FlashChip::sector_size, block = 64 * 1024, page = FlashChip::program_page;
constexpr std::uint32_t fifo = 64;  // bytes that SPI1 moves with one command
// Slow read at 20 MHz, as the ROM sets it up; the program around it costs less than that.
constexpr Time bit_time = 50 * nanosecond;

// One command over the wires, and the time that the chip then needs. False: the CPU was reset meanwhile.
bool command(RomCall& call, std::uint8_t code, std::uint32_t address, std::span<const std::byte> sent,
             std::vector<std::byte>& answer, std::size_t length) {
  const std::size_t bytes = 1 + sent.size() + length + (address != 0 || !sent.empty() ? 3 : 0);
  if (!call.pass(8 * bytes * bit_time)) return false;
  call.flash().command(code, address, sent, answer, length);
  return call.pass(call.flash().busy_for());
}
bool command(RomCall& call, std::uint8_t code, std::uint32_t address = 0,
             std::span<const std::byte> sent = {}) {
  std::vector<std::byte> nothing;
  return command(call, code, address, sent, nothing, 0);
}
bool change(RomCall& call, std::uint8_t code, std::uint32_t address = 0,
            std::span<const std::byte> sent = {}) {
  return command(call, write_enable) && command(call, code, address, sent);
}

bool outside(RomCall& call, std::uint32_t address, std::uint32_t length) {
  const std::uint32_t size = call.flash().size();
  return address > size || length > size - address;
}

void read(RomCall& call) {
  std::uint32_t from = call.argument(0), to = call.argument(1), length = call.argument(2);
  if (outside(call, from, length)) return call.result(failed);
  while (length != 0 && !call.faulted()) {
    const std::uint32_t count = std::min(length, fifo);
    std::vector<std::byte> bytes;
    if (!command(call, read_data, from, {}, bytes, count)) return;
    call.write(to, bytes);
    from += count, to += count, length -= count;
  }
  call.result(done);
}

void write(RomCall& call) {
  std::uint32_t to = call.argument(0), from = call.argument(1), length = call.argument(2);
  if (outside(call, to, length)) return call.result(failed);
  while (length != 0 && !call.faulted()) {
    const std::uint32_t count = std::min({length, fifo, page - to % page});
    std::array<std::byte, fifo> bytes;
    call.read(from, std::span(bytes).first(count));
    if (!change(call, program, to, std::span(bytes).first(count))) return;
    to += count, from += count, length -= count;
  }
  call.result(done);
}

void erase(RomCall& call, std::uint8_t code, std::uint32_t size) {
  const std::uint32_t number = call.argument(0);
  if (number >= call.flash().size() / size) return call.result(failed);
  if (change(call, code, number * size)) call.result(done);
}
void erase_one_sector(RomCall& call) { erase(call, erase_sector, sector); }
void erase_one_block(RomCall& call) { erase(call, erase_block, block); }
void erase_all(RomCall& call) {
  if (change(call, erase_chip)) call.result(done);
}
void erase_area(RomCall& call) {
  std::uint32_t start = call.argument(0);
  const std::uint32_t length = call.argument(1);
  if (start % sector != 0 || length % sector != 0 || outside(call, start, length)) return call.result(failed);
  for (const std::uint32_t end = start + length; start != end;) {
    const bool whole_block = start % block == 0 && end - start >= block;
    if (!change(call, whole_block ? erase_block : erase_sector, start)) return;
    start += whole_block ? block : sector;
  }
  call.result(done);
}

// Status registers: the value goes to where the last argument points.
void status(RomCall& call, std::uint8_t code, unsigned shift, std::uint32_t place) {
  std::vector<std::byte> bytes;
  if (!command(call, code, 0, {}, bytes, 1)) return;
  call.store(place, std::to_integer<std::uint32_t>(bytes[0]) << shift);
  call.result(done);
}
void status_low(RomCall& call) { status(call, read_status, 0, call.argument(1)); }
void status_high(RomCall& call) { status(call, read_status2, 8, call.argument(1)); }
void status_by_code(RomCall& call) {
  status(call, static_cast<std::uint8_t>(call.argument(1)), 0, call.argument(0));
}
void set_status(RomCall& call) {
  const std::array bytes{static_cast<std::byte>(call.argument(1)),
                         static_cast<std::byte>(call.argument(1) >> 8)};
  if (change(call, write_status, 0, bytes)) call.result(done);
}

// (device id, chip size, block size, sector size, page size, status mask)
void set_geometry(RomCall& call) {
  for (unsigned index = 0; index < 6; ++index)
    call.store(rom_data::flash_legacy + 4 * index, call.argument(index));
  call.result(done);
}

void enable_writes(RomCall& call) {
  if (command(call, write_enable)) call.result(done);
}
void disable_writes(RomCall& call) {
  if (command(call, write_disable)) call.result(done);
}
void already_done(RomCall& call) { call.result(done); }

constexpr std::array answers = std::to_array<RomAnswer>({
    {"esp_rom_spiflash_read", read, 100},
    {"esp_rom_spiflash_write", write, 100},
    {"esp_rom_spiflash_erase_sector", erase_one_sector, 100},
    {"esp_rom_spiflash_erase_block", erase_one_block, 100},
    {"esp_rom_spiflash_erase_chip", erase_all, 100},
    {"SPIEraseArea", erase_area, 150},
    {"esp_rom_spiflash_read_status", status_low, 50},
    {"esp_rom_spiflash_read_statushigh", status_high, 50},
    {"esp_rom_spiflash_read_user_cmd", status_by_code, 50},
    {"esp_rom_spiflash_write_status", set_status, 50},
    {"esp_rom_spiflash_config_param", set_geometry, 20},
    {"SPI_write_enable", enable_writes, 50},
    {"esp_rom_spiflash_write_disable", disable_writes, 50},
    // Nothing here is locked, in another mode, or without its pins.
    {"esp_rom_spiflash_unlock", already_done, 100},
    {"esp_rom_spiflash_attach", already_done, 200},
    {"esp_rom_spiflash_wait_idle", already_done, 50},
    {"esp_rom_spiflash_config_readmode", already_done, 100},
    {"esp_rom_spiflash_config_clk", already_done, 50},
    {"esp_rom_spiflash_select_qio_pins", already_done, 50},
    {"spi_dummy_len_fix", already_done, 30},
    {"SelectSpiFunction", already_done, 50},
    {"SetSpiDrvs", already_done, 50},
    {"Wait_SPI_Idle", already_done, 50},
});

}  // namespace

std::span<const RomAnswer> flash_answers() { return answers; }

}  // namespace ferry::board

// The commands of a 25-series SPI flash, as W25Q chips have them: what follows the command byte on which
// lines.
#pragma once

#include <cstdint>

namespace ferry::board::flash {

enum class Action : std::uint8_t {
  read,
  read_status1,
  read_status2,
  read_status3,
  read_id,         // JEDEC: manufacturer, type, capacity
  read_maker,      // manufacturer and device, in the order that the address says
  read_device,     // device alone, after three bytes without meaning; also ends deep power-down
  read_unique_id,  // 64 bits
  read_parameters,
  program,
  erase_sector,   // 4 KiB
  erase_block32,  // 32 KiB
  erase_block64,  // 64 KiB
  erase_chip,
  write_status1,  // and 2, if a second byte comes
  write_status2,
  write_status3,
  write_enable,
  write_enable_volatile,
  write_disable,
  power_down,
  enable_reset,
  reset,
};

// In the data phase the chip sends.
constexpr bool sends(Action action) { return action <= Action::read_parameters; }

struct Command {
  std::uint8_t code;
  Action action;
  unsigned address_lines = 0;  // 0: no address
  bool has_mode = false;       // eight bits behind the address, on its lines: 10 in bits 5:4 keep the command
  unsigned dummy_clocks = 0;   // then
  unsigned data_lines = 1;     // then
  bool needs_quad = false;     // the QE bit, because WP and HOLD become data lines
};

inline constexpr Command commands[] = {
    {0x03, Action::read, 1},
    {0x0B, Action::read, 1, false, 8},
    {0x3B, Action::read, 1, false, 8, 2},
    {0xBB, Action::read, 2, true, 0, 2},
    {0x6B, Action::read, 1, false, 8, 4, true},
    {0xEB, Action::read, 4, true, 4, 4, true},
    {0x05, Action::read_status1},
    {0x35, Action::read_status2},
    {0x15, Action::read_status3},
    {0x9F, Action::read_id},
    {0x90, Action::read_maker, 1},
    {0xAB, Action::read_device, 1},
    {0x4B, Action::read_unique_id, 0, false, 32},
    {0x5A, Action::read_parameters, 1, false, 8},
    {0x02, Action::program, 1},
    {0x32, Action::program, 1, false, 0, 4, true},
    {0x20, Action::erase_sector, 1},
    {0x52, Action::erase_block32, 1},
    {0xD8, Action::erase_block64, 1},
    {0xC7, Action::erase_chip},
    {0x60, Action::erase_chip},
    {0x01, Action::write_status1},
    {0x31, Action::write_status2},
    {0x11, Action::write_status3},
    {0x06, Action::write_enable},
    {0x50, Action::write_enable_volatile},
    {0x04, Action::write_disable},
    {0xB9, Action::power_down},
    {0x66, Action::enable_reset},
    {0x99, Action::reset},
};

// Null for a byte that is no command.
constexpr const Command* find_command(std::uint32_t code) {
  for (const Command& command : commands)
    if (command.code == code) return &command;
  return nullptr;
}

}  // namespace ferry::board::flash

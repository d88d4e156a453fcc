// The partition table of a flash chip, as ESP-IDF lays it out (bootloader_support: esp_flash_partitions.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

namespace ferry::board {

inline constexpr std::uint32_t partition_table_address = 0x8000, partition_table_size = 0xC00;

struct Partition {
  static constexpr std::uint8_t application = 0, data = 1;  // types
  static constexpr std::uint8_t factory = 0x00, ota_first = 0x10, ota_end = 0x20,
                                test = 0x20;      // subtypes of applications
  static constexpr std::uint8_t ota_data = 0x00;  // a subtype of data

  std::uint8_t type = 0, subtype = 0;
  std::uint32_t address = 0, size = 0;
  std::string label;
};

// Whether a flash's content has a partition table at its usual place.
bool has_partition_table(std::span<const std::byte> flash);

// Reads and checks the table of a flash's content: its MD5 where it has one, and that every partition lies
// inside the chip. An error is one line without a full stop.
std::expected<std::vector<Partition>, std::string> read_partition_table(std::span<const std::byte> flash);

// nvs, phy_init and one application from 0x10000 to the end: what the flashing tools write where a project
// has no table of its own.
std::vector<std::byte> default_partition_table(std::uint32_t flash_size);

}  // namespace ferry::board

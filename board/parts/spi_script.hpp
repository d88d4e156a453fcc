// What a scripted SPI device expects and answers, from a JSON file. The format is in README.md.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board {

struct SpiScript {
  // A byte that is compared, unless it may be any.
  struct Expected {
    std::uint8_t value = 0;
    bool any = false;
  };
  // What happens between two edges of chip select.
  struct Exchange {
    std::string name;  // "exchange 2" or "exchange 2 (identify)"
    std::vector<Expected> expected;
    std::vector<std::uint8_t> answer;  // 0 behind its end
  };
  // A device whose first byte says which register is read or written, and whose other bytes are its value and
  // those of the next ones.
  struct Registers {
    std::uint8_t read_bit = 0x80;  // set in the first byte: a read
    bool auto_increment = true;
    std::map<std::uint8_t, std::uint8_t> values;
    std::set<std::uint8_t> read_only;
  };

  unsigned mode = 0;
  bool select_active_high = false;
  std::vector<Exchange> exchanges;  // empty for a device with registers
  bool repeat = false;              // after the last exchange comes the first
  std::optional<Registers> registers;
};

/// Errors are one line without the file's name and without a full stop.
std::expected<SpiScript, std::string> parse_spi_script(std::string_view text);
std::expected<SpiScript, std::string> load_spi_script(const std::filesystem::path& file);

}  // namespace ferry::board

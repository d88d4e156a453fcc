#include "board/parts/flash_parameters.hpp"

#include <array>

namespace ferry::board::flash {

std::uint8_t parameter_byte(std::uint32_t flash_size, std::uint32_t address) {
  constexpr std::uint32_t table_at = 0x10, table_words = 9;
  const std::array<std::uint32_t, 4 + table_words> words{
      0x5044'4653,                      // "SFDP"
      0xFF00'0100,                      // revision 1.0, one parameter header
      0x0001'0000 | table_words << 24,  // the basic table, revision 1.0
      0xFF00'0000 | table_at,
      // 4 KiB erase by 0x20; writes of 64 bytes and more; reads on 1-1-2, 1-2-2, 1-4-4 and 1-1-4 lines; three
      // address bytes.
      0xFFF1'20E5,
      flash_size * 8 - 1,  // the last bit's number
      0x6B08'EB44,         // 1-4-4: 4 clocks, 2 more for the mode, 0xEB; 1-1-4: 8 clocks, 0x6B
      0xBB80'3B08,         // 1-1-2: 8 clocks, 0x3B; 1-2-2: 4 clocks for the mode, 0xBB
      0xFFFF'FFEE,         // neither 2-2-2 nor 4-4-4
      0xFF00'FFFF, 0xFF00'FFFF,
      0x520F'200C,  // erase types: 2^12 by 0x20, 2^15 by 0x52
      0xFF00'D810,  // 2^16 by 0xD8
  };
  if (address >= 4 * words.size()) return 0xFF;
  return static_cast<std::uint8_t>(words[address / 4] >> (8 * (address % 4)));
}

}  // namespace ferry::board::flash

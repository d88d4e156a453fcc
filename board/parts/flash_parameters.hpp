// What a 25-series flash says about itself (JEDEC JESD216, "SFDP").
#pragma once

#include <cstdint>

namespace ferry::board::flash {

// The header, one parameter header and the basic table of revision 1.0, for the commands of
// flash_commands.hpp; 0xFF behind them.
std::uint8_t parameter_byte(std::uint32_t flash_size, std::uint32_t address);

}  // namespace ferry::board::flash

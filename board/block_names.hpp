// What the chip has where, also where the board has nothing: a message that names the block tells the reader
// more than an address.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ferry::board {

// No name: an address between the blocks, and counted from 0.
struct NamedBase {
  std::uint32_t base;
  std::string_view name;
};

// None is larger. Where two share these 4 KiB the first ends where the second begins.
inline constexpr std::uint32_t largest_block = 0x1000;

// In rising order (technical reference manual, table 3.3-3).
inline constexpr std::array peripheral_blocks = std::to_array<NamedBase>({
    {0x6000'0000, "UART0"},
    {0x6000'1000, "block 0x60001000"},
    {0x6000'2000, "SPI1"},
    {0x6000'3000, "SPI0"},
    {0x6000'4000, "GPIO"},
    {0x6000'4F00, "GPIO_SD"},
    {0x6000'5000, "FE2"},
    {0x6000'6000, "FE"},
    {0x6000'7000, "block 0x60007000"},
    {0x6000'8000, "RTC_CNTL"},
    {0x6000'8800, "EFUSE"},
    {0x6000'9000, "IO_MUX"},
    {0x6000'A000, "block 0x6000A000"},
    {0x6000'C000, "UHCI1"},
    {0x6000'E000, "I2C_ANA_MST"},
    {0x6001'0000, "UART1"},
    {0x6001'3000, "I2C0"},
    {0x6001'4000, "UHCI0"},
    {0x6001'6000, "RMT"},
    {0x6001'9000, "LEDC"},
    {0x6001'C000, "NRX"},
    {0x6001'D000, "BB"},
    {0x6001'F000, "TIMG0"},
    {0x6002'0000, "TIMG1"},
    {0x6002'3000, "SYSTIMER"},
    {0x6002'4000, "SPI2"},
    {0x6002'6000, "APB_CTRL"},
    {0x6002'B000, "TWAI"},
    {0x6002'D000, "I2S0"},
    {0x6003'A000, "AES"},
    {0x6003'B000, "SHA"},
    {0x6003'C000, "RSA"},
    {0x6003'D000, "DS"},
    {0x6003'E000, "HMAC"},
    {0x6003'F000, "DMA"},
    {0x6004'0000, "APB_SARADC"},
    {0x6004'3000, "USB_SERIAL_JTAG"},
    {0x600C'0000, "SYSTEM"},
    {0x600C'1000, "SENSITIVE"},
    {0x600C'2000, "INTERRUPT_CORE0"},
    {0x600C'4000, "EXTMEM"},
    {0x600C'5000, "MMU_TABLE"},
    {0x600C'C000, "XTS_AES"},
    {0x600C'E000, "ASSIST_DEBUG"},
    {0x600C'F000, "DEDICATED_GPIO"},
    {0x600D'0000, "WORLD_CNTL"},
});

// The block that holds an address of the peripheral range.
constexpr NamedBase block_of(std::uint32_t address) {
  NamedBase found{};
  for (const NamedBase& block : peripheral_blocks)
    if (block.base <= address && address - block.base < largest_block) found = block;
  return found;
}

}  // namespace ferry::board

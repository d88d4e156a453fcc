#include "board/record/register_names.hpp"

#include "board/block_names.hpp"
#include "chip/esp32c3/registers/apb_ctrl.hpp"
#include "chip/esp32c3/registers/apb_ctrl_table.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/dma_table.hpp"
#include "chip/esp32c3/registers/efuse.hpp"
#include "chip/esp32c3/registers/efuse_table.hpp"
#include "chip/esp32c3/registers/extmem.hpp"
#include "chip/esp32c3/registers/extmem_table.hpp"
#include "chip/esp32c3/registers/gpio.hpp"
#include "chip/esp32c3/registers/gpio_table.hpp"
#include "chip/esp32c3/registers/interrupt_core0.hpp"
#include "chip/esp32c3/registers/interrupt_core0_table.hpp"
#include "chip/esp32c3/registers/io_mux.hpp"
#include "chip/esp32c3/registers/io_mux_table.hpp"
#include "chip/esp32c3/registers/rtc_cntl.hpp"
#include "chip/esp32c3/registers/rtc_cntl_table.hpp"
#include "chip/esp32c3/registers/spi0.hpp"
#include "chip/esp32c3/registers/spi0_table.hpp"
#include "chip/esp32c3/registers/spi1.hpp"
#include "chip/esp32c3/registers/spi1_table.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/registers/spi2_table.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "chip/esp32c3/registers/system_table.hpp"
#include "chip/esp32c3/registers/systimer.hpp"
#include "chip/esp32c3/registers/systimer_table.hpp"
#include "chip/esp32c3/registers/timg.hpp"
#include "chip/esp32c3/registers/timg_table.hpp"
#include "chip/esp32c3/registers/uart.hpp"
#include "chip/esp32c3/registers/uart_table.hpp"
#include "chip/esp32c3/registers/usb_serial_jtag.hpp"
#include "chip/esp32c3/registers/usb_serial_jtag_table.hpp"

#include <array>
#include <span>

namespace ferry::board {

namespace {

struct Described {
  std::uint32_t base;
  std::span<const chip::RegisterInfo> registers;
};

constexpr auto described_blocks = std::to_array<Described>({
    {chip::uart::base_0, chip::uart::registers},
    {chip::spi1::base, chip::spi1::registers},
    {chip::spi0::base, chip::spi0::registers},
    {chip::gpio::base, chip::gpio::registers},
    {chip::rtc_cntl::base, chip::rtc_cntl::registers},
    {chip::efuse::base, chip::efuse::registers},
    {chip::io_mux::base, chip::io_mux::registers},
    {chip::uart::base_1, chip::uart::registers},
    {chip::timg::base_0, chip::timg::registers},
    {chip::timg::base_1, chip::timg::registers},
    {chip::systimer::base, chip::systimer::registers},
    {chip::spi2::base, chip::spi2::registers},
    {chip::apb_ctrl::base, chip::apb_ctrl::registers},
    {chip::dma::base, chip::dma::registers},
    {chip::usb_serial_jtag::base, chip::usb_serial_jtag::registers},
    {chip::system::base, chip::system::registers},
    {chip::interrupt_core0::base, chip::interrupt_core0::registers},
    {chip::extmem::base, chip::extmem::registers},
});

}  // namespace

std::string RegisterName::text() const {
  std::string result(block);
  if (info == nullptr) {
    constexpr std::string_view digits = "0123456789abcdef";
    result += block.empty() ? "0x" : "+0x";
    // Three digits, as the manual writes offsets; all of them between the blocks.
    for (unsigned shift = block.empty() ? 28 : 8;; shift -= 4) {
      result += digits[offset >> shift & 0xF];
      if (shift == 0) return result;
    }
  }
  result += '.';
  result += info->name;
  if (info->count > 1) result += '[' + std::to_string(index) + ']';
  return result;
}

RegisterName name_register(std::uint32_t address) {
  const NamedBase block = block_of(address);
  RegisterName name{.block = block.name, .offset = (address - block.base) & ~3u};
  for (const Described& described : described_blocks) {
    if (described.base != block.base) continue;
    for (const chip::RegisterInfo& info : described.registers) {
      const std::uint32_t distance = name.offset - info.offset;  // wraps below the register
      if (distance % info.stride != 0 || distance / info.stride >= info.count) continue;
      name.info = &info;
      name.index = distance / info.stride;
      return name;
    }
  }
  return name;
}

std::vector<std::string_view> block_names() {
  std::vector<std::string_view> names;
  names.reserve(peripheral_blocks.size());
  for (const NamedBase& block : peripheral_blocks) names.push_back(block.name);
  return names;
}

}  // namespace ferry::board

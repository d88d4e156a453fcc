// Interrupt sources of the ESP32-C3 and their numbers in the interrupt matrix (technical reference manual, chapter 8).
#pragma once

#include <cstdint>

namespace ferry::chip {

enum class InterruptSource : std::uint8_t {
  wifi_mac = 0, wifi_mac_nmi = 1, wifi_pwr = 2, wifi_bb = 3, bt_mac = 4, bt_bb = 5, bt_bb_nmi = 6, rwbt = 7,
  rwble = 8, rwbt_nmi = 9, rwble_nmi = 10, i2c_master = 11, slc0 = 12, slc1 = 13, apb_ctrl = 14, uhci0 = 15,
  gpio = 16, gpio_nmi = 17, spi1 = 18, spi2 = 19, i2s0 = 20, uart0 = 21, uart1 = 22, ledc = 23,
  efuse = 24, twai = 25, usb_serial_jtag = 26, rtc_core = 27, rmt = 28, i2c0 = 29, timer1 = 30, timer2 = 31,
  timg0_t0 = 32, timg0_wdt = 33, timg1_t0 = 34, timg1_wdt = 35, cache_ia = 36,
  systimer_target0 = 37, systimer_target1 = 38, systimer_target2 = 39,
  spi_mem_reject = 40, icache_preload = 41, icache_sync = 42, apb_adc = 43,
  dma_channel0 = 44, dma_channel1 = 45, dma_channel2 = 46, rsa = 47, aes = 48, sha = 49,
  from_cpu0 = 50, from_cpu1 = 51, from_cpu2 = 52, from_cpu3 = 53, assist_debug = 54,
  dma_apbperi_pms = 55, core0_iram0_pms = 56, core0_dram0_pms = 57, core0_pif_pms = 58, core0_pif_pms_size = 59,
  backup_pms = 60, cache_core0_acs = 61,
};
inline constexpr std::uint32_t interrupt_source_count = 62;
inline constexpr std::uint32_t interrupt_line_count = 32;  // 1…31 usable: line 0 means "not routed"

}  // namespace ferry::chip

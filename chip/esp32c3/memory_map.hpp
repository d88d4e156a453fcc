// Where things lie in the ESP32-C3's address space (technical reference manual, chapter 3).
#pragma once

#include <cstdint>

namespace ferry::chip::memory_map {

struct Region {
  std::uint32_t start;
  std::uint32_t size;
  constexpr std::uint32_t end() const { return start + size; }
  constexpr bool contains(std::uint32_t address, std::uint32_t length = 1) const {
    return address - start < size && length <= size - (address - start);
  }
};

inline constexpr Region rom0{0x4000'0000, 256 * 1024};
inline constexpr Region rom1{0x4004'0000, 128 * 1024};
inline constexpr Region rom1_data{0x3FF0'0000, 128 * 1024};
// SRAM0 answers on the instruction bus only, SRAM1 on both buses: instruction address = data address +
// 0x70'0000.
inline constexpr Region sram0{0x4037'C000, 16 * 1024};
inline constexpr Region sram1_instruction{0x4038'0000, 384 * 1024};
inline constexpr Region sram1_data{0x3FC8'0000, 384 * 1024};
inline constexpr std::uint32_t instruction_bus_offset = 0x70'0000;
inline constexpr Region rtc_fast{0x5000'0000, 8 * 1024};
inline constexpr Region flash_instruction{0x4200'0000, 8 * 1024 * 1024};
inline constexpr Region flash_data{0x3C00'0000, 8 * 1024 * 1024};
// Both flash windows are mapped page by page by one table: a page of either window is at the same index.
inline constexpr std::uint32_t flash_page_size = 64 * 1024, flash_page_count = 128;
inline constexpr std::uint32_t mmu_table = 0x600C'5000;
inline constexpr std::uint32_t mmu_page_mask = 0xFF, mmu_invalid = 0x100;  // the fields of its entries
inline constexpr Region peripherals{0x6000'0000, 0xD'1000};

// What GDMA reaches: SRAM1 through its data-bus addresses, nothing else (chapter 2).
inline constexpr Region dma_memory = sram1_data;

// The boot ROM's own use of SRAM1: an image that the ROM loads stays below (esp-idf's ld files agree).
inline constexpr std::uint32_t rom_reserved_start = 0x3FCC'AE00;
// Its stack, 8 KiB that grow downwards from here; a program finds itself on it (esp-idf's soc.h).
inline constexpr std::uint32_t rom_stack_top = 0x3FCD'E710;

}  // namespace ferry::chip::memory_map

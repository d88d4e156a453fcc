// Functions of the boot ROM, called from a program at their documented addresses.
// expect-text: rom says -5 text 0000abcd.*11 checks, 0 failed
#include "check.hpp"
#include "ferry/ferry.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace {

// As ESP-IDF's esp32c3.rom.ld and its companions have them.
template <class Function>
Function* rom(std::uint32_t address) {
  return reinterpret_cast<Function*>(address);
}

using Compare = int(const void*, const void*);
const auto ets_printf = rom<int(const char*, ...)>(0x4000'0040);
const auto ets_delay_us = rom<void(std::uint32_t)>(0x4000'0050);
const auto rom_memcpy = rom<void*(void*, const void*, std::size_t)>(0x4000'0358);
const auto rom_strlen = rom<std::size_t(const char*)>(0x4000'0374);
const auto rom_qsort = rom<void(void*, std::size_t, std::size_t, Compare*)>(0x4000'0434);
const auto rom_itoa = rom<char*(int, char*, int)>(0x4000'0448);
const auto ets_update_cpu_frequency = rom<void(std::uint32_t)>(0x4000'0588);
const auto crc32_le = rom<std::uint32_t(std::uint32_t, const void*, std::size_t)>(0x4000'0628);
const auto rtc_get_reset_reason = rom<int(int)>(0x4000'0018);
const auto rom_udivdi3 = rom<std::uint64_t(std::uint64_t, std::uint64_t)>(0x4000'08AC);
const auto spiflash_read = rom<int(std::uint32_t, void*, std::int32_t)>(0x4000'0130);
const auto spiflash_erase_sector = rom<int(std::uint32_t)>(0x4000'0128);

int compare(const void* a, const void* b) {
  return *static_cast<const int*>(a) - *static_cast<const int*>(b);
}

}  // namespace

int main() {
  ets_printf("rom says %d %s %08x\n", -5, "text", 0xABCD);

  std::array<char, 16> text{};
  rom_memcpy(text.data(), "copied", 7);
  FERRY_CHECK(std::strcmp(text.data(), "copied") == 0);
  FERRY_CHECK_EQUAL(rom_strlen("length"), std::size_t{6});
  FERRY_CHECK(std::strcmp(rom_itoa(-42, text.data(), 10), "-42") == 0);
  FERRY_CHECK_EQUAL(crc32_le(0, "123456789", 9), 0xCBF4'3926u);
  FERRY_CHECK_EQUAL(rom_udivdi3(10'000'000'000, 7), std::uint64_t{1'428'571'428});
  FERRY_CHECK_EQUAL(rtc_get_reset_reason(0), 1);

  std::array<int, 6> numbers{5, -1, 3, 3, 9, 0};
  rom_qsort(numbers.data(), numbers.size(), sizeof numbers[0], compare);
  FERRY_CHECK(std::ranges::is_sorted(numbers));

  ets_update_cpu_frequency(ferry::clock::cpu_frequency().value / 1'000'000);
  const auto start = ferry::time::now();
  ets_delay_us(500);
  const auto passed = ferry::time::now() - start;
  FERRY_CHECK(passed.in_microseconds() >= 499 && passed.in_microseconds() <= 510);

  std::array<std::uint32_t, 4> flash{};
  FERRY_CHECK_EQUAL(spiflash_erase_sector(3), 0);
  FERRY_CHECK_EQUAL(spiflash_read(0x3000, flash.data(), sizeof flash), 0);
  FERRY_CHECK(std::ranges::all_of(flash, [](std::uint32_t word) { return word == ~0u; }));
  return check::result();
}

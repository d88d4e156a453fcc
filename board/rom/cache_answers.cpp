// The cache and its MMU table.
#include "board/rom/answers.hpp"
#include "chip/esp32c3/memory_map.hpp"
#include "chip/esp32c3/registers/extmem.hpp"

#include <array>

namespace ferry::board {

namespace {

namespace map = chip::memory_map;
namespace ext = chip::extmem;

constexpr std::uint32_t both_buses =
    ext::IcacheCtrl1::icache_shut_ibus.mask | ext::IcacheCtrl1::icache_shut_dbus.mask;

void change(RomCall& call, std::uint32_t offset, std::uint32_t set, std::uint32_t clear) {
  const std::uint32_t value = call.load(ext::base + offset);
  call.store(ext::base + offset, (value & ~clear) | set);
}

// What software has to give back to the function that undoes this: whether autoload was on. It never is here.
void suspend(RomCall& call) {
  change(call, ext::IcacheCtrl1::offset, both_buses, 0);
  change(call, ext::IcacheCtrl::offset, 0, ext::IcacheCtrl::icache_enable.mask);
  call.result(0);
}
void resume(RomCall& call) {
  change(call, ext::IcacheCtrl::offset, ext::IcacheCtrl::icache_enable.mask, 0);
  change(call, ext::IcacheCtrl1::offset, 0, both_buses);
}
void disable(RomCall& call) {
  change(call, ext::IcacheCtrl::offset, 0, ext::IcacheCtrl::icache_enable.mask);
  call.result(0);
}
void enable(RomCall& call) { change(call, ext::IcacheCtrl::offset, ext::IcacheCtrl::icache_enable.mask, 0); }
void mask_all(RomCall& call) { change(call, ext::IcacheCtrl1::offset, both_buses, 0); }
void unmask_data(RomCall& call) {
  change(call, ext::IcacheCtrl1::offset, 0, ext::IcacheCtrl1::icache_shut_dbus.mask);
}

void invalidate(RomCall& call) {
  call.store(ext::base + ext::IcacheSyncCtrl::offset, ext::IcacheSyncCtrl::icache_invalidate_ena.mask);
  call.pass(microsecond);  // the operation's end is waited for
}
void invalidate_address(RomCall& call) {
  invalidate(call);
  call.result(0);
}

void empty_table(RomCall& call) {
  for (std::uint32_t page = 0; page < map::flash_page_count; ++page)
    call.store(map::mmu_table + 4 * page, map::mmu_invalid);
}

// (ext_ram, virtual address, address in flash, page size in KiB, count, fixed): 0, or why not.
void set_entries(RomCall& call) {
  enum Result : std::uint32_t { done = 0, odd_address = 1, outside = 4, odd_size = 3 };
  const std::uint32_t window = call.argument(1), flash = call.argument(2), kib = call.argument(3),
                      count = call.argument(4);
  const bool fixed = call.argument(5) != 0;
  if (kib * 1024 != map::flash_page_size) return call.result(odd_size);
  if ((window | flash) % map::flash_page_size != 0) return call.result(odd_address);
  const map::Region& region = map::flash_data.contains(window) ? map::flash_data : map::flash_instruction;
  if (count > map::flash_page_count || !region.contains(window, count * map::flash_page_size))
    return call.result(outside);
  for (std::uint32_t index = 0; index < count; ++index) {
    const std::uint32_t page = (window - region.start) / map::flash_page_size + index;
    call.store(map::mmu_table + 4 * page, flash / map::flash_page_size + (fixed ? 0 : index));
  }
  call.result(done);
}

// How much of the table, in bytes, is for instructions and how much for data: noted only.
void set_table_sizes(RomCall& call) {
  enum Result : std::uint32_t { done = 0, refused = 1 };
  constexpr std::uint32_t table_size = 4 * map::flash_page_count;
  const std::uint32_t instruction = call.argument(0), data = call.argument(1);
  if (instruction + data > table_size || (instruction | data) % 4 != 0) return call.result(refused);
  call.store(rom_data::instruction_table_size, instruction);
  call.store(rom_data::data_table_size, data);
  call.result(done);
}
void instruction_table_end(RomCall& call) { call.result(call.load(rom_data::instruction_table_size)); }
void data_table_end(RomCall& call) {
  call.result(call.load(rom_data::instruction_table_size) + call.load(rom_data::data_table_size));
}

void freeze(RomCall& call) {
  change(call, ext::IcacheFreeze::offset,
         ext::IcacheFreeze::ena.mask | (call.argument(0) != 0 ? ext::IcacheFreeze::mode.mask : 0),
         ext::IcacheFreeze::mode.mask);
}
void unfreeze(RomCall& call) { change(call, ext::IcacheFreeze::offset, 0, ext::IcacheFreeze::ena.mask); }

constexpr std::array answers = std::to_array<RomAnswer>({
    {"Cache_Suspend_ICache", suspend, 30},
    {"Cache_Resume_ICache", resume, 15},
    {"Cache_Disable_ICache", disable, 60},
    {"Cache_Enable_ICache", enable, 15},
    {"Cache_Mask_All", mask_all, 5},
    {"Cache_UnMask_Dram0", unmask_data, 5},
    {"Cache_Invalidate_ICache_All", invalidate, 40},
    {"Cache_Invalidate_ICache_Items", invalidate, 40},
    {"Cache_Invalidate_Addr", invalidate_address, 60},
    {"Cache_MMU_Init", empty_table, 400},
    {"Cache_Ibus_MMU_Set", set_entries, 60},
    {"Cache_Dbus_MMU_Set", set_entries, 60},
    {"Cache_Set_IDROM_MMU_Size", set_table_sizes, 10},
    {"Cache_Get_IROM_MMU_End", instruction_table_end, 3},
    {"Cache_Get_DROM_MMU_End", data_table_end, 6},
    {"Cache_Get_ICache_Line_Size", answer_with<32>, 3},
    {"Cache_Suspend_ICache_Autoload", answer_with<0>, 15},
    {"Cache_Resume_ICache_Autoload", answer_nothing, 10},
    {"Cache_Start_ICache_Preload", answer_with<0>, 20},
    {"Cache_ICache_Preload_Done", answer_with<1>, 5},
    {"Cache_End_ICache_Preload", answer_nothing, 10},
    {"Cache_Enable_ICache_Autoload", answer_nothing, 10},
    {"Cache_Disable_ICache_Autoload", answer_nothing, 10},
    {"Cache_Freeze_ICache_Enable", freeze, 10},
    {"Cache_Freeze_ICache_Disable", unfreeze, 10},
    {"Cache_Owner_Init", answer_nothing, 5},
    {"Cache_Set_Default_Mode", answer_nothing, 5},
    {"Cache_Enable_Default_ICache_Mode", resume, 40},
    {"ROM_Boot_Cache_Init", empty_table, 500},
    {"Cache_Occupy_ICache_MEMORY", answer_nothing, 5},
});

}  // namespace

std::span<const RomAnswer> cache_answers() { return answers; }

}  // namespace ferry::board

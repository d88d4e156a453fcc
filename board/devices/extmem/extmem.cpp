#include "board/devices/extmem/extmem.hpp"

#include "board/image/text.hpp"
#include "chip/esp32c3/registers/extmem.hpp"
#include "chip/esp32c3/registers/extmem_table.hpp"

#include <string>

namespace ferry::board {

namespace map = chip::memory_map;
namespace reg = chip::extmem;

Extmem::Extmem(Timeline& timeline, Memory& memory, FlashChip& flash, InterruptSink& interrupts,
               Observers& observers)
    : RegisterDevice("EXTMEM", reg::registers, observers),
      memory_(memory),
      flash_(flash),
      interrupts_(interrupts),
      operations_(timeline, [this] { operations_done(); }) {
  flash.on_change([this](std::uint32_t address, std::uint32_t length) { flash_changed(address, length); });
  reset();
}

// The table's content at power-on is undefined; the boot ROM empties it.
void Extmem::reset() {
  registers_.reset();
  operations_.cancel();
  for (std::uint32_t page = 0; page < map::flash_page_count; ++page) set_entry(page, map::mmu_invalid);
  update_windows();
  update_interrupts();
}

// The windows show what flash has when they are put back: the flash chip comes before.
void Extmem::archive_state(StateArchive& archive) {
  archive_registers(archive);
  archive(operations_);
  auto table = table_;
  archive(table);
  archive.derived(table_);
  if (!archive.restores()) return;
  for (std::uint32_t page = 0; page < map::flash_page_count; ++page) set_entry(page, table[page]);
  update_windows();
}

void Extmem::open() {
  registers_.set(reg::IcacheCtrl::icache_enable, 1);
  registers_.set(reg::IcacheCtrl1::icache_shut_ibus, 0);
  registers_.set(reg::IcacheCtrl1::icache_shut_dbus, 0);
  update_windows();
}

void Extmem::update_windows() {
  const bool runs = registers_.get(reg::IcacheCtrl::icache_enable) != 0;
  memory_.open_windows(runs && registers_.get(reg::IcacheCtrl1::icache_shut_dbus) == 0,
                       runs && registers_.get(reg::IcacheCtrl1::icache_shut_ibus) == 0);
}

void Extmem::set_entry(std::uint32_t page, std::uint32_t value) {
  const std::uint32_t entry = value & (map::mmu_page_mask | map::mmu_invalid);
  if (entry == table_[page]) return;
  table_[page] = entry;
  show_page(page);
}

void Extmem::show_page(std::uint32_t page) {
  if ((table_[page] & map::mmu_invalid) != 0) {
    memory_.unmap_page(page);
  } else {
    memory_.map_page(page, flash_.page(table_[page]));
  }
}

void Extmem::flash_changed(std::uint32_t address, std::uint32_t length) {
  const std::uint32_t start = address % map::flash_page_size;
  const std::uint32_t pages = flash_.size() / map::flash_page_size;
  for (std::uint32_t page = 0; page < map::flash_page_count; ++page) {
    if ((table_[page] & map::mmu_invalid) != 0 || table_[page] % pages != address / map::flash_page_size)
      continue;
    memory_.update_page(page, start, flash_.page(table_[page]).subspan(start, length));
  }
}

// A load or store by the CPU: what the cache answers is not what the program meant, and an interrupt says so.
void Extmem::window_missed(const BusAccess& access, bool write) {
  const bool data_bus = map::flash_data.contains(access.address);
  const map::Region& window = data_bus ? map::flash_data : map::flash_instruction;
  const std::uint32_t page = (access.address - window.start) / map::flash_page_size;
  const bool unmapped = (table_[page] & map::mmu_invalid) != 0;
  if (write) {
    registers_.word<reg::Core0AcsCacheIntSt>() |= data_bus
                                                      ? reg::Core0AcsCacheIntSt::core0_dbus_wr_icache_st.mask
                                                      : reg::Core0AcsCacheIntSt::core0_ibus_wr_icache_st.mask;
    notices_.once("flash cannot be written through its window: a store to " + hex(access.address) +
                  " raises an access fault");
  } else if (!unmapped) {
    registers_.word<reg::Core0AcsCacheIntSt>() |=
        data_bus ? reg::Core0AcsCacheIntSt::core0_dbus_acs_msk_icache_st.mask
                 : reg::Core0AcsCacheIntSt::core0_ibus_acs_msk_icache_st.mask;
    notices_.once("flash is read at " + hex(access.address) +
                  " while the cache is off or its bus is shut: there is nothing to read");
  } else {
    registers_.word<reg::CacheIlgIntSt>() |= reg::CacheIlgIntSt::mmu_entry_fault_st.mask;
    registers_.set(reg::CacheMmuFaultContent::cache_mmu_fault_content, table_[page]);
    registers_.word<reg::CacheMmuFaultVaddr>() = access.address;
    notices_.once("flash is read at " + hex(access.address) +
                  ", in a page that the MMU table does not map: there is nothing to read");
  }
  update_interrupts();
}

void Extmem::update_interrupts() {
  const std::uint32_t illegal =
      registers_.word<reg::CacheIlgIntSt>() & registers_.word<reg::CacheIlgIntEna>();
  const std::uint32_t access =
      registers_.word<reg::Core0AcsCacheIntSt>() & registers_.word<reg::Core0AcsCacheIntEna>();
  const std::uint32_t sync = registers_.word<reg::CacheSyncIntCtrl>();
  const std::uint32_t preload = registers_.word<reg::CachePreloadIntCtrl>();
  using chip::InterruptSource;
  interrupts_.set_source(InterruptSource::cache_ia, illegal != 0);
  interrupts_.set_source(InterruptSource::cache_core0_acs, access != 0);
  interrupts_.set_source(InterruptSource::icache_sync, (sync & sync >> 1 & 1) != 0);
  interrupts_.set_source(InterruptSource::icache_preload, (preload & preload >> 1 & 1) != 0);
}

void Extmem::operations_done() {
  if (registers_.get(reg::IcacheSyncCtrl::icache_invalidate_ena) != 0) {
    registers_.set(reg::IcacheSyncCtrl::icache_invalidate_ena, 0);
    registers_.set(reg::IcacheSyncCtrl::icache_sync_done, 1);
    registers_.set(reg::CacheSyncIntCtrl::icache_sync_int_st, 1);
  }
  if (registers_.get(reg::IcachePreloadCtrl::icache_preload_ena) != 0) {
    registers_.set(reg::IcachePreloadCtrl::icache_preload_ena, 0);
    registers_.set(reg::IcachePreloadCtrl::icache_preload_done, 1);
    registers_.set(reg::CachePreloadIntCtrl::icache_preload_int_st, 1);
  }
  registers_.set(reg::IcacheLockCtrl::icache_lock_ena, 0);
  registers_.set(reg::IcacheLockCtrl::icache_unlock_ena, 0);
  registers_.set(reg::IcacheLockCtrl::icache_lock_done, 1);
  update_interrupts();
}

}  // namespace ferry::board

#include "board/devices/extmem/extmem.hpp"
#include "chip/esp32c3/registers/extmem.hpp"

namespace ferry::board {

namespace reg = chip::extmem;

namespace {

// How long an operation on the cache takes is not published; not nothing, so that a driver has to wait.
constexpr Time operation_time = microsecond;

}  // namespace

void Extmem::write(std::uint32_t offset, std::uint32_t value) {
  registers_.store(offset, value);
  switch (offset) {
    case reg::IcacheCtrl::offset:
    case reg::IcacheCtrl1::offset:
      return update_windows();
    case reg::IcacheSyncCtrl::offset:
      if (reg::IcacheSyncCtrl::icache_invalidate_ena.get(value) == 0) return;
      registers_.set(reg::IcacheSyncCtrl::icache_sync_done, 0);
      return operations_.after(operation_time);
    case reg::IcachePreloadCtrl::offset:
      if (reg::IcachePreloadCtrl::icache_preload_ena.get(value) == 0) return;
      registers_.set(reg::IcachePreloadCtrl::icache_preload_done, 0);
      return operations_.after(operation_time);
    case reg::IcacheLockCtrl::offset:
      if (reg::IcacheLockCtrl::icache_lock_ena.get(value) == 0 &&
          reg::IcacheLockCtrl::icache_unlock_ena.get(value) == 0)
        return;
      registers_.set(reg::IcacheLockCtrl::icache_lock_done, 0);
      return operations_.after(operation_time);
    case reg::IcacheAutoloadCtrl::offset:
      return registers_.set(reg::IcacheAutoloadCtrl::icache_autoload_done, 1);
    case reg::IcacheFreeze::offset:
      return registers_.set(reg::IcacheFreeze::done, reg::IcacheFreeze::ena.get(value));
    case reg::CacheIlgIntClr::offset:
      registers_.word<reg::CacheIlgIntSt>() &= ~value;
      return update_interrupts();
    case reg::Core0AcsCacheIntClr::offset:
      registers_.word<reg::Core0AcsCacheIntSt>() &= ~value;
      return update_interrupts();
    case reg::CacheSyncIntCtrl::offset:
      if (reg::CacheSyncIntCtrl::icache_sync_int_clr.get(value) != 0)
        registers_.set(reg::CacheSyncIntCtrl::icache_sync_int_st, 0);
      return update_interrupts();
    case reg::CachePreloadIntCtrl::offset:
      if (reg::CachePreloadIntCtrl::icache_preload_int_clr.get(value) != 0)
        registers_.set(reg::CachePreloadIntCtrl::icache_preload_int_st, 0);
      return update_interrupts();
    case reg::CacheIlgIntEna::offset:
    case reg::Core0AcsCacheIntEna::offset:
      return update_interrupts();
    default:
      return;
  }
}

}  // namespace ferry::board

// What EXTMEM leaves out.
#include "board/limits.hpp"

#include "board/devices/extmem/extmem.hpp"
#include "chip/esp32c3/registers/extmem.hpp"

#include <array>

namespace ferry::board {

namespace reg = chip::extmem;

std::span<const Limit> Extmem::limits() const {
  static constexpr auto list = std::to_array<Limit>({

      approximated<reg::IcacheTagPowerCtrl>("stored; memory never loses power"),
      approximated<reg::IcachePrelockCtrl>("stored; the cache has all of flash"),
      approximated<reg::IcachePrelockSctAddr>("stored; the cache has all of flash"),
      approximated<reg::IcachePrelockSctSize>("stored; the cache has all of flash"),
      approximated<reg::IcacheLockAddr>("stored; the cache has all of flash"),
      approximated<reg::IcacheLockSize>("stored; the cache has all of flash"),
      approximated<reg::IcacheSyncAddr>("stored; the cache has all of flash"),
      approximated<reg::IcacheSyncSize>("stored; the cache has all of flash"),
      approximated<reg::IcachePreloadAddr>("stored; the cache has all of flash"),
      approximated<reg::IcachePreloadSize>("stored; the cache has all of flash"),
      approximated<reg::IcacheAutoloadCtrl>("stored; the cache has all of flash"),
      approximated<reg::IcacheAutoloadSctAddr>("stored; the cache has all of flash"),
      approximated<reg::IcacheAutoloadSctSize>("stored; the cache has all of flash"),
      approximated<reg::IbusToFlashStartVaddr>("stored; the counters' range"),
      approximated<reg::IbusToFlashEndVaddr>("stored; the counters' range"),
      approximated<reg::DbusToFlashStartVaddr>("stored; the counters' range"),
      approximated<reg::DbusToFlashEndVaddr>("stored; the counters' range"),
      absent<reg::CacheAcsCntClr>("counting accesses"),
      absent<reg::IbusAcsMissCnt>("counting accesses"),
      absent<reg::IbusAcsCnt>("counting accesses"),
      absent<reg::DbusAcsFlashMissCnt>("counting accesses"),
      absent<reg::DbusAcsCnt>("counting accesses"),
      approximated<reg::CacheIlgIntSt>("only an unmapped page is noticed",
                                       ~reg::CacheIlgIntSt::mmu_entry_fault_st.mask),
      approximated<reg::Core0AcsCacheIntSt>("nothing is rejected",
                                            reg::Core0AcsCacheIntSt::core0_ibus_reject_st.mask |
                                                reg::Core0AcsCacheIntSt::core0_dbus_reject_st.mask),
      approximated<reg::Core0DbusRejectSt>("nothing is rejected"),
      approximated<reg::Core0DbusRejectVaddr>("nothing is rejected"),
      approximated<reg::Core0IbusRejectSt>("nothing is rejected"),
      approximated<reg::Core0IbusRejectVaddr>("nothing is rejected"),
      approximated<reg::CacheMmuFaultContent>("0", reg::CacheMmuFaultContent::cache_mmu_fault_code.mask),
      approximated<reg::CacheWrapAroundCtrl>("stored; the cache has all of flash"),
      approximated<reg::CacheMmuPowerCtrl>("stored; memory never loses power"),
      approximated<reg::CacheEncryptDecryptRecordDisable>("stored; the cache has all of flash"),
      approximated<reg::CacheEncryptDecryptClkForceOn>("stored; the cache has all of flash"),
      approximated<reg::CacheMmuOwner>("stored; the cache has all of flash"),
      approximated<reg::CacheConfMisc>("stored; the cache has all of flash"),
      approximated<reg::IcacheAtomicOperateEna>("stored; the cache has all of flash"),
      approximated<reg::CacheRequest>("stored; the cache has all of flash"),
      absent<reg::IbusPmsTblLock>("permissions for flash"),
      absent<reg::IbusPmsTblBoundary>("permissions for flash"),
      absent<reg::IbusPmsTblAttr>("permissions for flash"),
      absent<reg::DbusPmsTblLock>("permissions for flash"),
      absent<reg::DbusPmsTblBoundary>("permissions for flash"),
      absent<reg::DbusPmsTblAttr>("permissions for flash"),
  });
  return list;
}

}  // namespace ferry::board

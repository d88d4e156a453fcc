// EXTMEM: the cache between the CPU and flash, and the table that says which page of flash is seen where.
//
// Every access hits: the cache is always coherent with flash, and how long a miss takes is documented
// nowhere.
#pragma once

#include "board/bus.hpp"
#include "board/flash/flash_chip.hpp"
#include "board/lines.hpp"
#include "board/register_device.hpp"

#include <array>
#include <cstdint>

namespace ferry::board {

class Extmem : public RegisterDevice, public ReadOnlyWatcher {
 public:
  Extmem(Timeline& timeline, Memory& memory, FlashChip& flash, InterruptSink& interrupts,
         Observers& observers);

  void write(std::uint32_t offset, std::uint32_t value) override;
  void reset() override;
  void archive_state(StateArchive& archive) override;
  std::span<const Limit> limits() const override;
  bool pure(std::uint32_t) const override { return true; }

  // The table at 0x600C5000, an entry for each page of the windows.
  std::uint32_t entry(std::uint32_t page) const { return table_[page]; }
  void set_entry(std::uint32_t page, std::uint32_t value);
  // What the second stage of the boot does before it jumps into flash: the cache runs, both buses reach it.
  void open();

  void window_missed(const BusAccess& access, bool write) override;

 private:
  void show_page(std::uint32_t page);
  void flash_changed(std::uint32_t address, std::uint32_t length);
  void update_windows();
  void update_interrupts();
  void operations_done();

  Memory& memory_;
  FlashChip& flash_;
  InterruptSink& interrupts_;
  std::array<std::uint32_t, chip::memory_map::flash_page_count> table_{};
  Event operations_;  // invalidation, preload and lock end at the same time
};

// The table has a block of addresses of its own.
class MmuTable : public Device {
 public:
  explicit MmuTable(Extmem& extmem) : Device("MMU_TABLE"), extmem_(extmem) {}
  std::uint32_t read(std::uint32_t offset) override { return extmem_.entry(offset / 4); }
  void write(std::uint32_t offset, std::uint32_t value) override { extmem_.set_entry(offset / 4, value); }
  void reset() override {}                       // belongs to EXTMEM
  void archive_state(StateArchive&) override {}  // so does this
  bool pure(std::uint32_t) const override { return true; }

 private:
  Extmem& extmem_;
};

}  // namespace ferry::board

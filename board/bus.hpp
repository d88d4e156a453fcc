// From an address to what answers there: memory, a device's register, or nothing.
//
// The CPU's fast path reads and writes SRAM itself; everything else it does goes through here. GDMA has its
// own port to SRAM (Memory) and does not use this bus.
#pragma once

#include "board/device.hpp"
#include "board/lines.hpp"
#include "board/memory.hpp"
#include "board/observer.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board {

// How the bits of SYSTEM that open a device are called, for the notice about an access while they are closed.
struct GateNames {
  std::string_view clock;  // "PERIP_CLK_EN1.DMA_CLK_EN"
  std::string_view reset;  // "PERIP_RST_EN1.DMA_RST"
};

// One load or store by the CPU.
struct BusAccess {
  std::uint32_t address;
  std::uint32_t width;  // in bytes: 1, 2 or 4
  std::uint32_t pc;     // of the instruction that does it
};

struct BusResult {
  bool fault = false;              // nothing answers at this address, or not to this kind of access
  std::uint32_t value = 0;         // what a load read, zero-extended
  std::uint32_t extra_cycles = 0;  // CPU cycles beyond those of an aligned access to SRAM
};

// For tests: stands between the CPU and the registers, see testing/register_faults.hpp.
class RegisterTamper {
 public:
  virtual ~RegisterTamper() = default;
  // What a load of this word shows when the device says `value`, and what a store of `value` becomes.
  virtual std::uint32_t loaded(std::uint32_t address, std::uint32_t value) = 0;
  virtual std::uint32_t stored(std::uint32_t address, std::uint32_t value) = 0;
};

struct AttachedDevice {
  Device* device;
  std::uint32_t base;
  const Gate* gate;  // null: always open
};

// Who answers for what cannot be read as memory: the cache, about pages that it does not map.
class ReadOnlyWatcher {
 public:
  virtual ~ReadOnlyWatcher() = default;
  // A load finds nothing in a flash window, or a store goes there.
  virtual void window_missed(const BusAccess& access, bool write) = 0;
};

class Bus {
 public:
  // A word access through the AHB-to-APB bridge. No document says how long it takes; toggling a GPIO by two
  // stores stays below 10 MHz at 160 MHz on a real chip, which makes eight cycles for one store in all.
  static constexpr std::uint32_t peripheral_extra_cycles = 7;
  static constexpr std::uint32_t misaligned_extra_cycles = 1;

  Bus(Memory& memory, Observers& observers);

  // Places a device at [base, base + size), both multiples of 256. `gate`, when given, must outlive the bus:
  // while it is closed the device reads 0 and ignores writes. `names` must outlive the bus too (string
  // literals do).
  void attach(Device& device, std::uint32_t base, std::uint32_t size, const Gate* gate = nullptr,
              GateNames names = {});

  BusResult load(BusAccess access);
  BusResult store(BusAccess access, std::uint32_t value);

  // A misaligned access to data memory works on the chip, but the errata advise against it: when strict, each
  // instruction that does it is reported once.
  void set_strict_alignment(bool strict) { strict_alignment_ = strict; }

  // The words of the boot ROM that the board has; a load of another one is noticed. Nothing: it has them all.
  // They must outlive the bus.
  void set_known_rom(std::optional<std::span<const std::uint32_t>> addresses) { known_rom_ = addresses; }

  void set_read_only_watcher(ReadOnlyWatcher* watcher) { read_only_watcher_ = watcher; }

  // The instruction whose access is under way: what devices say meanwhile is about it.
  std::optional<std::uint32_t> accessing() const { return accessing_; }

  // For a debugger: a register as the CPU would read or write it, uncounted and unreported. What the access
  // does to the device, it does. Nothing, or false, where there is no device; a closed gate is as for the
  // CPU.
  std::optional<std::uint32_t> probe_load(std::uint32_t address) const;
  bool probe_store(std::uint32_t address, std::uint32_t value) const;

  // Null: nobody.
  void set_tamper(RegisterTamper* tamper) { tamper_ = tamper; }
  bool is_tampered() const { return tamper_ != nullptr; }

  // The device whose range holds `address`, or null.
  Device* device_at(std::uint32_t address) const;
  // Every device there is, in order of address.
  std::vector<AttachedDevice> devices() const;

  void archive_state(StateArchive& archive);

  // Where an access to a peripheral ends. Without a device nothing answers, or its gate is closed: loads give
  // 0.
  struct RegisterPlace {
    Device* device;
    std::uint32_t offset;
  };
  // Nothing for what is no valid access to the peripheral range.
  std::optional<RegisterPlace> register_place(std::uint32_t address, std::uint32_t width) const;
  // Accesses of an idle loop that were not executed one by one.
  void count_repeated(std::uint64_t loads, std::uint64_t stores) {
    register_loads_ += loads;
    register_stores_ += stores;
  }

  // Every load and store by the CPU that reached the peripheral range.
  std::uint64_t register_loads() const { return register_loads_; }
  std::uint64_t register_stores() const { return register_stores_; }

 private:
  struct Attachment {
    Device* device;
    std::uint32_t base;
    std::uint32_t size;
    const Gate* gate;
    GateNames names;
    std::vector<bool> known;  // per word: the device has a register there. Empty: it answers everywhere
    std::unique_ptr<LimitWatch> limits;
  };
  static constexpr std::uint32_t granule = 256;

  BusResult load_register(const BusAccess& access);
  BusResult store_register(const BusAccess& access, std::uint32_t value);
  BusResult load_read_only(const BusAccess& access, std::uint32_t offset);
  const Attachment* attachment_at(std::uint32_t address) const;
  const Attachment* reach_register(const BusAccess& access, bool write);
  bool aligned_for_data(const BusAccess& access);
  void check_peripheral_width(const BusAccess& access, bool write);
  void report(const BusAccess& access, std::uint32_t value, bool write);
  std::string_view closed(std::uint32_t address) const;
  void notice_once(std::string key, std::string_view text);
  void notice_absent(const Attachment& attachment, const std::vector<std::string_view>& features);
  void notice_closed(const Attachment& attachment, const BusAccess& access, bool write);
  void notice_unmodelled(const Attachment* attachment, const BusAccess& access, bool write);

  Memory& memory_;
  Observers& observers_;
  RegisterTamper* tamper_ = nullptr;
  std::vector<std::unique_ptr<Attachment>> attachments_;
  std::vector<const Attachment*> by_granule_;  // of the peripheral range
  std::set<std::string> said_;
  std::uint64_t register_loads_ = 0, register_stores_ = 0;
  bool strict_alignment_ = false;
  ReadOnlyWatcher* read_only_watcher_ = nullptr;
  std::optional<std::span<const std::uint32_t>> known_rom_;
  std::optional<std::uint32_t> accessing_;
};

}  // namespace ferry::board

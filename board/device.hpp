// What the bus expects of a peripheral, and the register file most of them are built on.
#pragma once

#include "board/counter_copy.hpp"
#include "board/limits.hpp"
#include "board/lines.hpp"
#include "board/state_archive.hpp"
#include "board/timeline.hpp"
#include "chip/register_table.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ferry::board {

// A block of registers on the peripheral bus. Offsets are word-aligned; the bus has checked gate and
// alignment.
class Device {
 public:
  explicit Device(std::string_view name) : name_(name) {}
  virtual ~Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  std::string_view name() const { return name_; }
  virtual std::uint32_t read(std::uint32_t offset) = 0;
  virtual void write(std::uint32_t offset, std::uint32_t value) = 0;
  // All state as after power-on.
  virtual void reset() = 0;
  // Everything that may change in a run.
  virtual void archive_state(StateArchive& archive) = 0;
  // SYSTEM changed this device's clock or reset bit; a reset is done by the board before this call.
  virtual void gate_changed(const Gate&) {}
  // True when reading this register has no side effect and gives the same value until the next event or
  // write.
  virtual bool pure(std::uint32_t /*offset*/) const { return false; }
  // Until when the register shows the same value if nothing is written and no event happens: `never` for a
  // pure one, 0 when reading it has a side effect or nothing is known.
  virtual Time steady_until(std::uint32_t offset) const { return pure(offset) ? never : 0; }
  // Whether this register belongs to the copy of a running counter.
  virtual CopyRegister counter_copy(std::uint32_t /*offset*/) { return {}; }
  // The registers by name, for traces and reset-value tests.
  virtual std::span<const chip::RegisterInfo> registers() const { return {}; }
  // What of them the device leaves out; everything else is modelled.
  virtual std::span<const Limit> limits() const { return {}; }

 private:
  std::string_view name_;
};

// Words with the reset values and access types of a generated table. A device reads and writes fields by
// their generated names; what a store may change, and what a load shows, follows the access type of every
// field.
class RegisterFile {
 public:
  explicit RegisterFile(std::span<const chip::RegisterInfo> table);

  void reset();
  bool knows(std::uint32_t offset) const;
  // A load by the CPU: fields that cannot be read show 0.
  std::uint32_t load(std::uint32_t offset) const;
  // A store by the CPU: changes the bits that stores reach. Trigger bits are not kept; the device acts on the
  // value.
  void store(std::uint32_t offset, std::uint32_t value);

  template <class Register>
  std::uint32_t& word(std::uint32_t index = 0) {
    return words_[(Register::offset + index * Register::stride) / 4];
  }
  template <class Register>
  std::uint32_t word(std::uint32_t index = 0) const {
    return words_[(Register::offset + index * Register::stride) / 4];
  }
  template <class Register, unsigned Lsb, unsigned Width, chip::Access A>
  std::uint32_t get(chip::Field<Register, Lsb, Width, A> field, std::uint32_t index = 0) const {
    return field.get(word<Register>(index));
  }
  template <class Register, unsigned Lsb, unsigned Width, chip::Access A>
  void set(chip::Field<Register, Lsb, Width, A> field, std::uint32_t value, std::uint32_t index = 0) {
    word<Register>(index) = field.put(word<Register>(index), value);
  }
  std::span<const chip::RegisterInfo> table() const { return table_; }
  void archive_state(StateArchive& archive);

 private:
  struct Masks {
    std::uint32_t stored = 0;  // bits a store changes
    std::uint32_t shown = 0;   // bits a load shows
    bool known = false;
  };
  std::span<const chip::RegisterInfo> table_;
  std::vector<std::uint32_t> words_;
  std::vector<Masks> masks_;
};

}  // namespace ferry::board

// Faults in the chip's registers and interrupt lines, for tests of what firmware does about them.
#pragma once

#include "board/board.hpp"
#include "board/bus.hpp"
#include "chip/esp32c3/interrupts.hpp"

#include <cstdint>
#include <map>
#include <string_view>

namespace ferry::board {

/// Makes registers and interrupt sources misbehave, between two runs or at a time through Board::at(). One
/// such object per board at a time; when it goes, everything is well again. What firmware did meanwhile, it
/// did.
///
///     RegisterFaults faults(test.board());
///     faults.show("SPI2.DMA_INT_RAW", "TRANS_DONE_INT_RAW", 0);  // the transfer never seems to end
///
/// Registers are named as in `ferry registers`, an element of an array with its index: "SPI2.W[3]". Names
/// that the chip does not have, and addresses where no device is, throw std::out_of_range.
class RegisterFaults final : private RegisterTamper {
 public:
  explicit RegisterFaults(Board& board);
  ~RegisterFaults() override;
  RegisterFaults(const RegisterFaults&) = delete;
  RegisterFaults& operator=(const RegisterFaults&) = delete;

  /// Loads by the CPU show this field as `value`, whatever the device says. Stores reach the device as they
  /// are.
  void show(std::string_view register_name, std::string_view field, std::uint32_t value);
  void show(std::uint32_t address, std::uint32_t mask, std::uint32_t bits);
  /// The field is stuck: loads show it so, and every store reaches the device with it so.
  void stick(std::string_view register_name, std::string_view field, std::uint32_t value);
  void stick(std::uint32_t address, std::uint32_t mask, std::uint32_t bits);
  /// Takes the faults of one register away, or of all of them.
  void heal(std::string_view register_name);
  void heal();

  /// The source has this level at the interrupt matrix, whatever its device says, until it is released.
  void force(chip::InterruptSource source, bool level);
  void release(chip::InterruptSource source);

 private:
  struct Fault {
    std::uint32_t shown_mask = 0, shown_bits = 0;
    std::uint32_t stored_mask = 0, stored_bits = 0;
  };

  std::uint32_t loaded(std::uint32_t address, std::uint32_t value) override;
  std::uint32_t stored(std::uint32_t address, std::uint32_t value) override;

  Board& board_;
  std::map<std::uint32_t, Fault> faults_;  // by address
  std::uint64_t forced_ = 0;               // one bit per source
};

}  // namespace ferry::board

// ferry-spi-flash: a 25-series SPI flash, by the data sheet of Winbond's W25Q series (W25Q128JV).
#pragma once

#include "board/parts/flash_commands.hpp"
#include "board/parts/flash_memory.hpp"
#include "board/parts/spi_port.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace ferry::board {

/// Terminals CS, CLK, DI (IO0), DO (IO1), WP (IO2), HOLD (IO3), VCC, GND. The attributes are in README.md.
class SpiFlash final : public Part, private SpiHandler {
 public:
  explicit SpiFlash(Placement& placement);

  FlashMemory& memory() { return memory_; }
  /// Status registers 1 to 3.
  std::uint8_t status(unsigned number) const;
  bool busy() const { return done_.pending(); }
  bool powered_down() const { return powered_down_; }

  void power_on() override;
  void archive_state(StateArchive& archive) override;
  std::string summary() const override;
  std::expected<void, std::string> save() override;
  std::vector<PartFile> files() const override;

 private:
  enum class Phase : std::uint8_t { command, address, mode, dummy, data, ignored };

  SpiWord selected() override;
  SpiWord exchanged(std::uint32_t received) override;
  void deselected(unsigned bits) override;

  SpiWord begin_command(std::uint32_t code);
  SpiWord ignore(std::uint32_t code, std::string_view why);
  SpiWord begin_address(const flash::Command& command);
  SpiWord after_address();
  SpiWord begin_data();
  SpiWord data(std::uint32_t received);
  std::uint8_t next_byte();
  void execute();

  void program();
  void erase(std::uint32_t block_size, Time duration);
  void write_status();
  bool may_write(std::string_view what);
  void refuse(std::string_view line);
  bool is_protected(std::uint32_t address, std::uint32_t count) const;
  bool status_is_locked() const;
  bool quad() const;
  void become_busy(Time duration);
  void reset();
  void look_at_hold();

  Terminal &select_ = terminal("CS"), &clock_ = terminal("CLK");
  Terminal &io0_ = terminal({"DI", "IO0"}), &io1_ = terminal({"DO", "IO1"});
  Terminal &io2_ = terminal({"WP", "IO2"}), &io3_ = terminal({"HOLD", "IO3"});
  SpiPort port_{*this, select_, clock_, {&io0_, &io1_, &io2_, &io3_}};
  FlashMemory memory_;
  std::uint32_t id_;  // JEDEC
  std::filesystem::path file_;
  bool write_back_;
  bool takes_time_;

  std::array<std::uint8_t, 3> status_{};  // without BUSY and WEL
  std::array<std::uint8_t, 3> kept_{};    // what power-on brings back
  bool write_enabled_ = false;
  bool volatile_write_enabled_ = false;
  bool powered_down_ = false;
  bool reset_enabled_ = false;
  Time awake_at_ = 0;  // after deep power-down and reset
  Event done_;         // the end of what keeps it busy

  Phase phase_ = Phase::command;
  std::uint8_t code_ = 0;       // of the command
  std::uint8_t continued_ = 0;  // the command that the next selection goes on with, or 0
  std::uint32_t address_ = 0;
  std::uint32_t count_ = 0;  // of data bytes
  std::vector<std::uint8_t> received_;

  std::uint64_t bytes_read_ = 0, pages_programmed_ = 0, erased_ = 0;
};

}  // namespace ferry::board

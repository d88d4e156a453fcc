// ferry-spi-script: an SPI device that expects and answers what a file says.
#pragma once

#include "board/parts/spi_port.hpp"
#include "board/parts/spi_script.hpp"

#include <cstdint>

namespace ferry::board {

/// Terminals CS, SCK, MOSI, MISO, VCC, GND; the attribute `script` names the file. What differs from the
/// script is reported in one line, and the run ends there and has failed; so has a run in which exchanges are
/// left.
class ScriptedSpi final : public Part, private SpiHandler {
 public:
  explicit ScriptedSpi(Placement& placement);

  /// How many exchanges (or, with registers, selections) are over.
  std::uint64_t exchanges() const { return exchanges_; }
  /// Of a device with registers. Throw std::out_of_range for one that the script does not have.
  std::uint8_t value(std::uint8_t address) const { return script_.registers.value().values.at(address); }
  void set_value(std::uint8_t address, std::uint8_t value) {
    script_.registers.value().values.at(address) = value;
  }

  void power_on() override;
  void end_of_run() override;
  void archive_state(StateArchive& archive) override;
  std::string summary() const override;
  std::vector<PartFile> files() const override;

 private:
  SpiWord selected() override;
  SpiWord exchanged(std::uint32_t received) override;
  void deselected(unsigned bits) override;

  const SpiScript::Exchange* exchange() const;
  SpiWord answer() const;
  void check(std::uint8_t received);
  SpiWord access(std::uint8_t received);
  SpiWord register_word();
  void differ(const std::string& line);

  SpiScript script_;
  SpiPort port_{*this,
                terminal("CS"),
                terminal({"SCK", "CLK"}),
                {&terminal({"MOSI", "DI"}), &terminal({"MISO", "DO"}), nullptr, nullptr}};
  std::size_t next_ = 0;   // of the exchanges
  std::size_t bytes_ = 0;  // of this selection
  std::uint8_t first_ = 0, address_ = 0;
  bool failed_ = false;  // one line is enough
  std::uint64_t exchanges_ = 0;
};

}  // namespace ferry::board

// SPI0 and SPI1, the controllers that share the flash chip's wires: SPI0 on the cache's behalf, SPI1 on the
// program's. They hand whole commands to the chip; its wires are not modelled.
#pragma once

#include "board/flash/flash_chip.hpp"
#include "board/register_device.hpp"
#include "board/timeline.hpp"

#include <cstdint>
#include <vector>

namespace ferry::board {

// The cache does not ask it for anything here: what firmware writes is stored.
class Spi0 : public RegisterDevice {
 public:
  explicit Spi0(Observers& observers);
  void archive_state(StateArchive& archive) override;
  std::span<const Limit> limits() const override;
  bool pure(std::uint32_t) const override { return true; }
};

class Spi1 : public RegisterDevice {
 public:
  Spi1(Timeline& timeline, FlashChip& flash, Observers& observers);

  void write(std::uint32_t offset, std::uint32_t value) override;
  void reset() override;
  void archive_state(StateArchive& archive) override;
  std::span<const Limit> limits() const override;
  bool pure(std::uint32_t) const override { return true; }

 private:
  void start(std::uint32_t command);
  void start_user();
  void start_built_in(std::uint32_t command);
  void send(std::uint8_t code, unsigned bits, std::uint32_t address, std::size_t sent, std::size_t received,
            bool to_status = false);
  void done();
  std::vector<std::byte> buffer(std::size_t count, bool high_part) const;

  FlashChip& flash_;
  Event done_;
  std::vector<std::byte> answer_;
  bool to_status_ = false;
};

}  // namespace ferry::board

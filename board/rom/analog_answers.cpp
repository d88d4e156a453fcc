// The bus to the analog blocks, as chip/esp32c3/regi2c.hpp describes it.
#include "board/rom/answers.hpp"
#include "chip/esp32c3/regi2c.hpp"

#include <array>

namespace ferry::board {

namespace {

namespace bus = chip::regi2c;

// One transaction, to its end. The ROM has the block it speaks to connected meanwhile.
std::uint32_t transact(RomCall& call, std::uint32_t word) {
  const std::uint32_t config_place = bus::base + bus::AnaConfig::offset;
  const std::uint32_t config = call.load(config_place);
  call.store(config_place, config & ~bus::AnaConfig::bbpll_pd.mask);
  const std::uint32_t place = bus::base + bus::Command::offset;
  constexpr int patience = 1000;  // transactions end; a clock that stands still must not hold the board
  int polls = 0;
  const auto busy = [&] { return bus::Command::busy.get(call.load(place)) != 0 && ++polls < patience; };
  while (busy()) {
  }
  call.store(place, word);
  while (busy()) {
  }
  const std::uint32_t answer = call.load(place);
  call.store(config_place, config);
  return bus::Command::data.get(answer);
}

std::uint32_t read_register(RomCall& call, std::uint32_t block, std::uint32_t number) {
  return transact(call,
                  bus::Command::slave.put(0, block & 0xFF) | bus::Command::address.put(0, number & 0xFF));
}
void write_register(RomCall& call, std::uint32_t block, std::uint32_t number, std::uint32_t value) {
  (void)transact(call, bus::Command::slave.put(0, block & 0xFF) |
                           bus::Command::address.put(0, number & 0xFF) |
                           bus::Command::data.put(0, value & 0xFF) | bus::Command::write.mask);
}

// (block, host, register, …). Fields are named by their highest and lowest bit.
std::uint32_t field_mask(std::uint32_t high, std::uint32_t low) {
  return ((2u << (high & 7)) - 1) & ~((1u << (low & 7)) - 1);
}

void read(RomCall& call) { call.result(read_register(call, call.argument(0), call.argument(2))); }
void write(RomCall& call) { write_register(call, call.argument(0), call.argument(2), call.argument(3)); }
void read_field(RomCall& call) {
  const std::uint32_t mask = field_mask(call.argument(3), call.argument(4));
  const std::uint32_t value = read_register(call, call.argument(0), call.argument(2));
  call.result((value & mask) >> (call.argument(4) & 7));
}
void write_field(RomCall& call) {
  const std::uint32_t mask = field_mask(call.argument(3), call.argument(4));
  const std::uint32_t value = call.argument(5) << (call.argument(4) & 7);
  const std::uint32_t old = read_register(call, call.argument(0), call.argument(2));
  write_register(call, call.argument(0), call.argument(2), (old & ~mask) | (value & mask));
}

constexpr std::array answers = std::to_array<RomAnswer>({
    {"rom_i2c_readReg", read, 40},
    {"rom_i2c_writeReg", write, 40},
    {"rom_i2c_readReg_Mask", read_field, 50},
    {"rom_i2c_writeReg_Mask", write_field, 60},
});

}  // namespace

std::span<const RomAnswer> analog_answers() { return answers; }

}  // namespace ferry::board

#include "board/record/dma_load.hpp"

#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"

#include <algorithm>
#include <utility>

namespace ferry::board {

namespace {

constexpr std::uint32_t block_size = 0x1000;

bool serves_transfer(std::uint32_t address) {
  return address - chip::dma::base < block_size || address - chip::spi2::base < block_size;
}

std::uint32_t bit(unsigned channel, DmaDirection direction) {
  return 1u << (2 * channel + (direction == DmaDirection::in ? 0 : 1));
}

}  // namespace

double DmaLoad::free_share() const {
  if (running == 0) return 1;
  const double awake =
      static_cast<double>(running - std::min(asleep, running)) / static_cast<double>(running);
  if (instructions == 0) return 1;
  return 1 - awake * static_cast<double>(serving_instructions) / static_cast<double>(instructions);
}

DmaLoadMeter::DmaLoadMeter(std::function<CpuMoment()> now) : now_(std::move(now)) {}

DmaLoad DmaLoadMeter::load() const {
  DmaLoad load = load_;
  if (running_channels_ != 0) {
    const CpuMoment now = now_();
    load.running += now.time - start_.time;
    load.asleep += now.asleep - start_.asleep;
    load.instructions += now.instructions - start_.instructions;
  }
  load.serving_instructions = std::min(load.serving_instructions, load.instructions);
  return load;
}

void DmaLoadMeter::dma_started(unsigned channel, DmaDirection direction, std::uint32_t) {
  if (running_channels_ == 0) {
    start_ = now_();
    last_access_ = start_.instructions;
  }
  running_channels_ |= bit(channel, direction);
}

void DmaLoadMeter::dma_ended(unsigned channel, DmaDirection direction, std::string_view) {
  if (running_channels_ == bit(channel, direction)) load_ = load();
  running_channels_ &= ~bit(channel, direction);
}

void DmaLoadMeter::register_accessed(const RegisterAccess& access) {
  if (running_channels_ == 0 || !serves_transfer(access.address)) return;
  const std::uint64_t count = now_().instructions;
  load_.serving_instructions += std::min(count - last_access_, instructions_per_access);
  last_access_ = count;
}

void DmaLoadMeter::chip_reset(std::string_view) {
  load_ = load();
  running_channels_ = 0;
}

}  // namespace ferry::board

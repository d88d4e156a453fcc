// How much of the CPU a DMA transfer takes: what it does while the engine moves the bytes.
#pragma once

#include "board/observer.hpp"
#include "board/timeline.hpp"

#include <cstdint>
#include <functional>

namespace ferry::board {

// The CPU's counters at one moment.
struct CpuMoment {
  Time time = 0;
  Time asleep = 0;  // in wfi
  std::uint64_t instructions = 0;
};

// What happened while at least one DMA channel was between start and end.
struct DmaLoad {
  Time running = 0;
  Time asleep = 0;
  std::uint64_t instructions = 0;
  // Those that served a transfer: accesses to GDMA's and SPI2's registers and what leads up to each of them.
  std::uint64_t serving_instructions = 0;

  // The share of the time in which the CPU could do, or did, something else; 1 when no DMA ran. Instructions
  // are taken to last equally long.
  double free_share() const;
};

class DmaLoadMeter final : public Observer {
 public:
  // A poll loop has a handful of instructions, set-up code a few more between two stores. An access is
  // charged with at most this many instructions before it; a CPU that does something else in between is given
  // the rest.
  static constexpr std::uint64_t instructions_per_access = 16;

  explicit DmaLoadMeter(std::function<CpuMoment()> now);

  DmaLoad load() const;  // up to this moment

  void dma_started(unsigned channel, DmaDirection direction, std::uint32_t first_descriptor) override;
  void dma_ended(unsigned channel, DmaDirection direction, std::string_view why) override;
  void register_accessed(const RegisterAccess& access) override;
  void chip_reset(std::string_view cause) override;

 private:
  std::function<CpuMoment()> now_;
  std::uint32_t running_channels_ = 0;  // a bit per channel and direction
  CpuMoment start_;
  std::uint64_t last_access_ = 0;  // instruction count
  DmaLoad load_;
};

}  // namespace ferry::board

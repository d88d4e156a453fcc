// Counts what only observers see: interrupts, and how busy the CPU is with DMA while DMA runs, which is the
// number behind "the CPU is free meanwhile".
#pragma once

#include "board/bus.hpp"
#include "board/cpu/cpu.hpp"
#include "board/observer.hpp"
#include "board/timeline.hpp"

#include <cstdint>

namespace ferry::board {

class RunMeter : public Observer {
 public:
  static constexpr unsigned topics = Observers::only(Topic::dma) | Observers::only(Topic::dma_registers);

  struct Totals {
    std::uint64_t bytes_in = 0, bytes_out = 0;
    Time running = 0;                   // at least one channel at work
    Time cpu_idle = 0;                  // of that, in wfi
    std::uint64_t cpu_cycles = 0;       // of that, outside wfi
    std::uint64_t register_cycles = 0;  // of these, spent at registers of GDMA and SPI2
    std::uint64_t interrupts = 0;
  };

  RunMeter(const Timeline& timeline, const Cpu& cpu) : timeline_(timeline), cpu_(cpu) {}

  Totals totals() const;
  // The chip was reset: nothing runs any more.
  void stop() { change_running(0); }
  void archive_state(StateArchive& archive);

  void dma_started(unsigned channel, DmaDirection direction, std::uint32_t first_descriptor) override;
  void dma_ended(unsigned channel, DmaDirection direction, std::string_view why) override;
  void dma_bytes(unsigned channel, DmaDirection direction, std::uint32_t address,
                 std::uint32_t count) override;
  void register_accessed(const RegisterAccess& access) override;
  void register_accesses_repeated(std::uint32_t block, std::uint64_t times) override;
  void interrupt_taken(unsigned) override { ++totals_.interrupts; }

 private:
  void change_running(unsigned halves);
  Totals since_start() const;

  const Timeline& timeline_;
  const Cpu& cpu_;
  Totals totals_;
  unsigned running_halves_ = 0;  // one bit per channel and direction
  Time start_ = 0, start_idle_ = 0;
  std::uint64_t start_cycles_ = 0;
};

}  // namespace ferry::board

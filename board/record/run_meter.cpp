#include "board/record/run_meter.hpp"

#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"

namespace ferry::board {

namespace {

unsigned half_bit(unsigned channel, DmaDirection direction) {
  return 1u << (2 * channel + (direction == DmaDirection::in ? 0 : 1));
}

}  // namespace

// What the running stretch adds; nothing when none is running.
RunMeter::Totals RunMeter::since_start() const {
  if (running_halves_ == 0) return {};
  const Cpu::Counters counters = cpu_.counters();
  return {.running = timeline_.now() - start_,
          .cpu_idle = counters.idle - start_idle_,
          .cpu_cycles = counters.cycles - start_cycles_};
}

RunMeter::Totals RunMeter::totals() const {
  const Totals now = since_start();
  Totals sum = totals_;
  sum.running += now.running;
  sum.cpu_idle += now.cpu_idle;
  sum.cpu_cycles += now.cpu_cycles;
  return sum;
}

void RunMeter::change_running(unsigned halves) {
  totals_ = totals();
  running_halves_ = halves;
  start_ = timeline_.now();
  start_idle_ = cpu_.counters().idle;
  start_cycles_ = cpu_.counters().cycles;
}

void RunMeter::dma_started(unsigned channel, DmaDirection direction, std::uint32_t) {
  change_running(running_halves_ | half_bit(channel, direction));
}

void RunMeter::dma_ended(unsigned channel, DmaDirection direction, std::string_view) {
  change_running(running_halves_ & ~half_bit(channel, direction));
}

void RunMeter::dma_bytes(unsigned, DmaDirection direction, std::uint32_t, std::uint32_t count) {
  (direction == DmaDirection::in ? totals_.bytes_in : totals_.bytes_out) += count;
}

void RunMeter::register_accessed(const RegisterAccess& access) {
  register_accesses_repeated(access.address & ~0xFFFu, 1);
}

void RunMeter::register_accesses_repeated(std::uint32_t block, std::uint64_t times) {
  if (running_halves_ == 0) return;
  if (block == chip::dma::base || block == chip::spi2::base)
    totals_.register_cycles += times * (1 + Bus::peripheral_extra_cycles);
}

void RunMeter::archive_state(StateArchive& archive) {
  archive(totals_, running_halves_, start_, start_idle_, start_cycles_);
}

}  // namespace ferry::board

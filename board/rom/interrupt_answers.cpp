// The interrupt matrix and the CPU's interrupt enable.
#include "board/rom/answers.hpp"
#include "chip/esp32c3/interrupts.hpp"
#include "chip/esp32c3/registers/interrupt_core0.hpp"

#include <array>

namespace ferry::board {

namespace {

namespace matrix = chip::interrupt_core0;

constexpr std::uint32_t mstatus = 0x300, interrupts_enabled = 1u << 3;

void change(RomCall& call, std::uint32_t offset, std::uint32_t set, std::uint32_t clear) {
  const std::uint32_t value = call.load(matrix::base + offset);
  call.store(matrix::base + offset, (value & ~clear) | set);
}

void route(RomCall& call) {
  const std::uint32_t source = call.argument(1);
  if (source < chip::interrupt_source_count) call.store(matrix::base + 4 * source, call.argument(2));
}
void enable(RomCall& call) { change(call, matrix::CpuIntEnable::offset, call.argument(0), 0); }
void disable(RomCall& call) { change(call, matrix::CpuIntEnable::offset, 0, call.argument(0)); }
void set_type(RomCall& call) {
  const std::uint32_t bit = 1u << (call.argument(0) & 31);
  change(call, matrix::CpuIntType::offset, call.argument(1) != 0 ? bit : 0, bit);
}
void set_priority(RomCall& call) {
  constexpr std::uint32_t stride = matrix::CpuIntPri::stride;
  call.store(matrix::base + matrix::CpuIntPri::offset + stride * (call.argument(0) & 31), call.argument(1));
}
void set_threshold(RomCall& call) {
  call.store(matrix::base + matrix::CpuIntThresh::offset, call.argument(0));
}

// Locks nest: the ROM counts them.
void lock(RomCall& call) {
  call.cpu().set_csr(mstatus, call.cpu().csr(mstatus).value_or(0) & ~interrupts_enabled);
  call.store(rom_data::interrupt_locks, call.load(rom_data::interrupt_locks) + 1);
}
void unlock(RomCall& call) {
  const std::uint32_t locks = call.load(rom_data::interrupt_locks) - 1;
  call.store(rom_data::interrupt_locks, locks);
  if (locks == 0) call.cpu().set_csr(mstatus, call.cpu().csr(mstatus).value_or(0) | interrupts_enabled);
}

constexpr std::array answers = std::to_array<RomAnswer>({
    {"intr_matrix_set", route, 10},
    {"esprv_intc_int_enable", enable, 6},
    {"esprv_intc_int_disable", disable, 6},
    {"ets_isr_unmask", enable, 8},
    {"ets_isr_mask", disable, 8},
    {"esprv_intc_int_set_type", set_type, 10},
    {"esprv_intc_int_set_priority", set_priority, 8},
    {"esprv_intc_int_set_threshold", set_threshold, 3},
    {"ets_intr_lock", lock, 5},
    {"ets_intr_unlock", unlock, 6},
});

}  // namespace

std::span<const RomAnswer> interrupt_answers() { return answers; }

}  // namespace ferry::board

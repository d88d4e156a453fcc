#include "board/devices/system/system.hpp"

#include "chip/esp32c3/registers/system.hpp"
#include "chip/esp32c3/registers/system_table.hpp"

namespace ferry::board {

namespace {

namespace reg = chip::system;

// Where the bits of a block are: the same bit in the clock register and in the reset register of a group.
enum class Group : std::uint8_t { peripheral0, peripheral1, cpu };

struct BlockBits {
  ClockedBlock block;
  Group group;
  unsigned bit;
};

constexpr BlockBits block_bits[] = {
    {ClockedBlock::spi01, Group::peripheral0, 1},        {ClockedBlock::uart0, Group::peripheral0, 2},
    {ClockedBlock::uart1, Group::peripheral0, 5},        {ClockedBlock::spi2, Group::peripheral0, 6},
    {ClockedBlock::i2c0, Group::peripheral0, 7},         {ClockedBlock::uhci0, Group::peripheral0, 8},
    {ClockedBlock::rmt, Group::peripheral0, 9},          {ClockedBlock::ledc, Group::peripheral0, 11},
    {ClockedBlock::timg0, Group::peripheral0, 13},       {ClockedBlock::efuse, Group::peripheral0, 14},
    {ClockedBlock::timg1, Group::peripheral0, 15},       {ClockedBlock::twai, Group::peripheral0, 19},
    {ClockedBlock::i2s0, Group::peripheral0, 21},        {ClockedBlock::usb_device, Group::peripheral0, 23},
    {ClockedBlock::uart_memory, Group::peripheral0, 24}, {ClockedBlock::apb_saradc, Group::peripheral0, 28},
    {ClockedBlock::systimer, Group::peripheral0, 29},    {ClockedBlock::adc2_arbiter, Group::peripheral0, 30},
    {ClockedBlock::aes, Group::peripheral1, 1},          {ClockedBlock::sha, Group::peripheral1, 2},
    {ClockedBlock::rsa, Group::peripheral1, 3},          {ClockedBlock::ds, Group::peripheral1, 4},
    {ClockedBlock::hmac, Group::peripheral1, 5},         {ClockedBlock::dma, Group::peripheral1, 6},
    {ClockedBlock::tsens, Group::peripheral1, 10},       {ClockedBlock::assist_debug, Group::cpu, 6},
    {ClockedBlock::dedicated_gpio, Group::cpu, 7},
};
static_assert(std::size(block_bits) == clocked_block_count);

}  // namespace

System::System(Clocks& clocks, InterruptSink& interrupts, Observers& observers)
    : RegisterDevice("SYSTEM", reg::registers, observers), clocks_(clocks), interrupts_(interrupts) {
  reset();
}

void System::reset() {
  registers_.reset();
  update_gates();
  update_clocks();
  for (std::uint32_t index = 0; index < reg::CpuIntrFromCpu::count; ++index)
    interrupts_.set_source(static_cast<chip::InterruptSource>(
                               static_cast<std::uint32_t>(chip::InterruptSource::from_cpu0) + index),
                           false);
}

void System::archive_state(StateArchive& archive) {
  archive_registers(archive);
  archive(gates_);
}

void System::on_gate_change(ClockedBlock block, std::function<void(const Gate&)> listener) {
  gate_listeners_[static_cast<std::size_t>(block)] = std::move(listener);
}

void System::update_gates() {
  for (const auto& [block, group, bit] : block_bits) {
    std::uint32_t clocks = registers_.word<reg::PeripClkEn0>(), resets = registers_.word<reg::PeripRstEn0>();
    if (group == Group::peripheral1) {
      clocks = registers_.word<reg::PeripClkEn1>();
      resets = registers_.word<reg::PeripRstEn1>();
    } else if (group == Group::cpu) {
      clocks = registers_.word<reg::CpuPeriClkEn>();
      resets = registers_.word<reg::CpuPeriRstEn>();
    }
    Gate& gate = gates_[static_cast<std::size_t>(block)];
    const Gate next{.clock = (clocks >> bit & 1) != 0, .reset = (resets >> bit & 1) != 0};
    if (next.clock == gate.clock && next.reset == gate.reset) continue;
    gate = next;
    if (const auto& listener = gate_listeners_[static_cast<std::size_t>(block)]) listener(gate);
  }
}

// Tables 6.2-1 and 6.2-2: the CPU's clock and APB's. With the PLL as the root APB has 80 MHz, else the CPU's
// clock.
void System::update_clocks() {
  const std::uint32_t divider = registers_.get(reg::SysclkConf::pre_div_cnt) + 1;
  const Time xtal = Clocks::xtal * divider, rc_fast = Clocks::rc_fast * divider;
  Time cpu = clocks_.cpu(), apb = 0;
  switch (registers_.get(reg::SysclkConf::soc_clk_sel)) {
    case 0:
      cpu = apb = xtal;
      break;
    case 1:
      if (!clocks_.pll_running()) {
        notices_.once(
            "SYSTEM: the CPU's clock was switched to the PLL, which does not run: the real chip stops here; "
            "the board keeps the old clock until the PLL starts");
        return;
      }
      apb = Clocks::pll_80m;
      switch (registers_.get(reg::CpuPerConf::cpuperiod_sel)) {
        case 0:
          cpu = 12'500;
          break;
        case 1:
          cpu = 6'250;
          break;
        default:
          notices_.once("SYSTEM: CPUPERIOD_SEL has a reserved value; the CPU's clock stays as it was");
          break;
      }
      break;
    case 2:
      cpu = apb = rc_fast;
      break;
    default:
      notices_.once("SYSTEM: SOC_CLK_SEL has the reserved value 3; the CPU's clock stays as it was");
      return;
  }
  if (cpu != clocks_.cpu() || apb != clocks_.apb()) clocks_.set_cpu_and_apb(cpu, apb);
}

void System::set_pll_running(bool running) {
  if (running == clocks_.pll_running()) return;
  clocks_.set_pll_running(running);
  if (running) return update_clocks();
  if (registers_.get(reg::SysclkConf::soc_clk_sel) == 1)
    notices_.once(
        "SYSTEM: the PLL was stopped while the CPU runs from it: the real chip stops here; the board keeps "
        "the clock");
}

}  // namespace ferry::board

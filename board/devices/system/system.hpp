// SYSTEM: clock gates and resets of the peripherals, the CPU's clock, interrupts that software raises.
#pragma once

#include "board/clocks.hpp"
#include "board/lines.hpp"
#include "board/register_device.hpp"

#include <array>
#include <cstdint>
#include <functional>

namespace ferry::board {

// What has a clock bit and a reset bit of its own.
enum class ClockedBlock : std::uint8_t {
  spi01,
  uart0,
  uart1,
  uart_memory,
  spi2,
  i2c0,
  uhci0,
  rmt,
  ledc,
  timg0,
  timg1,
  efuse,
  twai,
  i2s0,
  usb_device,
  apb_saradc,
  systimer,
  adc2_arbiter,  // PERIP_CLK_EN0 and PERIP_RST_EN0
  aes,
  sha,
  rsa,
  ds,
  hmac,
  dma,
  tsens,  // PERIP_CLK_EN1 and PERIP_RST_EN1
  assist_debug,
  dedicated_gpio,  // CPU_PERI_CLK_EN and CPU_PERI_RST_EN
};
inline constexpr std::size_t clocked_block_count = 27;

class System : public RegisterDevice {
 public:
  System(Clocks& clocks, InterruptSink& interrupts, Observers& observers);

  void write(std::uint32_t offset, std::uint32_t value) override;
  void reset() override;
  void archive_state(StateArchive& archive) override;
  std::span<const Limit> limits() const override;
  bool pure(std::uint32_t) const override { return true; }

  // The state of a block's two bits; the reference stays valid.
  const Gate& gate(ClockedBlock block) const { return gates_[static_cast<std::size_t>(block)]; }
  // Called after a store (or a reset of SYSTEM) changed a bit of this block's pair. While the reset bit is 1
  // the block is held in reset: who assembles the board resets the device when it sees it rise, then tells it
  // the gate.
  void on_gate_change(ClockedBlock block, std::function<void(const Gate&)> listener);

  // The PLL started or stopped: whoever knows says so here.
  void set_pll_running(bool running);

 private:
  void update_gates();
  void update_clocks();

  Clocks& clocks_;
  InterruptSink& interrupts_;
  std::array<Gate, clocked_block_count> gates_{};
  std::array<std::function<void(const Gate&)>, clocked_block_count> gate_listeners_;
};

}  // namespace ferry::board

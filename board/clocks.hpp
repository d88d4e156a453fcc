// The chip's clock tree as devices see it: how long a period of each clock is. SYSTEM and RTC_CNTL change it.
#pragma once

#include "board/timeline.hpp"

#include <functional>
#include <vector>

namespace ferry::board {

class Clocks {
 public:
  static constexpr Time xtal = 25'000;        // 40 MHz crystal
  static constexpr Time pll_80m = 12'500;     // PLL_F80M_CLK
  static constexpr Time rc_fast = 57'143;     // 17.5 MHz
  static constexpr Time rc_slow = 7'352'941;  // 136 kHz

  Time cpu() const { return cpu_; }
  Time apb() const { return apb_; }
  bool pll_running() const { return pll_running_; }

  void set_cpu_and_apb(Time cpu, Time apb) {
    for (const auto& listener : before_change_) listener();
    cpu_ = cpu;
    apb_ = apb;
    for (const auto& listener : after_change_) listener();
  }
  void set_pll_running(bool running) { pll_running_ = running; }
  void archive_state(StateArchive& archive) { archive(cpu_, apb_, pll_running_); }
  // Whoever counts in one of these clocks settles its count before a change and goes on with the new period
  // after it.
  void on_change(std::function<void()> before, std::function<void()> after) {
    before_change_.push_back(std::move(before));
    after_change_.push_back(std::move(after));
  }

 private:
  Time cpu_ = 50'000;  // 20 MHz: XTAL / 2 is what SYSCLK_CONF's reset value says
  Time apb_ = 50'000;
  bool pll_running_ = false;
  std::vector<std::function<void()>> before_change_, after_change_;
};

}  // namespace ferry::board

// A part of one's own: a 74HC595, which makes eight outputs of three wires.
#pragma once

#include <board/parts/part.hpp>

#include <array>
#include <cstdint>
#include <string>

// With the terminals that wokwi-74hc595 has, so that its diagrams can be used.
class ShiftRegister final : public ferry::board::Part {
 public:
  explicit ShiftRegister(ferry::board::Placement& placement) : Part(placement) {
    for (std::size_t bit = 0; bit < outputs_.size(); ++bit)
      outputs_[bit] = &terminal("Q" + std::to_string(bit));
    unused_terminals({"VCC", "GND"});
    // What is not connected must not disturb.
    clear_.pull(ferry::board::Pull::up);
    disable_.pull(ferry::board::Pull::down);

    shift_.on_rising([this] {
      if (clear_.level()) shifted_ = static_cast<std::uint8_t>(shifted_ << 1 | (data_.level() ? 1 : 0));
      carry_.drive((shifted_ & 0x80) != 0);
    });
    clear_.on_falling([this] { shifted_ = 0; });
    store_.on_rising([this] {
      stored_ = shifted_;
      show();
    });
    disable_.on_change([this](bool) { show(); });
  }

  void power_on() override {
    shifted_ = stored_ = 0;  // unknown on a real one
    show();
  }
  void archive_state(ferry::board::StateArchive& archive) override { archive(shifted_, stored_); }
  std::uint8_t stored() const { return stored_; }

 private:
  void show() {
    for (std::size_t bit = 0; bit < outputs_.size(); ++bit)
      disable_.level() ? outputs_[bit]->release() : outputs_[bit]->drive((stored_ >> bit & 1) != 0);
  }

  ferry::board::Terminal &data_ = terminal("DS"), &shift_ = terminal("SHCP"), &store_ = terminal("STCP");
  ferry::board::Terminal &clear_ = terminal("MR"), &disable_ = terminal("OE"), &carry_ = terminal("Q7S");
  std::array<ferry::board::Terminal*, 8> outputs_{};
  std::uint8_t shifted_ = 0, stored_ = 0;
};

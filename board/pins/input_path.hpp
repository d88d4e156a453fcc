// What lies between a pad and the GPIO matrix (technical reference manual, 5.4.2): a filter that drops short
// pulses, and two flip-flops of the APB clock, each of which samples on an edge of its own or is passed by.
// After reset all of it is passed by.
//
// The matrix and GPIO_IN see a pad behind this path; what IO_MUX connects directly sees the pad itself.
#pragma once

#include "board/clocks.hpp"
#include "board/pins/pins.hpp"
#include "board/state_archive.hpp"
#include "board/timeline.hpp"

#include <array>
#include <cstdint>
#include <memory>

namespace ferry::board {

// PINn.SYNC1_BYPASS and SYNC2_BYPASS: 0 no synchronization, 1 the falling edge, 2 and 3 the rising one.
enum class SampledOn : std::uint8_t { nothing, falling_edge, rising_edge };

struct InputPathConfig {
  bool filter = false;  // IO_MUX_GPIOn.FILTER_EN
  SampledOn first = SampledOn::nothing, second = SampledOn::nothing;

  bool operator==(const InputPathConfig&) const = default;
};

class InputPath {
 public:
  InputPath(Timeline& timeline, const Clocks& clocks, Pins& pins);

  void configure(unsigned pin, const InputPathConfig& config);
  void archive_state(StateArchive& archive);

 private:
  static constexpr std::size_t stage_count = 3;  // filter, first, second

  struct Pad {
    Pad(Timeline& timeline, InputPath& path, unsigned pin);

    InputPathConfig config{};
    bool level = false;                        // of the pad itself
    std::array<bool, stage_count> held{};      // what each stage gives to the next
    std::array<Event, stage_count> take_over;  // when the stage looks at what it is given
  };

  void feed(unsigned pin, std::size_t stage, bool level);
  void take_over(unsigned pin, std::size_t stage);
  bool passed_by(const Pad& pad, std::size_t stage) const;
  Time next_edge(SampledOn edge) const;

  Timeline& timeline_;
  const Clocks& clocks_;
  Pins& pins_;
  std::array<std::unique_ptr<Pad>, chip::gpio_count> pads_;
};

}  // namespace ferry::board

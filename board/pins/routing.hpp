// Brings together what GPIO and IO_MUX say about one pad. Both devices write their half here; neither knows
// the other.
//
// IO_MUX's function select decides first: function 1, and function 0 of the pads that have nothing else
// there, is the GPIO matrix; the others connect one peripheral directly (technical reference manual,
// table 5.12-1). An input signal taken from the matrix comes from the pad (or constant) that FUNCn_IN_SEL_CFG
// names; one taken directly comes from the pad whose function select chose that peripheral, else it has the
// constant of table 5.11-1.
#pragma once

#include "board/pins/input_path.hpp"
#include "board/pins/pins.hpp"

#include <array>
#include <cstdint>

namespace ferry::board {

// FUNCn_OUT_SEL_CFG of one pad, and PINn.PAD_DRIVER.
struct MatrixOutput {
  std::uint32_t signal = chip::signal::simple_gpio;
  bool inverted = false;
  bool enable_from_gpio = false;
  bool enable_inverted = false;
  bool open_drain = false;
};

// FUNCn_IN_SEL_CFG of one input signal.
struct MatrixInput {
  std::uint32_t select = 0;  // a pad's number, or one of the constants
  bool inverted = false;
  bool from_matrix = false;
};

// IO_MUX_GPIOn of one pad.
struct PadFunction {
  std::uint32_t function = 0;
  bool input_enabled = false;
  Pull pull = Pull::none;
  bool filter = false;
};

class Routing {
 public:
  explicit Routing(Pins& pins) : pins_(pins) {}

  // Where filters and synchronisers are; without one, inputs are seen at once.
  void set_input_path(InputPath& path) { input_path_ = &path; }

  void set_output(unsigned pin, const MatrixOutput& output);
  void set_input(std::uint32_t signal, const MatrixInput& input);
  void set_function(unsigned pin, const PadFunction& function);
  void set_synchroniser(unsigned pin, SampledOn first_stage, SampledOn second_stage);
  void archive_state(StateArchive& archive);

 private:
  void apply_pad(unsigned pin);
  void apply_input(std::uint32_t signal);
  void apply_input_path(unsigned pin);

  Pins& pins_;
  InputPath* input_path_ = nullptr;
  std::array<MatrixOutput, chip::gpio_count> outputs_{};
  std::array<MatrixInput, 128> inputs_{};
  std::array<PadFunction, chip::gpio_count> functions_{};
  std::array<InputPathConfig, chip::gpio_count> input_paths_{};
};

}  // namespace ferry::board

#include "board/pins/routing.hpp"

#include <optional>

namespace ferry::board {

namespace {

namespace signal = chip::signal;

// A direct connection between a pad and a peripheral through IO_MUX.
struct DirectFunction {
  unsigned pin;
  std::uint32_t function;
  std::uint32_t output;                // what the pad follows; no_signal: the function drives nothing
  std::optional<std::uint32_t> input;  // which input signal the pad can feed
};

constexpr DirectFunction direct_functions[] = {
    {2, 2, signal::fspiq, signal::fspiq},
    {4, 2, signal::fspihd, signal::fspihd},
    {5, 2, signal::fspiwp, signal::fspiwp},
    {6, 2, signal::fspiclk, signal::fspiclk},
    {7, 2, signal::fspid, signal::fspid},
    {10, 2, signal::fspics0, signal::fspics0},
    {20, 0, no_signal, signal::u0rxd},
    {21, 0, signal::u0txd, std::nullopt},
    // JTAG and the flash's own SPI: nothing of the board is behind them.
    {4, 0, no_signal, std::nullopt},
    {5, 0, no_signal, std::nullopt},
    {6, 0, no_signal, std::nullopt},
    {7, 0, no_signal, std::nullopt},
    {12, 0, no_signal, std::nullopt},
    {13, 0, no_signal, std::nullopt},
    {14, 0, no_signal, std::nullopt},
    {15, 0, no_signal, std::nullopt},
    {16, 0, no_signal, std::nullopt},
    {17, 0, no_signal, std::nullopt},
};

const DirectFunction* find_direct(unsigned pin, std::uint32_t function) {
  for (const auto& direct : direct_functions)
    if (direct.pin == pin && direct.function == function) return &direct;
  return nullptr;
}

// Functions 0 and 1 that are not in the table are the matrix; what table 5.12-1 leaves empty connects to
// nothing.
bool is_matrix(unsigned pin, std::uint32_t function) {
  return function <= 1 && find_direct(pin, function) == nullptr;
}

// Inputs that no pad feeds directly. Table 5.11-1 gives 1 for I2C and TWAI, else 0. UART receive and
// flow-control inputs are 1 here against the table: STATUS resets with RXD and CTSN at 1, and 0 would be a
// break without end.
constexpr bool idle_level(std::uint32_t signal) {
  constexpr std::uint32_t i2c_scl = 53, i2c_sda = 54, twai_rx = 74, u0cts = 7, u1cts = 10;
  return signal == i2c_scl || signal == i2c_sda || signal == twai_rx || signal == signal::u0rxd ||
         signal == signal::u1rxd || signal == u0cts || signal == u1cts;
}

}  // namespace

void Routing::set_output(unsigned pin, const MatrixOutput& output) {
  outputs_[pin] = output;
  apply_pad(pin);
}

void Routing::set_function(unsigned pin, const PadFunction& function) {
  functions_[pin] = function;
  apply_pad(pin);
  for (const auto& direct : direct_functions)
    if (direct.pin == pin && direct.input) apply_input(*direct.input);
  input_paths_[pin].filter = function.filter;
  apply_input_path(pin);
}

void Routing::set_synchroniser(unsigned pin, SampledOn first_stage, SampledOn second_stage) {
  input_paths_[pin].first = first_stage;
  input_paths_[pin].second = second_stage;
  apply_input_path(pin);
}

void Routing::apply_input_path(unsigned pin) {
  if (input_path_ != nullptr) input_path_->configure(pin, input_paths_[pin]);
}

void Routing::set_input(std::uint32_t signal, const MatrixInput& input) {
  inputs_[signal] = input;
  apply_input(signal);
}

void Routing::apply_pad(unsigned pin) {
  const MatrixOutput& output = outputs_[pin];
  const PadFunction& function = functions_[pin];
  PadConfig config{
      .open_drain = output.open_drain, .input_enabled = function.input_enabled, .pull = function.pull};
  if (is_matrix(pin, function.function)) {
    config.output_signal = output.signal < signal::count ? output.signal : no_signal;
    config.output_inverted = output.inverted;
    config.enable_from_gpio = output.enable_from_gpio;
    config.enable_inverted = output.enable_inverted;
  } else {
    const DirectFunction* direct = find_direct(pin, function.function);
    config.output_signal = direct != nullptr ? direct->output : no_signal;
  }
  pins_.configure(pin, config);
}

void Routing::apply_input(std::uint32_t signal) {
  const MatrixInput& input = inputs_[signal];
  if (input.from_matrix) {
    InputRoute route{.inverted = input.inverted};
    if (input.select < chip::gpio_count) {
      route.from = InputRoute::From::pad;
      route.pin = input.select;
    } else if (input.select == signal::constant_one) {
      route.from = InputRoute::From::high;
    }
    pins_.route_input(signal, route);
    return;
  }
  InputRoute route{.from = idle_level(signal) ? InputRoute::From::high : InputRoute::From::low};
  for (const auto& direct : direct_functions) {
    if (direct.input == signal && functions_[direct.pin].function == direct.function) {
      route.from = InputRoute::From::pad;
      route.pin = direct.pin;
      route.direct = true;
    }
  }
  pins_.route_input(signal, route);
}

void Routing::archive_state(StateArchive& archive) { archive(outputs_, inputs_, functions_, input_paths_); }

}  // namespace ferry::board

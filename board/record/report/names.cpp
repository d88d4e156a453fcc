#include "board/record/report/names.hpp"

#include "board/record/register_names.hpp"
#include "chip/esp32c3/registers/interrupt_core0.hpp"

#include <array>
#include <bit>
#include <string_view>

namespace ferry::board::report {

namespace {

// Signals of the devices that the board has. Inputs and outputs share a number; the two of a UART have names
// of their own.
struct SignalName {
  std::uint32_t signal;
  std::string_view output, input;
};
constexpr std::array signal_names = std::to_array<SignalName>({
    {chip::signal::u0txd, "U0TXD", "U0RXD"},
    {chip::signal::u1txd, "U1TXD", "U1RXD"},
    {chip::signal::fspiclk, "FSPICLK", "FSPICLK"},
    {chip::signal::fspiq, "FSPIQ", "FSPIQ"},
    {chip::signal::fspid, "FSPID", "FSPID"},
    {chip::signal::fspihd, "FSPIHD", "FSPIHD"},
    {chip::signal::fspiwp, "FSPIWP", "FSPIWP"},
    {chip::signal::fspics0, "FSPICS0", "FSPICS0"},
    {chip::signal::fspics0 + 1, "FSPICS1", ""},
    {chip::signal::fspics0 + 2, "FSPICS2", ""},
    {chip::signal::fspics0 + 3, "FSPICS3", ""},
    {chip::signal::fspics0 + 4, "FSPICS4", ""},
    {chip::signal::fspics0 + 5, "FSPICS5", ""},
});

void append(std::string& text, std::string_view part) {
  if (!text.empty()) text += ", ";
  text += part;
}

}  // namespace

std::string signals_of(const Pins& pins, unsigned pin) {
  std::string text;
  const std::uint32_t driven = pins.pad(pin).output_signal;
  for (const SignalName& name : signal_names)
    if (name.signal == driven) append(text, name.output);
  for (const SignalName& name : signal_names) {
    const InputRoute& route = pins.route(name.signal);
    if (!name.input.empty() && route.from == InputRoute::From::pad && route.pin == pin)
      append(text, "in " + std::string(name.input));
  }
  return text;
}

// The register that routes a source is called after it.
std::string source_names(std::uint64_t sources) {
  std::string text;
  for (; sources != 0; sources &= sources - 1) {
    const auto source = static_cast<std::uint32_t>(std::countr_zero(sources));
    const RegisterName name = name_register(chip::interrupt_core0::base + 4 * source);
    if (name.info == nullptr) continue;
    std::string_view plain = name.info->name;
    if (plain.ends_with("_MAP")) plain.remove_suffix(4);
    append(text, plain);
    if (name.info->count > 1) text += '[' + std::to_string(name.index) + ']';
  }
  return text;
}

}  // namespace ferry::board::report

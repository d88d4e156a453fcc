#include "ferry/format.hpp"
#include "ferry/spi/config.hpp"
#include "hal/src/dma/events.hpp"
#include "hal/src/spi/events.hpp"

namespace ferry::spi {

std::string_view name(ConfigError error) {
  switch (error) {
    case ConfigError::frequency_out_of_range:
      return "frequency_out_of_range";
  }
  return "unknown";
}

std::string_view name(Error error) {
  switch (error) {
    case Error::value_too_large:
      return "value_too_large";
    case Error::partial_clock:
      return "partial_clock";
    case Error::line_not_routed:
      return "line_not_routed";
    case Error::timed_out:
      return "timed_out";
    case Error::clock_off:
      return "clock_off";
    case Error::in_reset:
      return "in_reset";
  }
  return "unknown";
}

std::optional<dma::Error> detail::decode(std::uint32_t memory_events, std::uint32_t bus_events) {
  if (const auto error = dma::detail::decode(memory_events)) return error;
  if ((bus_events & bus_receive_errors) != 0) return dma::Error::rx_overflow;
  if ((bus_events & bus_transmit_errors) != 0) return dma::Error::tx_underflow;
  return {};
}

dma::Error detail::as_transfer_error(Error error) {
  switch (error) {
    case Error::value_too_large:
      return dma::Error::value_too_large;
    case Error::partial_clock:
      return dma::Error::partial_clock;
    case Error::line_not_routed:
      return dma::Error::line_not_routed;
    case Error::clock_off:
      return dma::Error::clock_off;
    case Error::in_reset:
      return dma::Error::in_reset;
    case Error::timed_out:
      break;
  }
  return dma::Error::timed_out;
}

void format_value(Writer& writer, ConfigError error) { writer.write(name(error)); }
void format_value(Writer& writer, Error error) { writer.write(name(error)); }

}  // namespace ferry::spi

#include "ferry/format.hpp"
#include "ferry/spi/config.hpp"

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

void format_value(Writer& writer, ConfigError error) { writer.write(name(error)); }
void format_value(Writer& writer, Error error) { writer.write(name(error)); }

}  // namespace ferry::spi

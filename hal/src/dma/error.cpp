#include "ferry/dma/error.hpp"

#include "ferry/format.hpp"

namespace ferry::dma {

std::string_view name(Error error) {
  switch (error) {
    case Error::length_beyond_buffer:
      return "length_beyond_buffer";
    case Error::too_few_descriptors:
      return "too_few_descriptors";
    case Error::outside_dma_memory:
      return "outside_dma_memory";
    case Error::misaligned:
      return "misaligned";
    case Error::start_failed:
      return "start_failed";
    case Error::rx_descriptor_error:
      return "rx_descriptor_error";
    case Error::tx_descriptor_error:
      return "tx_descriptor_error";
    case Error::rx_list_too_short:
      return "rx_list_too_short";
    case Error::rx_overflow:
      return "rx_overflow";
    case Error::tx_underflow:
      return "tx_underflow";
    case Error::timed_out:
      return "timed_out";
    case Error::cancelled:
      return "cancelled";
  }
  return "unknown";
}

void format_value(Writer& writer, Error error) { writer.write(name(error)); }

}  // namespace ferry::dma

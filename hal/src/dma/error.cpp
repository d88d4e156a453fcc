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
    case Error::in_flash:
      return "in_flash";
    case Error::misaligned:
      return "misaligned";
    case Error::value_too_large:
      return "value_too_large";
    case Error::partial_clock:
      return "partial_clock";
    case Error::line_not_routed:
      return "line_not_routed";
    case Error::lengths_differ:
      return "lengths_differ";
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
    case Error::engine_stopped:
      return "engine_stopped";
    case Error::clock_off:
      return "clock_off";
    case Error::in_reset:
      return "in_reset";
  }
  return "unknown";
}

std::string_view explain(Error error) {
  switch (error) {
    case Error::length_beyond_buffer:
      return "A length is larger than the buffer it is for: ask for less, or take a larger buffer.";
    case Error::too_few_descriptors:
      return "The descriptor list is too short for the buffer: configure the channel with a longer one.";
    case Error::outside_dma_memory:
      return "The bytes lie where DMA cannot reach them: place them in SRAM, 0x3FC80000 to 0x3FCDFFFF.";
    case Error::in_flash:
      return "The bytes lie in flash, which DMA cannot read: copy them into a buffer, or have the linker "
             "place "
             "them in RAM.";
    case Error::misaligned:
      return "With burst on, receive buffers start on a word and hold whole words: align them, or turn burst "
             "off.";
    case Error::value_too_large:
      return "A command or an address has more bits than its phase: give the phase more, or mask the value.";
    case Error::partial_clock:
      return "The bits of a command or an address do not fill its data lines: make them a multiple.";
    case Error::line_not_routed:
      return "A phase uses data lines without a pin: route them with with_sio0() to with_sio3().";
    case Error::lengths_differ:
      return "In both directions a transfer goes on only where as many bytes are sent as received.";
    case Error::start_failed:
      return "The channel delivered no first byte, or SPI did not take over its settings.";
    case Error::rx_descriptor_error:
      return "DMA met a receive descriptor that it may not use: something wrote over the list.";
    case Error::tx_descriptor_error:
      return "DMA met a transmit descriptor that it may not use: something wrote over the list.";
    case Error::rx_list_too_short:
      return "More bytes came than the receive list has room for.";
    case Error::rx_overflow:
      return "Bytes came faster than they could be stored: slow down, raise the priority, or turn burst on.";
    case Error::tx_underflow:
      return "Bytes could not be read as fast as they were sent: slow down, raise the priority, or turn "
             "burst "
             "on.";
    case Error::timed_out:
      return "The deadline passed before the end.";
    case Error::cancelled:
      return "The program ended the transfer.";
    case Error::engine_stopped:
      return "Something stopped the DMA channel while it ran: look for writes to its link registers.";
    case Error::clock_off:
      return "Something took the clock of DMA or of SPI2 away: look for writes to PERIP_CLK_EN1 "
             "(DMA_CLK_EN), "
             "PERIP_CLK_EN0 (SPI2_CLK_EN) and SPI2's CLK_GATE. It is back on.";
    case Error::in_reset:
      return "Something reset DMA or SPI2: look for writes to PERIP_RST_EN1 (DMA_RST) and PERIP_RST_EN0 "
             "(SPI2_RST). What was lost is set up again.";
  }
  return "unknown";
}

void format_value(Writer& writer, Error error) { writer.write(name(error)); }

}  // namespace ferry::dma

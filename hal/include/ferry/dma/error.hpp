// What can go wrong with a DMA transfer.
#pragma once

#include <cstdint>
#include <string_view>

namespace ferry {

class Writer;

namespace dma {

/// Why a transfer did not do what was asked. The first group is found before anything is started, the second
/// while it starts or runs; in both cases nothing runs any more when the caller sees the error, and all parts
/// have come back.
enum class Error : std::uint8_t {
  length_beyond_buffer = 1,  ///< a length is larger than the buffer it is for
  too_few_descriptors,       ///< the channel's descriptor list is shorter than the buffer needs
  outside_dma_memory,  ///< a buffer or list lies where GDMA cannot reach: 0x3FC80000 to 0x3FCDFFFF is its
                       ///< range
  in_flash,            ///< the bytes lie in flash, which the CPU reads through a cache and GDMA not at all
  misaligned,          ///< burst is on, and the receive buffer does not start on a word or cannot be
                       ///< rounded up to whole words
  value_too_large,     ///< SPI, half duplex: a command or an address has more bits than its phase
  partial_clock,       ///< the same: its bits do not fill its data lines to the last clock
  line_not_routed,     ///< the same: a phase is on data lines that no with_sio…() has routed
  lengths_differ,      ///< SPI, append() in both directions: before it, or in it, more is sent than received
                       ///< or less

  start_failed,         ///< the channel delivered no first byte, or SPI did not take over its settings
  rx_descriptor_error,  ///< IN_DSCR_ERR: GDMA met a receive descriptor it may not use (owner, address)
  tx_descriptor_error,  ///< OUT_DSCR_ERR: the same on the transmit list
  rx_list_too_short,    ///< IN_DSCR_EMPTY: bytes came and there was no descriptor left for them
  rx_overflow,          ///< bytes came faster than they could be stored; some are lost
  tx_underflow,         ///< GDMA could not deliver the next byte in time; SPI stopped
  timed_out,            ///< the deadline passed; the transfer was aborted
  cancelled,            ///< cancel_into was called before the end
  engine_stopped,       ///< somebody stopped the channel while it ran
  clock_off,            ///< somebody has taken GDMA's or the peripheral's clock away; it is back
  in_reset,             ///< the same with a reset, also one that is over
};

/// The enumerator's name.
std::string_view name(Error error);
/// What is the matter and what helps, in one sentence.
std::string_view explain(Error error);
/// For `ferry::print("{}", error)`: the name.
void format_value(Writer& writer, Error error);

}  // namespace dma
}  // namespace ferry

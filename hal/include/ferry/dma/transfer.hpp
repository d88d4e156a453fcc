// What every DMA transfer is asked for and answers with, whichever peripheral is at the other end.
#pragma once

#include "ferry/dma/error.hpp"

#include <cstdint>
#include <expected>

namespace ferry::dma {

/// Stands for the size of the buffer in Lengths.
inline constexpr std::uint32_t whole_buffer = 0xFFFF'FFFF;

/// How much of each buffer a transfer uses, counted from its start, in bytes. The buses run for the larger
/// one: where less is sent than received, zeros follow the transmit buffer's bytes; where less is received
/// than sent, the surplus is dropped. 0 leaves a direction out.
///
/// The receive buffer beyond `rx_length` stays as it is; with burst on, up to three bytes that complete a
/// word may be written.
struct Lengths {
  std::uint32_t rx_length = whole_buffer;
  std::uint32_t tx_length = whole_buffer;
};

/// A transfer that succeeded.
struct Received {
  std::uint32_t length;  ///< bytes that GDMA has written to the receive buffer
};

/// How a transfer ended. Whichever it is, nothing touches the buffers any more.
using Outcome = std::expected<Received, Error>;

}  // namespace ferry::dma

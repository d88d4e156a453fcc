// Bytes over UART0 (GPIO21 out, GPIO20 in, 115200 8N1), polled. ferry::print writes to the same port. For
// anything that runs beside other work, these functions are too simple: they wait in place.
#pragma once

#include "ferry/time.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace ferry::uart {

/// Sends all of `bytes`. Blocks while the 128-byte transmit FIFO is full, 87 µs a byte; returns when the last
/// byte is in the FIFO, not on the wire. If the transmitter makes no progress at all (its clock was gated
/// off), bytes are dropped, each after a bounded wait of some milliseconds. Returns how many were not.
std::size_t write(std::span<const std::byte> bytes);

/// The oldest byte received and not yet read, or nothing. Does not block. The receive FIFO holds 128 bytes;
/// what arrives beyond is lost.
std::optional<std::byte> try_read();

/// Blocks until a byte arrives or `deadline` has passed; nothing in the latter case. Polls the port.
std::optional<std::byte> read(Deadline deadline = Deadline::never());

}  // namespace ferry::uart

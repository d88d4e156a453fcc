// The wires between devices inside the chip, as each end sees them.
#pragma once

#include "chip/esp32c3/interrupts.hpp"

#include <cstdint>
#include <optional>

namespace ferry::board {

// The interrupt matrix, seen by a device that raises a source.
class InterruptSink {
 public:
  virtual ~InterruptSink() = default;
  virtual void set_source(chip::InterruptSource source, bool level) = 0;
};

// What a peripheral hears from its channel of GDMA.
class DmaListener {
 public:
  virtual ~DmaListener() = default;
  virtual void dma_data_arrived() {}  // the OUT FIFO has more bytes than before
  virtual void dma_frame_stored() {}  // the last byte of a frame is in memory, its descriptor closed
};

// GDMA, seen by the one peripheral whose selector a channel holds. Without a channel every call finds nothing
// there.
class DmaPort {
 public:
  virtual ~DmaPort() = default;
  virtual void listen(DmaListener& listener) = 0;
  virtual unsigned available() const = 0;  // how many bytes pop() could take now
  virtual std::optional<std::uint8_t>
  pop() = 0;                                 // takes one byte from the OUT FIFO; nothing when it is empty
  virtual bool push(std::uint8_t byte) = 0;  // gives one byte to the IN FIFO; false when it is full or absent
  virtual void end_of_frame() = 0;           // no more bytes belong to this frame: close the descriptor
};

// One bit pair of SYSTEM's PERIP_CLK_EN and PERIP_RST_EN (or of their CPU_PERI twins).
struct Gate {
  bool clock = true;
  bool reset = false;
  bool open() const { return clock && !reset; }
};

}  // namespace ferry::board

// What transfers cost, counted on the board.
#pragma once

#include "bench/guest.hpp"
#include "board/image/image.hpp"

#include <cstdint>
#include <filesystem>

namespace ferry::bench {

// The measured programs.
struct Programs {
  board::Image dma, blocking, floor, forms, forms_by_hand, forms_least, prepared, prepared_again,
      prepared_pieces;

  // From the files in a firmware build's folder `bench`; throws Failure.
  static Programs load(const std::filesystem::path& folder);
};

// ---- Start: from the call of transfer() to the store that starts SPI.

// Each is measured on a board of its own, at 100 kHz as in the exercise.
Cost first_start(const board::Image& dma, std::uint32_t bytes);
Cost repeated_start(const board::Image& program, std::uint32_t bytes);  // also of the floor

// From a call of this form to the store that starts SPI, 64 bytes, as the third one of its kind.
Cost start_of(const board::Image& program, Form form);
// The same of the first one of all, and of one behind others of another length; with what prepares it, if it
// is to be prepared.
Cost first_start_of(const board::Image& program, Form form);
Cost start_of_other_length(const board::Image& program, Form form);
// All that the CPU has to do for the third one: start and end of one that runs by itself, which is long over
// when its end is asked for; of one that the CPU makes all but the wait, which ends with the load that shows
// the end.
Cost whole_of(const board::Image& program, Form form);

// ---- Prepared transfers, one behind the other.

struct Next {
  Cost start;           // as above: of the second one, on a channel that the first one has just used
  board::Time gap = 0;  // from the last bit of the first one to the store that starts SPI for the second
};
// Neither is the first of its kind. On a board of its own, at 10 MHz. Of transfers that SPI makes in several
// pieces the start is that of the first one.
Next next_of_two(const board::Image& prepared, std::uint32_t bytes, std::uint32_t pieces = 1);

// ---- End: from the last bit on the wire to the parts being back.

// What is found depends on where in its loop the CPU is when the last bit ends, so it is done for several
// lengths.
struct End {
  Cost least, most;                         // each figure by itself
  board::Time hardware = 0;                 // until SPI and GDMA have told of the end; nobody can know before
  std::uint32_t shortest = 0, longest = 0;  // bytes
};
End end_of_transfer(const board::Image& program, Meanwhile meanwhile);

// ---- Whole transfers, the second one of its length.

struct Whole {
  Cost blocking;         // by the CPU, from call to return
  Cost dma_start;        // transfer(), from call to return
  Cost dma_end;          // what is left when the transfer has long been over: is_done() once, and wait_into()
  Cost dma_waiting;      // from the call of transfer() to the parts being back, calling wait_into() at once
  board::Time wire = 0;  // the bits alone

  std::uint64_t dma_cycles() const { return dma_start.cycles + dma_end.cycles; }
};

// Boards that go through one length after the other.
class Comparison {
 public:
  Comparison(const Programs& programs, std::uint32_t hertz);
  Whole measure(std::uint32_t bytes);

 private:
  Guest blocking_, dma_;
  std::uint32_t hertz_;
};

}  // namespace ferry::bench

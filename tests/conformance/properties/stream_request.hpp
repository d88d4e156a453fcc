// What the test asks of a stream or a pipe, and the memory that its bytes come from and go to. Both sides
// include this: the layout is that of the chip, 32-bit words and bytes.
#pragma once

#include "tests/conformance/properties/channel_settings.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace properties {

enum class Kind : std::uint32_t { receive, transmit, exchange, pipe };

enum class StreamEnd : std::uint32_t {
  stopped,  // in the middle
  dropped,  //
  drained,  // as far as the time suffices, then stopped
};

struct StreamRequest {
  Kind kind;
  std::uint32_t loses;  // WhenFull
  std::uint32_t large;  // four chunks of 1024 bytes, otherwise three of 64
  ChannelSettings channel;
  std::uint32_t mode, frequency;  // indices
  std::uint32_t lsb_first;
  std::uint32_t seed;    // of the sizes in the rounds
  std::uint32_t before;  // bytes that are pushed before the start
  std::uint32_t rounds;
  std::uint32_t most_in, most_out;  // bytes in a round
  std::uint32_t most_idle;          // microseconds
  std::uint32_t flushes;            // one round in so many
  StreamEnd end;
  std::uint32_t microseconds;  // to drain
  std::uint32_t leaves;        // what was not popped stays for the next stream
  std::uint32_t listens;       // an interrupt keeps it going
};

struct StreamAnswer {
  std::uint32_t succeeded;
  std::uint32_t error;     // of dma::Error
  std::uint32_t received;  // by the outcome
  std::uint32_t pushed, popped, left;
  std::uint32_t lost, drained;
  std::uint32_t contradictions;  // between peek, available, room and what was then done
};

struct alignas(4) StreamArena {
  std::array<std::byte, 64> guard0;
  std::array<std::byte, 9000> in;
  std::array<std::byte, 63> guard1;
  std::array<std::byte, 16'000> out;
  std::array<std::byte, 65> guard2;
};

}  // namespace properties

// What the bench asks of a firmware and what it is told: the variable `job` in the firmware's memory, which
// the host program finds by that name. Shared by both sides, so plain words only.
#pragma once

#include <cstdint>

namespace ferry::bench {

// What the CPU does between the start of a DMA transfer and its end.
enum class Meanwhile : std::uint32_t {
  wait,  // calls wait_into() at once
  poll,  // asks is_done() until it is true, then calls wait_into()
  work,  // looks at nothing before `released` is set, which is long after the end; then as `poll`
};

// The ways to transfer that are compared with code written by hand.
enum class Form : std::uint32_t {
  blocking,              // full duplex, by the CPU
  dma,                   // full duplex
  prepared,              // the same, set up before
  half_duplex,           // a write behind a command and an address, by the CPU
  half_duplex_dma,       // the same
  half_duplex_prepared,  // the same, set up before
};

// By the CPU, from the first byte to the last.
constexpr bool is_blocking(Form form) { return form == Form::blocking || form == Form::half_duplex; }

struct Job {
  std::uint32_t hertz;      // read once, at the mark "boot"
  std::uint32_t length;     // bytes each way, up to `most_bytes`; of prepared_pieces more
  std::uint32_t meanwhile;  // a Meanwhile
  std::uint32_t released;
  std::uint32_t received;  // bytes that came back as they were sent, or `failed`
  std::uint32_t form;      // a Form, for the programs that know several
};

inline constexpr std::uint32_t most_bytes = 32'000;
// Of a transfer that SPI makes in three pieces, and of one that ends in the second of them.
inline constexpr std::uint32_t bytes_in_three_pieces = 70'000, bytes_in_two_pieces = 33'000;
inline constexpr std::uint32_t failed = 0xFFFF'FFFF;

// What is sent. Neighbours differ, and so do bytes that are one FIFO or one descriptor apart.
constexpr std::uint8_t pattern(std::uint32_t index) {
  return static_cast<std::uint8_t>(index * 37 + index / 64);
}

}  // namespace ferry::bench

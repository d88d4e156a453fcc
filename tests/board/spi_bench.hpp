// A master on the bench, bit by bit, for parts with an SPI.
#pragma once

#include "tests/board/parts_rig.hpp"

#include <cstdint>
#include <initializer_list>
#include <vector>

namespace ferry::board {

// The pads that the tests wire parts to.
inline constexpr unsigned bench_clock = 6, bench_select = 10, bench_io0 = 7, bench_io1 = 2, bench_io2 = 5,
                          bench_io3 = 4;

class SpiBench : public PartsRig {
 protected:
  using Bytes = std::vector<std::uint8_t>;

  SpiBench() {
    drive(bench_select, true);
    drive(bench_clock, false);
  }
  // 0 to 3; between transfers.
  void set_mode(unsigned to) {
    mode = to;
    drive(bench_clock, mode >= 2);
  }
  void select() {
    drive(bench_select, false);
    run(half_period);
  }
  void deselect() {
    run(half_period);
    drive(bench_select, true);
    run(half_period);
  }
  // One period: what is shown before the edge that reads, and what the lines are at it.
  std::uint32_t period(std::uint32_t shown, unsigned lines, bool drives) {
    const bool second_edge = mode == 1 || mode == 3, idle = mode >= 2;
    if (second_edge) drive(bench_clock, !idle);
    for (unsigned line = 0; line < lines; ++line)
      drives ? drive(io[line], (shown >> line & 1) != 0) : release(io[line]);
    run(half_period);
    std::uint32_t seen = 0;
    for (unsigned line = 0; line < 4; ++line) seen |= (pins.level(io[line]) ? 1u : 0u) << line;
    drive(bench_clock, second_edge ? idle : !idle);
    run(half_period);
    if (!second_edge) drive(bench_clock, idle);
    return seen;
  }
  // Sends on 1, 2 or 4 lines; gives what came on MISO meanwhile (for one line).
  std::uint32_t send_bits(std::uint32_t value, unsigned bits, unsigned lines = 1) {
    std::uint32_t came = 0;
    for (unsigned left = bits; left > 0; left -= lines) {
      const std::uint32_t shown = value >> (left - lines) & ((1u << lines) - 1);
      came = came << 1 | (period(shown, lines, true) >> 1 & 1);
    }
    return came;
  }
  void send(std::initializer_list<std::uint8_t> bytes, unsigned lines = 1) {
    for (const std::uint8_t byte : bytes) send_bits(byte, 8, lines);
  }
  void skip(unsigned clocks) {
    for (unsigned clock = 0; clock < clocks; ++clock) period(0, 4, false);
  }
  Bytes receive(std::size_t count, unsigned lines = 1) {
    Bytes bytes;
    for (std::size_t byte = 0; byte < count; ++byte) {
      std::uint32_t value = 0;
      for (unsigned bit = 0; bit < 8; bit += lines) {
        const std::uint32_t seen = lines == 1 ? period(0, 1, true) : period(0, lines, false);
        value = value << lines | (lines == 1 ? seen >> 1 & 1 : seen & ((1u << lines) - 1));
      }
      bytes.push_back(static_cast<std::uint8_t>(value));
    }
    return bytes;
  }
  // One selection: bytes out on one line, then bytes in.
  Bytes transfer(std::initializer_list<std::uint8_t> out, std::size_t in = 0) {
    select();
    send(out);
    const Bytes bytes = receive(in);
    deselect();
    return bytes;
  }

  static constexpr unsigned io[4] = {bench_io0, bench_io1, bench_io2, bench_io3};
  Time half_period = 100 * nanosecond;
  unsigned mode = 0;
};

}  // namespace ferry::board

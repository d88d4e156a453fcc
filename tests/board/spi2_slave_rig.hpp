// SPI2 as a slave, and a master made of hands: it moves chip select, clock and data from outside.
#pragma once

#include "tests/board/spi2_rig.hpp"

#include <array>
#include <optional>

namespace ferry::board {

// SLAVE, USER and MISC in slave mode.
namespace spi {
inline constexpr std::uint32_t slave_mode = 1 << 26, clk_mode_13 = 1 << 2, rsck_data_out = 1 << 3;
inline constexpr std::uint32_t tsck_i_edge = 1 << 5, rsck_i_edge = 1 << 8, qpi_mode = 1 << 3;
inline constexpr std::uint32_t slave_cs_pol = 1 << 23;
inline constexpr std::uint32_t slave1 = 0xE4;
inline constexpr std::uint32_t seg_trans_en = 1 << 18, rx_seg_clr_en = 1 << 19, tx_seg_clr_en = 1 << 20;
inline constexpr std::uint32_t slv_ex_qpi = 1 << 2, slv_en_qpi = 1 << 3, slv_cmd7 = 1 << 4, slv_cmd8 = 1 << 5,
                               slv_cmd9 = 1 << 6, slv_cmda = 1 << 7, slv_rd_dma = 1 << 8, slv_wr_dma = 1 << 9,
                               slv_rd_buf = 1 << 10, slv_wr_buf = 1 << 11, seg_done = 1 << 13,
                               slv_buf_addr_err = 1 << 15, slv_cmd_err = 1 << 16;
}  // namespace spi

class Spi2SlaveRig : public Spi2Rig {
 protected:
  using Bytes = std::vector<std::uint8_t>;
  static constexpr unsigned wp_pin = 8, hd_pin = 9;
  static constexpr std::array<unsigned, 4> data_pins{mosi_pin, miso_pin, wp_pin, hd_pin};
  static constexpr std::array<std::uint32_t, 4> data_signals{chip::signal::fspid, chip::signal::fspiq,
                                                             chip::signal::fspiwp, chip::signal::fspihd};

  Spi2SlaveRig() {
    for (unsigned line = 0; line < 4; ++line) {
      output(data_pins[line], data_signals[line]);
      pins.route_input(data_signals[line], {.from = InputRoute::From::pad, .pin = data_pins[line]});
    }
    pins.route_input(chip::signal::fspiclk, {.from = InputRoute::From::pad, .pin = clock_pin});
    pins.route_input(chip::signal::fspics0, {.from = InputRoute::From::pad, .pin = select_pin});
    connect(0);
  }
  // What a driver sets for a slave: the table of the clock modes, full duplex unless told otherwise. The
  // master's lines are on their idle levels before.
  void be_slave(unsigned mode = 0, std::uint32_t user = spi::doutdin, std::uint32_t slave = 0) {
    clock_mode = mode;
    pins.drive_from_outside(select_pin, true);
    pins.drive_from_outside(clock_pin, mode >= 2);
    const bool edges = mode == 1 || mode == 2;
    spi_put(spi::clock, 0);
    spi_put(spi::ctrl, 0);
    spi_put(spi::misc, 0x3E | (mode >= 2 ? spi::ck_idle_edge : 0));
    spi_put(spi::user, user | (edges ? spi::tsck_i_edge | spi::rsck_i_edge : 0));
    spi_put(spi::slave, spi::slave_mode | slave | (mode % 2 == 1 ? spi::clk_mode_13 : 0));
    spi_put(spi::int_clr, ~0u);
    probe.edges.clear();
    events.phases.clear();
  }
  void half_duplex_slave(std::uint32_t slave = 0) { be_slave(0, 0, slave); }

  // The master. A clock with these levels on `width` lines (nothing: it lets go of them) gives what it reads
  // then.
  unsigned clock_once(std::optional<unsigned> out, unsigned width) {
    const bool idle = clock_mode >= 2;
    if (clock_mode % 2 == 1) pins.drive_from_outside(clock_pin, !idle);
    for (unsigned line = 0; line < width; ++line)
      pins.drive_from_outside(data_pins[line], out ? std::optional((*out >> line & 1) != 0) : std::nullopt);
    run(half_period);
    unsigned read = 0;
    for (unsigned line = 0; line < 4; ++line) read |= pins.level(data_pins[line]) ? 1u << line : 0u;
    pins.drive_from_outside(clock_pin, clock_mode % 2 == 1 ? idle : !idle);
    run(half_period);
    if (clock_mode % 2 == 0) pins.drive_from_outside(clock_pin, idle);
    return read;
  }
  void select() {
    pins.drive_from_outside(select_pin, false);
    run(half_period);
  }
  void deselect() {
    run(half_period);
    for (const unsigned pin : data_pins) pins.drive_from_outside(pin, std::nullopt);
    pins.drive_from_outside(select_pin, true);
    run(microsecond);
  }
  void write_byte(std::uint8_t byte, unsigned width = 1) {
    for (unsigned done = 0; done < 8; done += width)
      clock_once(byte >> (8 - width - done) & ((1u << width) - 1), width);
  }
  std::uint8_t read_byte(unsigned width = 1, bool from_d = false) {
    unsigned byte = 0;
    for (unsigned done = 0; done < 8; done += width) {
      const unsigned read = clock_once(std::nullopt, width);
      byte = byte << width | (width == 1 ? read >> (from_d ? 0 : 1) & 1 : read & ((1u << width) - 1));
    }
    return static_cast<std::uint8_t>(byte);
  }
  // Full duplex on one line each way, chip select around it.
  Bytes exchange(const Bytes& out) {
    select();
    Bytes in;
    for (const std::uint8_t byte : out) {
      unsigned got = 0;
      for (int bit = 7; bit >= 0; --bit) got = got << 1 | (clock_once(byte >> bit & 1u, 1) >> 1 & 1);
      in.push_back(static_cast<std::uint8_t>(got));
    }
    deselect();
    return in;
  }
  // Half duplex: command, address, dummy, then data.
  void header(std::uint8_t command, std::uint8_t address, unsigned command_lines = 1,
              unsigned address_lines = 1) {
    select();
    write_byte(command, command_lines);
    write_byte(address, address_lines);
    for (unsigned clock = 0; clock < 8; ++clock) clock_once(std::nullopt, 4);
  }
  void write_data(std::uint8_t command, std::uint8_t address, const Bytes& data, unsigned address_lines = 1,
                  unsigned data_lines = 1, unsigned command_lines = 1) {
    header(command, address, command_lines, address_lines);
    for (const std::uint8_t byte : data) write_byte(byte, data_lines);
    deselect();
  }
  Bytes read_data(std::uint8_t command, std::uint8_t address, std::size_t count, unsigned address_lines = 1,
                  unsigned data_lines = 1, unsigned command_lines = 1) {
    header(command, address, command_lines, address_lines);
    Bytes data;
    while (data.size() < count) data.push_back(read_byte(data_lines));
    deselect();
    return data;
  }
  void command_only(std::uint8_t command, unsigned width = 1) {
    select();
    write_byte(command, width);
    deselect();
  }

  std::uint32_t data_bits() { return spi_get(spi::slave1) & 0x3'FFFF; }
  std::uint32_t last_command() { return spi_get(spi::slave1) >> 18 & 0xFF; }
  std::uint32_t last_address() { return spi_get(spi::slave1) >> 26; }

  unsigned clock_mode = 0;
  Time half_period = 100 * nanosecond;
};

}  // namespace ferry::board

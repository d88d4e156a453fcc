// SPI2 on a bench, with GDMA behind it and a probe on its pins. Registers are named by the offsets and bits
// of the manual.
#pragma once

#include "board/devices/spi2/spi2.hpp"
#include "tests/board/gdma_rig.hpp"

#include <algorithm>
#include <optional>

namespace ferry::board {

// Where the tests put SPI2's signals.
inline constexpr unsigned clock_pin = 0, miso_pin = 2, mosi_pin = 4, select_pin = 5, select1_pin = 6;

namespace spi {
inline constexpr std::uint32_t cmd = 0x00, addr = 0x04, ctrl = 0x08, clock = 0x0C, user = 0x10, user1 = 0x14,
                               user2 = 0x18, ms_dlen = 0x1C, misc = 0x20, dma_conf = 0x30, int_ena = 0x34,
                               int_clr = 0x38, int_raw = 0x3C, int_st = 0x40, w0 = 0x98, slave = 0xE0,
                               clk_gate = 0xE8;
inline constexpr std::uint32_t update = 1 << 23, usr = 1 << 24;
// USER.
inline constexpr std::uint32_t doutdin = 1, cs_hold = 1 << 6, cs_setup = 1 << 7, ck_out_edge = 1 << 9,
                               sio = 1 << 17, miso_highpart = 1 << 24, mosi_highpart = 1 << 25,
                               dummy_idle = 1 << 26, mosi = 1 << 27, miso = 1 << 28, dummy = 1 << 29,
                               address = 1 << 30, command = 1u << 31;
// MISC.
inline constexpr std::uint32_t ck_idle_edge = 1 << 29, cs_keep_active = 1 << 30;
// CTRL.
inline constexpr std::uint32_t d_pol = 1 << 19, rd_lsb_first = 1 << 25, wr_lsb_first = 1 << 26;
// DMA_CONF.
inline constexpr std::uint32_t rx_eof_en = 1 << 21, rx_ena = 1 << 27, tx_ena = 1 << 28;
inline constexpr std::uint32_t rx_afifo_rst = 1 << 29, buf_afifo_rst = 1 << 30, dma_afifo_rst = 1u << 31;
// Interrupts.
inline constexpr std::uint32_t infifo_full = 1 << 0, outfifo_empty = 1 << 1, trans_done = 1 << 12,
                               rx_wfull = 1 << 17, tx_rempty = 1 << 18;
inline constexpr std::uint32_t one_megahertz = 0x0274E7;  // from the crystal
}  // namespace spi

// Everything the pins did.
struct Probe final : Observer {
  explicit Probe(Timeline& t) : timeline(t) {}
  void pin_changed(unsigned pin, bool level) override { edges.push_back({timeline.now(), pin, level}); }

  struct Edge {
    Time time;
    unsigned pin;
    bool level;
  };
  std::vector<Edge> of(unsigned pin) const {
    std::vector<Edge> result;
    std::ranges::copy_if(edges, std::back_inserter(result),
                         [&](const Edge& edge) { return edge.pin == pin; });
    return result;
  }
  std::vector<Time> times(unsigned pin, bool level) const {
    std::vector<Time> result;
    for (const Edge& edge : edges)
      if (edge.pin == pin && edge.level == level) result.push_back(edge.time);
    return result;
  }
  // The level of `pin` just before `time`.
  bool before(unsigned pin, Time time, bool initial) const {
    bool level = initial;
    for (const Edge& edge : edges) {
      if (edge.time >= time) break;
      if (edge.pin == pin) level = edge.level;
    }
    return level;
  }

  Timeline& timeline;
  std::vector<Edge> edges;
};

class Spi2Rig : public GdmaRig {
 protected:
  Spi2Rig() {
    observers.add(probe);
    clocks.set_pll_running(true);
    output(clock_pin, chip::signal::fspiclk);
    output(mosi_pin, chip::signal::fspid);
    output(select_pin, chip::signal::fspics0);
    output(select1_pin, chip::signal::fspics0 + 1);
    pins.configure(miso_pin, {.output_signal = no_signal, .input_enabled = true});
    pins.route_input(chip::signal::fspiq, {.from = InputRoute::From::pad, .pin = miso_pin});
    probe.edges.clear();
  }
  void output(unsigned pin, std::uint32_t signal) {
    pins.configure(pin, {.output_signal = signal, .input_enabled = true});
  }
  void loop_back() { pins.wire(mosi_pin, miso_pin); }

  std::uint32_t spi_get(std::uint32_t offset) { return device.read(offset); }
  void spi_put(std::uint32_t offset, std::uint32_t value) { device.write(offset, value); }

  // What a driver sets once: clocks on, 1 MHz from the crystal, nothing but data phases in full duplex, CS
  // times at their shortest.
  void set_up(std::uint32_t clock = spi::one_megahertz, std::uint32_t gate = 3) {
    spi_put(spi::clk_gate, gate);
    spi_put(spi::clock, clock);
    spi_put(spi::user, spi::doutdin | spi::mosi | spi::miso);
    spi_put(spi::misc, 0x3E);
    spi_put(spi::ctrl, 0);
    spi_put(spi::slave, 0);
  }
  void update() {
    spi_put(spi::cmd, spi::update);
    for (int patience = 0; (spi_get(spi::cmd) & spi::update) != 0; ++patience) {
      ASSERT_LT(patience, 100);
      run(cpu_cycle);
    }
  }
  void begin(std::uint32_t bits) {
    spi_put(spi::ms_dlen, bits - 1);
    update();
    spi_put(spi::int_clr, ~0u);
    probe.edges.clear();
    events.phases.clear();
    started = timeline.now();
    spi_put(spi::cmd, spi::usr);
  }
  bool busy() { return (spi_get(spi::cmd) & spi::usr) != 0; }
  void finish() {
    for (int patience = 0; busy(); ++patience) {
      ASSERT_LT(patience, 1'000'000);
      run(apb_cycle);
    }
  }
  void transfer(std::uint32_t bits) {
    begin(bits);
    finish();
  }
  std::uint32_t interrupts() { return spi_get(spi::int_raw); }

  void put_buffer(const std::vector<std::uint8_t>& bytes, std::uint32_t first = 0) {
    for (std::uint32_t i = 0; i < bytes.size(); ++i) {
      const std::uint32_t at = first + i, offset = spi::w0 + at / 4 * 4, shift = 8 * (at % 4);
      spi_put(offset, (spi_get(offset) & ~(0xFFu << shift)) | std::uint32_t{bytes[i]} << shift);
    }
  }
  std::vector<std::uint8_t> buffer(std::uint32_t first, std::uint32_t count) {
    std::vector<std::uint8_t> bytes;
    for (std::uint32_t at = first; at < first + count; ++at)
      bytes.push_back(static_cast<std::uint8_t>(spi_get(spi::w0 + at / 4 * 4) >> (8 * (at % 4))));
    return bytes;
  }

  // What somebody at the wire reads on `pin` when looking at each clock edge to `level`, MSB first.
  std::vector<std::uint8_t> decode(unsigned pin, bool level) {
    std::vector<std::uint8_t> bytes;
    unsigned bits = 0, value = 0;
    const bool initial = initial_level(pin);
    for (const Time time : probe.times(clock_pin, level)) {
      value = value << 1 | (probe.before(pin, time, initial) ? 1u : 0u);
      if (++bits % 8 == 0) bytes.push_back(static_cast<std::uint8_t>(value)), value = 0;
    }
    return bytes;
  }
  bool initial_level(unsigned pin) {
    const auto changes = probe.of(pin);
    return changes.empty() ? pins.level(pin) : !changes.front().level;
  }

  // A device that shifts `bits` out on MISO: one more at each clock edge to `level`.
  void answer(std::vector<bool> bits, bool level) {
    pins.drive_from_outside(miso_pin, bits.front());
    answer_bits = std::move(bits);
    answer_next = 1;
    if (!listening)
      pins.listen_pad(clock_pin, [this](bool now) {
        if (now != answer_level || answer_next >= answer_bits.size()) return;
        pins.drive_from_outside(miso_pin, answer_bits[answer_next++]);
      });
    listening = true;
    answer_level = level;
  }

  Probe probe{timeline};
  Pins pins{observers};
  Spi2 device{timeline, clocks, pins, port, lines, observers};
  Time started = 0;
  std::vector<bool> answer_bits;
  std::size_t answer_next = 0;
  bool listening = false, answer_level = false;
};

}  // namespace ferry::board

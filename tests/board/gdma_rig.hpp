// GDMA alone on a bench: memory, a clock, and a hand in place of the peripheral. Registers are named by the
// offsets and bits of the manual, not by the generated headers that the device itself uses.
#pragma once

#include "board/devices/gdma/gdma.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace ferry::board {

inline constexpr Time cpu_cycle = 6'250, apb_cycle = 12'500;  // 160 MHz and 80 MHz

// INT_RAW and its siblings.
namespace bit {
inline constexpr std::uint32_t in_done = 1 << 0, in_suc_eof = 1 << 1, in_err_eof = 1 << 2, out_done = 1 << 3,
                               out_eof = 1 << 4, in_dscr_err = 1 << 5, out_dscr_err = 1 << 6,
                               in_dscr_empty = 1 << 7, out_total_eof = 1 << 8, infifo_ovf = 1 << 9,
                               infifo_udf = 1 << 10, outfifo_ovf = 1 << 11, outfifo_udf = 1 << 12;
// IN_LINK and OUT_LINK.
inline constexpr std::uint32_t in_stop = 1 << 21, in_start = 1 << 22, in_restart = 1 << 23, in_park = 1 << 24;
inline constexpr std::uint32_t out_stop = 1 << 20, out_start = 1 << 21, out_restart = 1 << 22,
                               out_park = 1 << 23;
// A descriptor's first word.
inline constexpr std::uint32_t owner = 1u << 31, suc_eof = 1 << 30, err_eof = 1 << 28;
}  // namespace bit

// Pseudo-random words, the same on every host.
class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::uint32_t operator()() { return static_cast<std::uint32_t>(engine_()); }

 private:
  std::mt19937 engine_;
};

struct RecordedLines final : InterruptSink {
  void set_source(chip::InterruptSource source, bool level) override {
    levels[static_cast<unsigned>(source)] = level;
    if (level && on_rise) on_rise();
  }
  std::function<void()> on_rise;  // what the CPU would see in the very moment of the interrupt
  std::map<unsigned, bool> levels;
};

struct RecordedEvents final : Observer {
  void dma_started(unsigned channel, DmaDirection direction, std::uint32_t) override {
    log.push_back(place(channel, direction) + "start");
  }
  void dma_descriptor_loaded(const DmaDescriptorEvent& event) override { loaded.push_back(event.address); }
  void dma_descriptor_closed(const DmaDescriptorEvent& event) override { closed.push_back(event.address); }
  void dma_ended(unsigned channel, DmaDirection direction, std::string_view why) override {
    log.push_back(place(channel, direction) + std::string(why));
  }
  void dma_bytes(unsigned channel, DmaDirection direction, std::uint32_t, std::uint32_t count) override {
    bytes[place(channel, direction)] += count;
    order.append(count,
                 static_cast<char>((direction == DmaDirection::in ? 'a' : 'A') + static_cast<char>(channel)));
  }
  void spi_phase(std::string_view phase) override { phases.emplace_back(phase); }
  void notice(std::string_view line) override { notices.emplace_back(line); }

  static std::string place(unsigned channel, DmaDirection direction) {
    return (direction == DmaDirection::in ? "in" : "out") + std::to_string(channel) + ' ';
  }

  std::vector<std::string> log, notices, phases;
  std::vector<std::uint32_t> loaded, closed;
  std::map<std::string, std::uint32_t> bytes;
  std::string order;  // one letter per byte moved: who moved it
};

class GdmaRig : public testing::Test {
 protected:
  GdmaRig() {
    observers.add(events);
    clocks.set_cpu_and_apb(cpu_cycle, apb_cycle);
  }

  // Registers. Offsets are those of channel 0; channel n's lie 0xC0 (interrupts: 0x10) further.
  std::uint32_t get(std::uint32_t offset, unsigned channel = 0) { return gdma.read(place(offset, channel)); }
  void put(std::uint32_t offset, std::uint32_t value, unsigned channel = 0) {
    gdma.write(place(offset, channel), value);
  }
  std::uint32_t raw(unsigned channel = 0) { return get(0x00, channel); }
  void clear(std::uint32_t bits, unsigned channel = 0) { put(0x0C, bits, channel); }
  static std::uint32_t place(std::uint32_t offset, unsigned channel) {
    if (offset < 0x40) return offset + 0x10 * channel;
    return offset < 0x70 ? offset : offset + 0xC0 * channel;
  }

  // Channels.
  void connect(unsigned channel, chip::DmaPeripheral peripheral = chip::DmaPeripheral::spi2) {
    put(0xA0, static_cast<std::uint32_t>(peripheral), channel);
    put(0x100, static_cast<std::uint32_t>(peripheral), channel);
  }
  void start_out(std::uint32_t address, unsigned channel = 0) {
    put(0xE0, (address & 0xF'FFFF) | bit::out_start, channel);
  }
  void start_in(std::uint32_t address, unsigned channel = 0) {
    put(0x80, (address & 0xF'FFFF) | 1u << 20 | bit::in_start, channel);
  }
  void reset_out(unsigned channel = 0) {
    put(0xD0, get(0xD0, channel) | 1, channel);
    put(0xD0, get(0xD0, channel) & ~1u, channel);
  }
  void reset_in(unsigned channel = 0) {
    put(0x70, get(0x70, channel) | 1, channel);
    put(0x70, get(0x70, channel) & ~1u, channel);
  }
  unsigned out_level(unsigned channel = 0) { return get(0xD8, channel) >> 2 & 63; }
  unsigned in_level(unsigned channel = 0) { return get(0x78, channel) >> 2 & 63; }
  bool out_parked(unsigned channel = 0) { return (get(0xE0, channel) & bit::out_park) != 0; }
  bool in_parked(unsigned channel = 0) { return (get(0x80, channel) & bit::in_park) != 0; }

  // Memory.
  void poke(std::uint32_t address, std::uint32_t word) {
    std::array<std::byte, 4> bytes{};
    for (unsigned i = 0; i < 4; ++i) bytes[i] = static_cast<std::byte>(word >> (8 * i));
    ASSERT_TRUE(memory.write(address, bytes));
  }
  std::uint32_t peek(std::uint32_t address) {
    std::array<std::byte, 4> bytes{};
    EXPECT_TRUE(memory.read(address, bytes));
    std::uint32_t word = 0;
    for (unsigned i = 0; i < 4; ++i) word |= std::to_integer<std::uint32_t>(bytes[i]) << (8 * i);
    return word;
  }
  void fill(std::uint32_t address, const std::vector<std::uint8_t>& bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const std::array one{std::byte{bytes[i]}};
      ASSERT_TRUE(memory.write(address + static_cast<std::uint32_t>(i), one));
    }
  }
  std::vector<std::uint8_t> bytes_at(std::uint32_t address, std::size_t count) {
    std::vector<std::byte> bytes(count);
    EXPECT_TRUE(memory.read(address, bytes));
    std::vector<std::uint8_t> result;
    for (const std::byte byte : bytes) result.push_back(std::to_integer<std::uint8_t>(byte));
    return result;
  }
  // As a driver would write it: size and length in word 0, owner DMA.
  void descriptor(std::uint32_t address, std::uint32_t buffer, std::uint32_t size, std::uint32_t length,
                  std::uint32_t next = 0, std::uint32_t flags = bit::owner) {
    poke(address, size | length << 12 | flags);
    poke(address + 4, buffer);
    poke(address + 8, next);
  }
  static std::vector<std::uint8_t> pattern(std::size_t count, unsigned seed = 1) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < count; ++i) {
      seed = seed * 1103515245 + 12345;
      bytes.push_back(static_cast<std::uint8_t>(seed >> 16));
    }
    return bytes;
  }

  // The peripheral's side.
  std::vector<std::uint8_t> pop_all(std::size_t count) {
    std::vector<std::uint8_t> bytes;
    for (int patience = 0; bytes.size() < count && patience < 1000;) {
      if (out_level() == 0) {
        run(apb_cycle);
        ++patience;
        continue;
      }
      patience = 0;
      bytes.push_back(port.pop().value());
    }
    return bytes;
  }
  void push_all(const std::vector<std::uint8_t>& bytes) {
    for (const std::uint8_t byte : bytes) {
      while (in_level() >= 60) run(apb_cycle);
      ASSERT_TRUE(port.push(byte));
    }
  }

  // A whole frame.
  void receive(const std::vector<std::uint8_t>& bytes) {
    push_all(bytes);
    port.end_of_frame();
    settle();
  }

  void run(Time time) { timeline.advance_to(timeline.now() + time); }
  void run_cycles(unsigned cycles) { run(cycles * cpu_cycle); }
  void settle() { run(20 * microsecond); }

  static constexpr std::uint32_t ram = 0x3FC8'0000, list = 0x3FC9'0000;
  static constexpr std::uint32_t item(unsigned index) { return list + 12 * index; }

  Timeline timeline;
  Clocks clocks;
  Memory memory;
  RecordedLines lines;
  Observers observers;
  RecordedEvents events;
  Gdma gdma{timeline, clocks, memory, lines, observers};
  DmaPort& port = gdma.port(chip::DmaPeripheral::spi2);
};

}  // namespace ferry::board

// A CPU with memory and a bus, and just enough of an assembler to write programs in a test.
#pragma once

#include "board/bus.hpp"
#include "board/clocks.hpp"
#include "board/cpu/cpu.hpp"
#include "board/memory.hpp"
#include "board/observer.hpp"
#include "board/timeline.hpp"

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace ferry::board::test {

// Encoders of the 32-bit formats. Registers by number.
namespace assemble {
constexpr std::uint32_t r(std::uint32_t upper, std::uint32_t function, unsigned rd, unsigned rs1,
                          unsigned rs2) {
  return 0x33 | rd << 7 | function << 12 | rs1 << 15 | rs2 << 20 | upper << 25;
}
constexpr std::uint32_t i(std::uint32_t opcode, std::uint32_t function, unsigned rd, unsigned rs1,
                          int immediate) {
  return opcode | rd << 7 | function << 12 | rs1 << 15 | static_cast<std::uint32_t>(immediate) << 20;
}
constexpr std::uint32_t addi(unsigned rd, unsigned rs1, int immediate) {
  return i(0x13, 0, rd, rs1, immediate);
}
constexpr std::uint32_t slli(unsigned rd, unsigned rs1, int shift) { return i(0x13, 1, rd, rs1, shift); }
constexpr std::uint32_t add(unsigned rd, unsigned rs1, unsigned rs2) { return r(0, 0, rd, rs1, rs2); }
constexpr std::uint32_t lui(unsigned rd, std::uint32_t upper) { return 0x37 | rd << 7 | upper << 12; }
constexpr std::uint32_t auipc(unsigned rd, std::uint32_t upper) { return 0x17 | rd << 7 | upper << 12; }
constexpr std::uint32_t load(std::uint32_t function, unsigned rd, int offset, unsigned rs1) {
  return i(0x03, function, rd, rs1, offset);
}
constexpr std::uint32_t lb(unsigned rd, int offset, unsigned rs1) { return load(0, rd, offset, rs1); }
constexpr std::uint32_t lh(unsigned rd, int offset, unsigned rs1) { return load(1, rd, offset, rs1); }
constexpr std::uint32_t lw(unsigned rd, int offset, unsigned rs1) { return load(2, rd, offset, rs1); }
constexpr std::uint32_t lbu(unsigned rd, int offset, unsigned rs1) { return load(4, rd, offset, rs1); }
constexpr std::uint32_t lhu(unsigned rd, int offset, unsigned rs1) { return load(5, rd, offset, rs1); }
constexpr std::uint32_t store(std::uint32_t function, unsigned rs2, int offset, unsigned rs1) {
  const auto bits = static_cast<std::uint32_t>(offset);
  return 0x23 | (bits & 31) << 7 | function << 12 | rs1 << 15 | rs2 << 20 | ((bits >> 5) & 127) << 25;
}
constexpr std::uint32_t sb(unsigned rs2, int offset, unsigned rs1) { return store(0, rs2, offset, rs1); }
constexpr std::uint32_t sh(unsigned rs2, int offset, unsigned rs1) { return store(1, rs2, offset, rs1); }
constexpr std::uint32_t sw(unsigned rs2, int offset, unsigned rs1) { return store(2, rs2, offset, rs1); }
constexpr std::uint32_t branch(std::uint32_t function, unsigned rs1, unsigned rs2, int distance) {
  const auto bits = static_cast<std::uint32_t>(distance);
  return 0x63 | ((bits >> 11) & 1) << 7 | ((bits >> 1) & 15) << 8 | function << 12 | rs1 << 15 | rs2 << 20 |
         ((bits >> 5) & 63) << 25 | ((bits >> 12) & 1) << 31;
}
constexpr std::uint32_t beq(unsigned rs1, unsigned rs2, int distance) {
  return branch(0, rs1, rs2, distance);
}
constexpr std::uint32_t bne(unsigned rs1, unsigned rs2, int distance) {
  return branch(1, rs1, rs2, distance);
}
constexpr std::uint32_t jal(unsigned rd, int distance) {
  const auto bits = static_cast<std::uint32_t>(distance);
  return 0x6F | rd << 7 | (bits & 0xFF000) | ((bits >> 11) & 1) << 20 | ((bits >> 1) & 0x3FF) << 21 |
         ((bits >> 20) & 1) << 31;
}
constexpr std::uint32_t jalr(unsigned rd, unsigned rs1, int offset) { return i(0x67, 0, rd, rs1, offset); }
constexpr std::uint32_t csr(std::uint32_t function, unsigned rd, std::uint32_t number, unsigned rs1) {
  return 0x73 | rd << 7 | function << 12 | rs1 << 15 | number << 20;
}
constexpr std::uint32_t csrrw(unsigned rd, std::uint32_t number, unsigned rs1) {
  return csr(1, rd, number, rs1);
}
constexpr std::uint32_t csrrs(unsigned rd, std::uint32_t number, unsigned rs1) {
  return csr(2, rd, number, rs1);
}
constexpr std::uint32_t csrrc(unsigned rd, std::uint32_t number, unsigned rs1) {
  return csr(3, rd, number, rs1);
}
constexpr std::uint32_t csrrwi(unsigned rd, std::uint32_t number, unsigned value) {
  return csr(5, rd, number, value);
}
constexpr std::uint32_t csrrsi(unsigned rd, std::uint32_t number, unsigned value) {
  return csr(6, rd, number, value);
}
constexpr std::uint32_t csrrci(unsigned rd, std::uint32_t number, unsigned value) {
  return csr(7, rd, number, value);
}
inline constexpr std::uint32_t ecall = 0x0000'0073, ebreak = 0x0010'0073, mret = 0x3020'0073,
                               wfi = 0x1050'0073;
inline constexpr std::uint32_t nop = 0x0000'0013, fence = 0x0FF0'000F, fence_i = 0x0000'100F;
inline constexpr std::uint32_t loop_forever = jal(0, 0);
}  // namespace assemble

class Notices : public Observer {
 public:
  void notice(std::string_view line) override { lines.emplace_back(line); }
  void register_accessed(const RegisterAccess& access) override { accesses.push_back(access); }
  void interrupt_taken(unsigned line) override { interrupts.push_back(line); }

  std::vector<std::string> lines;
  std::vector<RegisterAccess> accesses;
  std::vector<unsigned> interrupts;
};

// A device that is a few words and remembers what was done to it.
class WordsDevice : public Device {
 public:
  struct Write {
    std::uint32_t offset, value;
    bool operator==(const Write&) const = default;
  };

  explicit WordsDevice(std::string_view name = "WORDS") : Device(name) {}
  std::uint32_t read(std::uint32_t offset) override {
    reads.push_back(offset);
    if (on_access) on_access();
    return words[offset / 4];
  }
  void write(std::uint32_t offset, std::uint32_t value) override {
    writes.push_back({offset, value});
    words[offset / 4] = value;
    if (on_access) on_access();
  }
  void reset() override { words.assign(64, 0); }
  void archive_state(StateArchive& archive) override { archive(words); }
  std::span<const chip::RegisterInfo> registers() const override { return table; }

  std::vector<std::uint32_t> words = std::vector<std::uint32_t>(64);
  std::vector<std::uint32_t> reads;
  std::vector<Write> writes;
  std::function<void()> on_access;
  std::span<const chip::RegisterInfo> table;
};

inline constexpr std::uint32_t code = 0x4038'0000;  // SRAM1 on the instruction bus: where programs start
inline constexpr std::uint32_t data = 0x3FC9'0000;  // elsewhere in SRAM1, on the data bus
inline constexpr std::uint32_t rtc = 0x5000'0000;
inline constexpr std::uint32_t device_base = 0x6002'4000;

class Machine {
 public:
  Machine() {
    observers.add(notices);
    bus.attach(device, device_base, 256);
  }

  // Puts a program at `address` and points the CPU there.
  void load(std::initializer_list<std::uint32_t> words, std::uint32_t address = code) {
    place(words, address);
    cpu.set_pc(address);
  }
  void place(std::initializer_list<std::uint32_t> words, std::uint32_t address) {
    for (const std::uint32_t word : words) {
      put_word(address, word);
      address += 4;
    }
  }
  void put_word(std::uint32_t address, std::uint32_t value) {
    const std::array<std::byte, 4> bytes{std::byte(value), std::byte(value >> 8), std::byte(value >> 16),
                                         std::byte(value >> 24)};
    memory.write(address, bytes);
  }
  void put_half(std::uint32_t address, std::uint32_t value) {
    const std::array<std::byte, 2> bytes{std::byte(value), std::byte(value >> 8)};
    memory.write(address, bytes);
  }
  std::uint32_t word(std::uint32_t address) {
    std::array<std::byte, 4> bytes{};
    memory.read(address, bytes);
    return std::to_integer<std::uint32_t>(bytes[0]) | std::to_integer<std::uint32_t>(bytes[1]) << 8 |
           std::to_integer<std::uint32_t>(bytes[2]) << 16 | std::to_integer<std::uint32_t>(bytes[3]) << 24;
  }
  void step(unsigned times = 1) {
    while (times-- > 0) cpu.step();
  }
  std::uint32_t x(unsigned number) const { return cpu.register_value(number); }
  std::uint64_t cycles() const { return cpu.counters().cycles; }
  std::uint64_t instructions() const { return cpu.counters().instructions; }

  Timeline timeline;
  Clocks clocks;
  Observers observers;
  Notices notices;
  Memory memory;
  Bus bus{memory, observers};
  WordsDevice device;
  Cpu cpu{bus, memory, timeline, clocks, observers};
};

}  // namespace ferry::board::test

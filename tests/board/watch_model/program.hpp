// From a schedule to a program for the CPU. Each step has instructions of its own, so that a finding's place
// names it.
#pragma once

#include "board/image/image.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/gpio.hpp"
#include "chip/esp32c3/registers/interrupt_core0.hpp"
#include "chip/esp32c3/registers/sha.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "tests/board/cpu_machine.hpp"
#include "tests/board/watch_model/schedule.hpp"

#include <cstdint>
#include <vector>

namespace ferry::board::watch::random {

class Assembler {
 public:
  Image assemble(const Schedule& schedule) {
    schedule_ = &schedule;
    begin();
    for (const Step& step : schedule.steps) add(step);
    end();
    return image();
  }

 private:
  static constexpr unsigned zero = 0, ra = 1, sp = 2, t0 = 5, t1 = 6, t2 = 7, a0 = 10, a1 = 11, a2 = 12,
                            t5 = 30, t6 = 31;
  static constexpr std::uint32_t dma = chip::dma::base, spi = chip::spi2::base, sha = chip::sha::base,
                                 system = chip::system::base, matrix = chip::interrupt_core0::base,
                                 gpio = chip::gpio::base;
  static constexpr std::uint32_t mstatus = 0x300, mtvec = 0x305, mie_bit = 8;

  template <class Register>
  static constexpr std::uint32_t place(unsigned channel = 0) {
    return Register::offset + channel * Register::stride;
  }

  // ---- Instructions
  void put(std::uint32_t word) { words_.push_back(word); }
  void constant(unsigned destination, std::uint32_t value) {
    put(test::assemble::lui(destination, (value + 0x800) >> 12));
    put(test::assemble::addi(destination, destination, static_cast<int>(value << 20) >> 20));
  }
  void store(std::uint32_t address, std::uint32_t value) {
    constant(t0, address);
    constant(t1, value);
    put(test::assemble::sw(t1, 0, t0));
  }
  void load(std::uint32_t address) {
    constant(t0, address);
    put(test::assemble::lw(t1, 0, t0));
  }
  void wait(std::uint32_t rounds) {
    constant(t0, rounds);
    put(test::assemble::addi(t0, t0, -1));
    put(test::assemble::bne(t0, zero, -4));
  }
  // Until one of these bits is 1 (or 0), or patience is over.
  void wait_for(std::uint32_t address, std::uint32_t mask, bool value, std::uint32_t patience) {
    constant(t0, address);
    constant(t1, mask);
    constant(t2, patience);
    put(test::assemble::lw(a0, 0, t0));
    put(test::assemble::r(0, 7, a0, a0, t1));  // and
    put(value ? test::assemble::bne(a0, zero, 12) : test::assemble::beq(a0, zero, 12));
    put(test::assemble::addi(t2, t2, -1));
    put(test::assemble::bne(t2, zero, -16));
  }
  void allow_interrupts(bool allowed) {
    put(allowed ? test::assemble::csrrsi(zero, mstatus, mie_bit)
                : test::assemble::csrrci(zero, mstatus, mie_bit));
  }

  // ---- The program's frame
  void begin();
  void end();
  Image image();

  // ---- Steps
  bool receives(unsigned half) const { return half % 2 == 0; }
  bool is_for_spi(unsigned channel) const { return schedule_->roles[channel] == role_of_spi; }
  bool is_for_sha(unsigned channel) const { return schedule_->roles[channel] == role_of_sha; }
  static std::uint32_t peripheral(unsigned role);
  static std::uint32_t list_of(unsigned half) { return lists + half * list_bytes; }
  static std::uint32_t descriptor_of(unsigned half, unsigned index) { return list_of(half) + 16 * index; }
  static std::uint32_t area_of(unsigned half) { return buffers + half * area_bytes; }
  void connect(unsigned channel);
  void put_descriptor(std::uint32_t address, std::uint32_t word0, std::uint32_t buffer, std::uint32_t next);
  void compose(unsigned half, unsigned count, unsigned length, unsigned flags);
  void compose_exactly(unsigned half, unsigned count, unsigned length, unsigned flags);
  void compose_on_stack(unsigned half, unsigned length);
  void start(unsigned half, unsigned first = 0);
  void link(unsigned half, std::uint32_t in_bit, std::uint32_t out_bit, unsigned first = 0);
  void fill(unsigned half);
  void begin_spi();
  void set_up_spi(std::uint32_t length, bool sends, bool receives);
  void transfer(const Step& step);
  void access(const Step& step, bool writes);
  void clear(std::uint32_t address, std::uint32_t bits, unsigned how);
  void clear_edges(unsigned how);
  void push_frame();
  void pop_frames(unsigned count);
  void gate(const Step& step);
  std::uint32_t first_word(const Step& step) const;
  std::uint32_t in_conf0(unsigned channel) const;
  void be_slave(bool slave);
  void set_input(std::uint32_t signal, bool level);
  void clock_slave(unsigned bytes);
  void slave_transfer(const Step& step);
  void ring(const Step& step);
  void give_back(const Step& step, unsigned index, bool by_rom);
  void append(const Step& step);
  void stop_and_wait(const Step& step);
  void grow(const Step& step);
  void relink(unsigned half, unsigned from, unsigned to, unsigned how);
  void ring_again(const Step& step);
  // ---- (peripheral_steps.cpp)
  void begin_sha();
  unsigned channel_of_sha(unsigned other) const;
  void hash(const Step& step);
  void ask_sha(bool anew);
  void segments(const Step& step);
  void read_narrow(const Step& step);
  void add(const Step& step);

  const Schedule* schedule_ = nullptr;
  std::vector<std::uint32_t> words_;
  unsigned frames_ = 0;
};

}  // namespace ferry::board::watch::random

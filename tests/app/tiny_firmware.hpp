// Firmware of a few instructions, assembled here: tests of the program need neither the HAL nor a compiler
// for RISC-V.
#pragma once

#include "tests/app/elf_builder.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace ferry::tests {

class TinyFirmware {
 public:
  static constexpr std::uint32_t code_start = 0x4038'0000;  // SRAM1 on the instruction bus
  static constexpr std::uint32_t scratch = 0x3FC9'0000;     // SRAM1 on the data bus, clear of the code

  // Each step adds instructions.
  TinyFirmware& store(std::uint32_t address, std::uint32_t value) {
    load_constant(t0, address);
    load_constant(t1, value);
    return add(0x23 | 2 << 12 | t0 << 15 | t1 << 20);  // sw t1, 0(t0)
  }
  TinyFirmware& print(std::string_view text) {
    for (const char character : text) store(uart, static_cast<unsigned char>(character));
    return *this;
  }
  // Until the last bit of the text has left.
  TinyFirmware& drain() {
    wait_while_set(uart + 0x1C, 0x3FF << 16);  // STATUS.TXFIFO_CNT
    return wait_while_set(uart + 0x6C, 0xF0);  // FSM_STATUS.ST_UTX_OUT
  }
  // Waits for a byte from UART0 and sends it back.
  TinyFirmware& echo_one_byte() {
    load_constant(t0, uart);
    add(load_word(t1, t0, 0x1C));                            // STATUS
    add(0x13 | t1 << 7 | 7 << 12 | t1 << 15 | 0x3FF << 20);  // andi: RXFIFO_CNT
    branch_if_zero(t1, -8);
    add(load_word(t1, t0, 0));
    return add(0x23 | 2 << 12 | t0 << 15 | t1 << 20);
  }
  TinyFirmware& exit(std::uint32_t code) {
    store(scratch, 0x2'0026);  // ADP_Stopped_ApplicationExit
    store(scratch + 4, code);
    return semihosting(0x20);  // SYS_EXIT_EXTENDED
  }
  // One character through semihosting.
  TinyFirmware& say(char character) {
    store(scratch, static_cast<unsigned char>(character));
    return semihosting(0x03);  // SYS_WRITEC
  }
  // GPIO0 to GPIO3 are GPIOs after reset; this one goes up and down.
  TinyFirmware& pulse(unsigned pin) {
    store(gpio + 0x24, 1u << pin);         // ENABLE_W1TS
    store(gpio + 0x08, 1u << pin);         // OUT_W1TS
    return store(gpio + 0x0C, 1u << pin);  // OUT_W1TC
  }
  // GPIO2 to GPIO8 are inputs after reset.
  TinyFirmware& wait_for_high(unsigned pin) { return wait_while_clear(gpio + 0x3C, 1u << pin); }
  // GDMA channel 0 copies four bytes inside SRAM.
  TinyFirmware& copy_by_dma() {
    constexpr std::uint32_t system = 0x600C'0000, dma = 0x6003'F000;
    constexpr std::uint32_t out_list = scratch + 0x20, in_list = scratch + 0x30, source = scratch + 0x40;
    store(system + 0x14, 1u << 6).store(system + 0x1C, 0);  // PERIP_CLK_EN1.DMA, PERIP_RST_EN1
    store(dma + 0x44, 1u << 3);                             // MISC_CONF.CLK_EN
    store(source, 0x4433'2211);
    store(out_list, 0xC000'4004)
        .store(out_list + 4, source)
        .store(out_list + 8, 0);  // owner, suc_eof, 4 of 4
    store(in_list, 0x8000'0008).store(in_list + 4, source + 8).store(in_list + 8, 0);
    store(dma + 0xA0, 0).store(dma + 0x100, 0);           // PERI_SEL of both: an id nobody uses
    store(dma + 0x70, 1u << 4);                           // IN_CONF0.MEM_TRANS_EN
    store(dma + 0x80, (in_list & 0xF'FFFF) | 1u << 22);   // IN_LINK, start
    store(dma + 0xE0, (out_list & 0xF'FFFF) | 1u << 21);  // OUT_LINK, start
    return wait_while_clear(dma + 0x00, 1u << 1);         // INT_RAW.IN_SUC_EOF
  }
  TinyFirmware& disable_watchdogs() {
    constexpr std::uint32_t rtc = 0x6000'8000, timg0 = 0x6001'F000;
    store(rtc + 0xA8, 0x50D8'3AA1).store(rtc + 0x90, 0);         // WDTWPROTECT, WDTCONFIG0
    store(rtc + 0xB0, 0x8F1D'312A).store(rtc + 0xAC, 1u << 30);  // SWD_WPROTECT, SWD_CONF.SWD_DISABLE
    return store(timg0 + 0x64, 0x50D8'3AA1).store(timg0 + 0x48, 1u << 22);  // and CONF_UPDATE_EN
  }
  TinyFirmware& loop_for_ever() { return add(0x0000'006F); }  // j .
  TinyFirmware& divide_for_ever() {
    for (int i = 0; i < 20; ++i) add(0x0273'4333);  // div t1, t1, t2
    return add(0xFB1F'F06F);                        // j .-80
  }
  TinyFirmware& sleep_for_ever() { return add(0x1050'0073).add(0xFFDF'F06F); }  // wfi; j .-4
  TinyFirmware& illegal_instruction() { return add(0); }

  ElfBuilder elf() const {
    ElfBuilder builder;
    builder.entry = code_start;
    builder.segments = {{.address = code_start, .content = bytes_of(words_), .flags = PF_R | PF_X}};
    return builder;
  }

 private:
  static constexpr std::uint32_t uart = 0x6000'0000, gpio = 0x6000'4000;
  static constexpr std::uint32_t t0 = 5, t1 = 6, a0 = 10, a1 = 11;

  TinyFirmware& add(std::uint32_t word) {
    words_.push_back(word);
    return *this;
  }
  TinyFirmware& semihosting(std::uint32_t operation) {
    load_constant(a0, operation);
    load_constant(a1, scratch);
    return add(0x01F0'1013).add(0x0010'0073).add(0x4070'5013);  // slli x0, x0, 31; ebreak; srai x0, x0, 7
  }
  // lui and addi; addi's constant is signed.
  void load_constant(std::uint32_t destination, std::uint32_t value) {
    add(0x37 | destination << 7 | ((value + 0x800) & 0xFFFF'F000));
    add(0x13 | destination << 7 | destination << 15 | value << 20);
  }
  static std::uint32_t load_word(std::uint32_t destination, std::uint32_t base, std::uint32_t offset) {
    return 0x03 | destination << 7 | 2 << 12 | base << 15 | offset << 20;
  }
  TinyFirmware& branch_if_zero(std::uint32_t tested, int distance) { return branch(0, tested, distance); }
  TinyFirmware& branch(std::uint32_t condition, std::uint32_t tested, int distance) {
    const auto offset = static_cast<std::uint32_t>(distance);
    return add(0x63 | (offset >> 11 & 1) << 7 | (offset >> 1 & 0xF) << 8 | condition << 12 | tested << 15 |
               (offset >> 5 & 0x3F) << 25 | (offset >> 12 & 1) << 31);
  }
  TinyFirmware& wait_while_set(std::uint32_t address, std::uint32_t mask) { return wait(1, address, mask); }
  TinyFirmware& wait_while_clear(std::uint32_t address, std::uint32_t mask) { return wait(0, address, mask); }
  // As long as the masked word compares with zero as the branch says: 0 equal, 1 not equal.
  TinyFirmware& wait(std::uint32_t condition, std::uint32_t address, std::uint32_t mask) {
    constexpr std::uint32_t t2 = 7;
    load_constant(t0, address);
    load_constant(t2, mask);
    add(load_word(t1, t0, 0));
    add(0x33 | t1 << 7 | 7 << 12 | t1 << 15 | t2 << 20);  // and t1, t1, t2
    return branch(condition, t1, -8);
  }

  std::vector<std::uint32_t> words_;
};

}  // namespace ferry::tests

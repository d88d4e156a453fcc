// A board with everything in motion, as a string of bytes has it: stores to and loads from any register, time
// that passes, pins that are driven, lists for GDMA, transfers on SPI2, text for UART0. Each byte string is a
// run that can be repeated, so tests take theirs from a generator of pseudo-random numbers, and the fuzzer
// from its own.
#pragma once

#include "board/board.hpp"
#include "board/bus.hpp"
#include "board/cpu/cpu.hpp"
#include "board/cpu/semihosting.hpp"
#include "board/memory.hpp"
#include "board/parts/circuit.hpp"
#include "board/parts/ili9341.hpp"
#include "board/parts/led.hpp"
#include "board/parts/push_button.hpp"
#include "board/parts/spi_flash.hpp"
#include "chip/esp32c3/memory_map.hpp"
#include "tests/board/cpu_machine.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::board::test {

// Everything that observers hear, with its time, as lines of text.
class RunLog final : public Observer, public SemihostingHandler {
 public:
  // The board must outlive it.
  explicit RunLog(Board& board) : board_(board) {
    board_.observers().add(*this);
    board_.cpu().set_semihosting(this);
  }
  ~RunLog() override {
    board_.cpu().set_semihosting(nullptr);
    board_.observers().remove(*this);
  }
  RunLog(const RunLog&) = delete;
  RunLog& operator=(const RunLog&) = delete;

  void line(std::string_view what, std::initializer_list<std::uint64_t> numbers) {
    ++lines_;
    if (lines_ > most_lines) return;
    text_ += std::to_string(board_.now());
    text_ += ' ';
    text_ += what;
    for (const std::uint64_t number : numbers) text_ += ' ' + std::to_string(number);
    text_ += '\n';
  }
  // How much has happened, as a measure of work.
  std::uint64_t lines() const { return lines_; }
  const std::string& text() const { return text_; }

  void pin_changed(unsigned pin, bool level) override { line("pin", {pin, level ? 1u : 0u}); }
  void register_accessed(const RegisterAccess& access) override {
    line(access.write ? "store" : "load", {access.address, access.value, access.pc});
  }
  void dma_started(unsigned channel, DmaDirection direction, std::uint32_t first) override {
    line("dma start", {channel, static_cast<unsigned>(direction), first});
  }
  void dma_descriptor_loaded(const DmaDescriptorEvent& event) override { descriptor("loaded", event); }
  void dma_descriptor_closed(const DmaDescriptorEvent& event) override { descriptor("closed", event); }
  void dma_ended(unsigned channel, DmaDirection direction, std::string_view why) override {
    line(why, {channel, static_cast<unsigned>(direction)});
  }
  void dma_bytes(unsigned channel, DmaDirection direction, std::uint32_t address,
                 std::uint32_t count) override {
    line("dma bytes", {channel, static_cast<unsigned>(direction), address, count});
  }
  void spi_phase(std::string_view phase) override { line(phase, {}); }
  void interrupt_taken(unsigned number) override { line("interrupt", {number}); }
  void uart_sent(unsigned uart, std::uint8_t byte) override { line("uart", {uart, byte}); }
  void chip_reset(std::string_view cause) override { line(cause, {}); }
  void notice(std::string_view text) override { line(text, {}); }
  void semihosting_text(std::string_view text) override { line(text, {}); }

 private:
  static constexpr std::uint64_t most_lines = 1'000'000;  // a bound on memory

  void descriptor(std::string_view what, const DmaDescriptorEvent& event) {
    line(what, {event.channel, static_cast<unsigned>(event.direction), event.address, event.word0,
                event.buffer, event.next});
  }

  Board& board_;
  std::string text_;
  std::uint64_t lines_ = 0;
};

// What can be seen of a board from outside, registers and memory included. Reading some registers changes
// them, so this is the last thing to do with a board.
inline std::string everything_about(Board& board) {
  std::string text =
      "time " + std::to_string(board.now()) + ", pc " + std::to_string(board.cpu().pc()) + '\n';
  const auto add = [&text](std::uint64_t value) { text += ' ' + std::to_string(value); };
  const Counters counters = board.counters();
  for (const std::uint64_t count :
       {counters.instructions, counters.cycles, counters.idle, counters.register_loads,
        counters.register_stores, counters.dma_bytes_in, counters.dma_bytes_out, counters.interrupts,
        std::uint64_t{counters.resets}, counters.dma_time, counters.dma_cpu_idle,
        counters.dma_register_cycles, counters.dma_cycles})
    add(count);
  for (unsigned number = 0; number < 32; ++number) add(board.cpu().register_value(number));
  for (const std::uint32_t number : {0x300u, 0x305u, 0x340u, 0x341u, 0x342u, 0x343u, 0x7E2u})
    add(board.cpu().csr(number).value_or(0));
  text += '\n';
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325;  // FNV-1a's numbers, on words
  for (std::uint32_t place = 0; place < Memory::size; place += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, board.memory().bytes() + place, sizeof word);
    hash = std::rotl((hash ^ word) * 0x100'0000'01B3, 31);
  }
  text += "memory " + std::to_string(hash) + '\n';
  for (std::uint32_t address = chip::memory_map::peripherals.start;
       address < chip::memory_map::peripherals.end(); address += 4)
    if (const auto word = board.bus().probe_load(address); word && *word != 0)
      text += std::to_string(address) + ' ' + std::to_string(*word) + '\n';
  return text;
}

class BoardScript {
 public:
  explicit BoardScript(std::vector<std::uint8_t> bytes) : bytes_(std::move(bytes)) { read_options(); }
  // Pseudo-random bytes, the same on every host.
  static BoardScript random(unsigned seed, std::size_t count = 2000) {
    std::mt19937 engine(seed);
    std::vector<std::uint8_t> bytes(count);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(engine());
    return BoardScript(std::move(bytes));
  }

  const BoardOptions& options() const { return options_; }
  // The parts that some scripts have on the pins: those that SPI2 leads to, and others.
  void place_parts(Board& board) const;
  // Clocks on, resets off, PLL running, SPI2 on pins, interrupts routed; the CPU sleeps, and counts
  // interrupts.
  void begin(Board& board) {
    place_parts(board);
    load_program(board);
    route_spi(board);
    for (const std::uint32_t gates : {0x10u, 0x14u})
      store(board, system + gates, 0xFFFF'FFFF);                                         // PERIP_CLK_EN0, 1
    for (const std::uint32_t resets : {0x18u, 0x1Cu}) store(board, system + resets, 0);  // PERIP_RST_EN0, 1
    store(board, regi2c + 0x40, 1u << 3);  // ANA_CONF0: STOP_FORCE_LOW without STOP_FORCE_HIGH
    if (routes_interrupts_) {
      for (std::uint32_t source = 0; source < 62; ++source)
        store(board, interrupt_core + 4 * source, 1 + source % 31);
      store(board, interrupt_core + 0x104, 0xFFFF'FFFE);  // CPU_INT_ENABLE
      for (std::uint32_t line = 1; line < 32; ++line)
        store(board, interrupt_core + 0x114 + 4 * line, 1 + line % 15);
    }
    find_devices(board);
  }

  bool at_end() const { return place_ >= bytes_.size() || spent_ >= most_time; }
  // Does the next thing, and lets some time pass after most of them. What a load gave is told to `log`.
  void step(Board& board, RunLog& log);

  // The device this address belongs to alone: every store and load goes there. For tests of single devices.
  void stay_with(const Device& device) { only_ = &device; }
  std::span<Device* const> devices() const { return devices_; }

 private:
  static constexpr std::uint32_t system = 0x600C'0000, regi2c = 0x6000'E000, interrupt_core = 0x600C'2000,
                                 dma = 0x6003'F000, spi2 = 0x6002'4000;
  static constexpr std::uint32_t code = 0x4038'0000, lists = 0x3FC9'0000, buffers = 0x3FCA'0000;
  static constexpr Time longest_run = 200 * microsecond, most_time = 3 * millisecond;
  static constexpr std::uint64_t most_lines = 50'000;
  static constexpr unsigned descriptors = 16;

  std::uint8_t byte() { return place_ < bytes_.size() ? bytes_[place_++] : std::uint8_t{0}; }
  std::uint32_t word() {
    std::uint32_t value = 0;
    for (unsigned shift = 0; shift < 32; shift += 8) value |= std::uint32_t{byte()} << shift;
    return value;
  }
  static std::uint32_t load(Board& board, std::uint32_t address) {
    return board.bus().load({.address = address, .width = 4, .pc = 0}).value;
  }
  static void store(Board& board, std::uint32_t address, std::uint32_t value, std::uint32_t width = 4) {
    board.bus().store({.address = address, .width = width, .pc = 0}, value);
  }
  static void write_words(Board& board, std::uint32_t address, std::initializer_list<std::uint32_t> words) {
    for (const std::uint32_t word : words) {
      store(board, address, word);
      address += 4;
    }
  }

  void read_options() {
    const std::uint8_t flags = byte();
    options_.flash_boot = (flags & 1) != 0;
    options_.usb_host = (flags & 2) == 0;
    options_.strict_alignment = (flags & 4) != 0;
    routes_interrupts_ = (flags & 8) == 0;
    with_parts_ = (flags & 0x30) == 0x10;
  }
  void load_program(Board& board);
  static void route_spi(Board& board);
  void find_devices(Board& board);
  std::uint32_t choose_register(Board& board);
  void run(Board& board, RunLog& log);
  void write_descriptor(Board& board);
  void start_channel(Board& board);
  void start_spi(Board& board);

  std::vector<std::uint8_t> bytes_;
  std::size_t place_ = 0;
  BoardOptions options_;
  bool routes_interrupts_ = true, with_parts_ = false;
  Time spent_ = 0;
  std::vector<Device*> devices_;
  std::vector<std::uint32_t> bases_;  // of the same devices
  const Device* only_ = nullptr;
};

inline void BoardScript::load_program(Board& board) {
  using namespace assemble;
  constexpr unsigned s0 = 8, s1 = 9, t0 = 5, t1 = 6;
  std::vector<std::uint32_t> words = {lui(t0, code >> 12),
                                      addi(t0, t0, 0x101),
                                      csrrw(0, 0x305, t0),   // mtvec: 0x100 behind the start, vectored
                                      csrrsi(0, 0x300, 8),   // mstatus.MIE
                                      lui(t1, lists >> 12),  // the loop:
                                      wfi,
                                      addi(s0, s0, 1),
                                      sw(s0, -4, t1),
                                      lw(t0, -8, t1),
                                      jal(0, -16)};
  words.resize(0x100 / 4, nop);
  for (unsigned line = 0; line < 32; ++line) words.push_back(jal(0, static_cast<int>(0x80 - 4 * line)));
  words.insert(words.end(), {addi(s1, s1, 1), sw(s1, -8, t1), mret});
  Segment segment{.address = code, .bytes = {}, .memory_size = 0, .executable = true};
  for (const std::uint32_t word : words)
    for (unsigned shift = 0; shift < 32; shift += 8)
      segment.bytes.push_back(static_cast<std::byte>(word >> shift));
  segment.memory_size = static_cast<std::uint32_t>(segment.bytes.size());
  board.load({.entry = code, .segments = {std::move(segment)}, .symbols = {}});
}

inline void BoardScript::place_parts(Board& board) const {
  if (!with_parts_) return;
  const auto place = [&board]<class P>(const std::string& id, Attributes attributes) {
    const auto make = [](Placement& placement) { return std::make_unique<P>(placement); };
    (void)board.circuit().add(id, "a part", make, std::move(attributes)).value();
  };
  place.operator()<SpiFlash>("flash", {{"size", "64K"}, {"quad", "1"}});
  place.operator()<Ili9341>("display", {});
  place.operator()<Led>("led", {});
  place.operator()<PushButton>("button", {{"press", "200us:300us, 700us:1ms"}, {"bounce", "1"}});
  for (const auto& [a, b] :
       std::initializer_list<std::pair<std::string_view, std::string_view>>{{"flash:CS", "GPIO5"},
                                                                            {"flash:CLK", "GPIO0"},
                                                                            {"flash:IO0", "GPIO4"},
                                                                            {"flash:IO1", "GPIO2"},
                                                                            {"flash:IO2", "GPIO6"},
                                                                            {"flash:IO3", "GPIO7"},
                                                                            {"display:CS", "GPIO5"},
                                                                            {"display:SCK", "GPIO0"},
                                                                            {"display:MOSI", "GPIO4"},
                                                                            {"display:DC", "GPIO8"},
                                                                            {"led:A", "GPIO3"},
                                                                            {"led:C", "GND"},
                                                                            {"button:1", "GPIO9"},
                                                                            {"button:2", "GND"}})
    board.circuit().connect(parse_point(a).value(), parse_point(b).value()).value();
}

// The clock on GPIO0, the data lines on GPIO4, 2, 6 and 7, chip select on GPIO5.
inline void BoardScript::route_spi(Board& board) {
  constexpr std::uint32_t gpio = 0x6000'4000, io_mux = 0x6000'9000, from_matrix = 1 << 6;
  for (const auto& [signal, pin] : std::initializer_list<std::pair<std::uint32_t, std::uint32_t>>{
           {63, 0}, {65, 4}, {64, 2}, {67, 6}, {66, 7}, {68, 5}}) {
    store(board, gpio + 0x554 + 4 * pin, signal);                       // FUNC_OUT_SEL_CFG
    store(board, gpio + 0x154 + 4 * signal, pin | from_matrix);         // FUNC_IN_SEL_CFG
    store(board, io_mux + 4 + 4 * pin, 1u << 12 | 1u << 9 | 2u << 10);  // MCU_SEL: matrix; FUN_IE
  }
}

inline void BoardScript::find_devices(Board& board) {
  constexpr std::uint32_t granule = 256;
  devices_.clear();
  bases_.clear();
  for (std::uint32_t address = chip::memory_map::peripherals.start;
       address < chip::memory_map::peripherals.end(); address += granule) {
    Device* const device = board.bus().device_at(address);
    if (device == nullptr || (!devices_.empty() && devices_.back() == device)) continue;
    devices_.push_back(device);
    bases_.push_back(address);
  }
}

// One that a device has; now and then any address in its block.
inline std::uint32_t BoardScript::choose_register(Board& board) {
  std::size_t index = byte() % devices_.size();
  if (only_ != nullptr)
    while (devices_[index] != only_) index = (index + 1) % devices_.size();
  const Device& device = *board.bus().device_at(bases_[index]);
  const std::uint8_t which = byte();
  if (device.registers().empty() || which == 0xFF) return bases_[index] + 4 * byte();
  const chip::RegisterInfo& info = device.registers()[which % device.registers().size()];
  const std::uint32_t element = info.count > 1 ? byte() % info.count : 0;
  return bases_[index] + info.offset + element * info.stride;
}

inline void BoardScript::run(Board& board, RunLog& log) {
  const std::uint8_t scale = byte();
  // From a nanosecond on, doubling.
  Time span = Time{1000 + 3u * scale} << (scale % 18);
  if (span > longest_run) span = longest_run;
  spent_ += span;
  const Board::Stop stop = board.run_for(span);
  if (log.lines() > most_lines) spent_ = most_time;
  if (stop != Board::Stop::reached_time) {
    log.line("stop", {static_cast<unsigned>(stop)});
    spent_ += longest_run;
  }
}

inline void BoardScript::write_descriptor(Board& board) {
  const std::uint32_t index = byte() % descriptors, next = byte() % (descriptors + 2);
  const std::uint8_t flags = byte(), size = byte(), length = byte(), place = byte();
  const std::uint32_t sizes = (flags & 1) != 0 ? 16u * size : size,
                      lengths = (flags & 1) != 0 ? 16u * length : length;
  const std::uint32_t word0 = (sizes & 0xFFF) | (lengths & 0xFFF) << 12 | std::uint32_t{flags & 0xE0u} << 24 |
                              ((flags & 2) == 0 ? 1u << 31 : 0);
  const std::uint32_t buffer = (flags & 0x1C) == 0x1C ? word() : buffers + 64u * place + (flags >> 2 & 3);
  write_words(board, lists + 16 * index, {word0, buffer, next < descriptors ? lists + 16 * next : 0});
}

// Both halves of a channel at lists of their own, for SPI2 or from memory to memory.
inline void BoardScript::start_channel(Board& board) {
  const std::uint8_t flags = byte(), first = byte();
  const std::uint32_t channel = dma + 0xC0u * (flags % 3);
  store(board, dma + 0x44, 1u << 3);  // MISC_CONF.CLK_EN
  if ((flags & 4) != 0) {             // IN_RST, OUT_RST
    store(board, channel + 0x70, 1);
    store(board, channel + 0xD0, 1);
  }
  store(board, channel + 0x70,
        std::uint32_t{flags & 8u} << 1 | (flags >> 4 & 1u) * 0xCu);  // MEM_TRANS_EN, bursts
  store(board, channel + 0xD0, (flags >> 5 & 7u) << 2);
  store(board, channel + 0xA0, 0);
  store(board, channel + 0x100, 0);
  const auto link = [](std::uint32_t index) { return (lists + 16 * (index % descriptors)) & 0xF'FFFFu; };
  store(board, channel + 0x80, link(first) | 1u << 20 | 1u << 22);
  store(board, channel + 0xE0, link(first >> 4u) | 1u << 21);
}

inline void BoardScript::start_spi(Board& board) {
  const std::uint8_t flags = byte(), bits = byte(), clock = byte();
  store(board, spi2 + 0xE8, 7);                                                             // CLK_GATE
  store(board, spi2 + 0x0C, (clock & 1) != 0 ? 1u << 31 : 0x1001u | (clock & 0xEu) << 18);  // CLOCK
  store(board, spi2 + 0x10, std::uint32_t{flags & 0xF8u} << 24 | (flags & 1u));  // USER: phases, DOUTDIN
  store(board, spi2 + 0x14, word());
  store(board, spi2 + 0x18, word());
  store(board, spi2 + 0x1C, (flags & 2) != 0 ? 8u * bits + 7 : bits);  // MS_DLEN
  store(board, spi2 + 0x30, (flags & 4) != 0 ? 3u << 27 : 0);          // DMA_CONF
  store(board, spi2 + 0x00, 1u << 23);                                 // CMD.UPDATE
  board.run_for(microsecond);
  store(board, spi2 + 0x00, 1u << 24);  // CMD.USR
}

inline void BoardScript::step(Board& board, RunLog& log) {
  const std::uint8_t what = byte();
  switch (what % 16) {
    case 0:
    case 1:
    case 2: {
      const std::uint32_t address = choose_register(board);
      store(board, address, word());
      break;
    }
    case 3: {  // a single bit
      const std::uint32_t address = choose_register(board);
      store(board, address, 1u << (byte() % 32));
      break;
    }
    case 4: {
      const std::uint32_t address = choose_register(board);
      log.line("got", {load(board, address)});
      return;
    }
    case 5: {
      const std::uint32_t address = choose_register(board) + byte() % 4, width = 1u << (byte() % 3);
      if ((what & 16) != 0) {
        store(board, address, word(), width);
      } else {
        log.line("got", {board.bus().load({.address = address, .width = width, .pc = 0}).value});
      }
      return;
    }
    case 6: {
      const std::uint8_t level = byte();
      board.pins().drive_from_outside(byte() % chip::gpio_count,
                                      level % 3 == 2 ? std::nullopt : std::optional(level % 3 == 1));
      break;
    }
    case 7: {
      const unsigned a = byte() % chip::gpio_count, b = byte() % chip::gpio_count;
      if ((what & 0x30) != 0) {
        if (a != b) board.wire(a, b);
      } else {
        board.pins().cut(a, b);
      }
      break;
    }
    case 8:
    case 9:
      return write_descriptor(board);
    case 10:
      start_channel(board);
      break;
    case 11:
      start_spi(board);
      break;
    case 12: {
      const std::array text{std::byte{byte()}, std::byte{byte()}, std::byte{byte()}};
      board.send_to_uart0(text, board.now() + Time{byte()} * microsecond);
      break;
    }
    case 13:
      if ((what & 0xF0) == 0) board.reset();
      break;
    default:
      break;
  }
  run(board, log);
}

}  // namespace ferry::board::test

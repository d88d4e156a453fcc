// Text: ets_printf, and single characters through UART and USB Serial/JTAG.
#include "board/rom/answers.hpp"
#include "board/rom/format.hpp"
#include "chip/esp32c3/registers/uart.hpp"
#include "chip/esp32c3/registers/usb_serial_jtag.hpp"

#include <array>

namespace ferry::board {

namespace {

// Where the ROM keeps the function that prints by default: uart_tx_one_char.
constexpr std::uint32_t rom_uart_output = 0x4000'0068;

namespace uart = chip::uart;
namespace usb = chip::usb_serial_jtag;

constexpr std::uint32_t uart_base(std::uint32_t number) { return number == 0 ? uart::base_0 : uart::base_1; }
constexpr std::uint32_t full = 126;  // the ROM leaves room for two more

bool transmitter_full(RomCall& call, std::uint32_t base) {
  return uart::Status::txfifo_cnt.get(call.load(base + uart::Status::offset)) >= full;
}
bool transmitter_idle(RomCall& call, std::uint32_t base) {
  return uart::Status::txfifo_cnt.get(call.load(base + uart::Status::offset)) == 0 &&
         uart::FsmStatus::st_utx_out.get(call.load(base + uart::FsmStatus::offset)) == 0;
}

// Hands a character to UART0 and to USB, as far as the ROM's two switches say. False: UART0 has no room, and
// nothing has happened.
bool put_character(RomCall& call, std::uint32_t character) {
  const bool to_uart = call.load(rom_data::uart_print, 1) != 0;
  if (to_uart && transmitter_full(call, uart::base_0)) return false;
  if (call.load(rom_data::usb_print, 1) != 0) {
    const std::uint32_t configuration = call.load(usb::base + usb::Ep1Conf::offset);
    // Without a reader the ROM gives up after a while; what nobody reads is dropped here at once.
    if (usb::Ep1Conf::serial_in_ep_data_free.get(configuration) != 0)
      call.store(usb::base + usb::Ep1::offset, character & 0xFF);
    if (character == '\n') call.store(usb::base + usb::Ep1Conf::offset, usb::Ep1Conf::wr_done.mask);
  }
  if (to_uart) call.store(uart::base_0 + uart::Fifo::offset, character & 0xFF);
  return true;
}

// ---- One character. While the FIFO is full the call waits at an address of its own.

void send_character(RomCall& call) {
  if (put_character(call, call.argument(0))) return call.result(0);
  call.cpu().set_pc(address_of(RomStep::send_character));
  call.wait();
}

void wait_for_transmitter(RomCall& call) {
  if (transmitter_idle(call, uart_base(call.argument(0)))) return;
  call.cpu().set_pc(address_of(RomStep::transmitter_idle));
  call.wait();
}

void receive_character(RomCall& call) {
  const std::uint32_t place = call.argument(0);
  if (uart::Status::rxfifo_cnt.get(call.load(uart::base_0 + uart::Status::offset)) == 0)
    return call.result(1);
  call.store(place, call.load(uart::base_0 + uart::Fifo::offset) & 0xFF, 1);
  call.result(0);
}

void receive_character_blocking(RomCall& call) {
  if (uart::Status::rxfifo_cnt.get(call.load(uart::base_0 + uart::Status::offset)) != 0)
    return call.result(call.load(uart::base_0 + uart::Fifo::offset) & 0xFF);
  call.cpu().set_pc(address_of(RomStep::receive_character));
  call.wait();
}

// (number, clock in sixteenths of a baud): the divider, and both FIFOs emptied.
void set_divider(RomCall& call) {
  constexpr std::uint32_t usb_device = 3;
  const std::uint32_t number = call.argument(0), divider = call.argument(1);
  if (number == usb_device) return;
  const std::uint32_t base = uart_base(number);
  call.store(base + uart::Clkdiv::offset,
             uart::Clkdiv::clkdiv.put(uart::Clkdiv::frag.put(0, divider & 0xF), divider >> 4 & 0xFFF));
  constexpr std::uint32_t both = uart::Conf0::rxfifo_rst.mask | uart::Conf0::txfifo_rst.mask;
  const std::uint32_t place = base + uart::Conf0::offset;
  call.store(place, call.load(place) | both);
  call.store(place, call.load(place) & ~both);
}

void send_to_usb(RomCall& call) {
  const bool room =
      usb::Ep1Conf::serial_in_ep_data_free.get(call.load(usb::base + usb::Ep1Conf::offset)) != 0;
  if (room) call.store(usb::base + usb::Ep1::offset, call.argument(0) & 0xFF);
  call.result(room ? 0 : 1);
}
void flush_usb(RomCall& call) { call.store(usb::base + usb::Ep1Conf::offset, usb::Ep1Conf::wr_done.mask); }

// ---- ets_printf. Its frame on the stack: where to return to, how many characters are out, and the
// arguments.

struct PrintFrame {
  enum Place : std::uint32_t { ra, done, format, values, words = 12 };
};
static_assert(PrintFrame::values + abi::argument_registers - 1 <= PrintFrame::words);

constexpr std::uint32_t longest = 4096;  // a text without an end must not run through all of memory

// Looked at again at each step, which the ROM need not: it costs nothing here, and each character its share
// later.
std::string text_of_frame(RomCall& call) {
  unsigned taken = 1;  // of all arguments, the format being the first
  const auto word = [&](unsigned index) {
    if (index < abi::argument_registers) return call.frame_word(PrintFrame::values + index - 1);
    return call.frame_word(PrintFrame::words + index - abi::argument_registers);
  };
  const FormatSource source{.next = [&] { return word(taken++); },
                            .next64 =
                                [&] {
                                  taken = (taken + 1) & ~1u;
                                  const std::uint64_t low = word(taken);
                                  const std::uint64_t value = low | std::uint64_t{word(taken + 1)} << 32;
                                  taken += 2;
                                  return value;
                                },
                            .text = [&](std::uint32_t address) { return call.text(address, longest, 0); }};
  // The characters as they go out: a line ends in both.
  std::string text;
  for (const char character :
       format_text(call.text(call.frame_word(PrintFrame::format), longest, 0), source)) {
    if (character == '\n') text += '\r';
    if (character != '\r') text += character;
  }
  return text;
}

// Goes on with the text where it stands. A program's own output function is called for each character; the
// ROM's own goes to the UART as long as that has room.
void print_step(RomCall& call) {
  Cpu& cpu = call.cpu();
  const std::uint32_t output = call.load(rom_data::putc1), second = call.load(rom_data::putc2);
  const bool own = output == 0 || output == rom_uart_output;
  const std::string text = text_of_frame(call);
  std::uint32_t done = call.frame_word(PrintFrame::done);
  const std::uint32_t outputs = second != 0 ? 2 : 1;
  const auto total = static_cast<std::uint32_t>(text.size()) * outputs;
  while (done < total && !call.faulted()) {
    const auto character = static_cast<std::uint8_t>(text[done / outputs]);
    const bool for_second = done % outputs == 1;
    if (for_second || !own) {
      call.set_frame_word(PrintFrame::done, done + 1);
      call.result(character);
      cpu.set_register(abi::ra, address_of(RomStep::print));
      return call.go_on_at(for_second ? second : output);
    }
    if (output != 0 && !put_character(call, character)) {
      call.set_frame_word(PrintFrame::done, done);
      cpu.set_pc(address_of(RomStep::print));
      return call.wait();
    }
    call.spend(40);
    ++done;
  }
  call.result(total / outputs);
  call.close_frame(PrintFrame::words);
}

void answer_printf(RomCall& call) {
  std::array<std::uint32_t, 1 + abi::argument_registers> frame{};
  for (unsigned index = 0; index < abi::argument_registers; ++index) frame[1 + index] = call.argument(index);
  if (call.open_frame(PrintFrame::words, frame)) print_step(call);
}

void install_first(RomCall& call) { call.store(rom_data::putc1, call.argument(0)); }
void install_second(RomCall& call) { call.store(rom_data::putc2, call.argument(0)); }
void install_uart(RomCall& call) { call.store(rom_data::putc1, rom_uart_output); }

constexpr std::array answers = std::to_array<RomAnswer>({
    {"ets_printf", answer_printf, 60},
    {"ets_install_putc1", install_first, 3},
    {"ets_install_putc2", install_second, 3},
    {"ets_install_uart_printf", install_uart, 3},
    {"ets_get_printf_channel", answer_with<0>, 3},
    {"ets_is_print_boot", answer_with<1>, 10},
    {"uart_tx_one_char", send_character, 20},
    {"uart_tx_one_char2", send_character, 20},
    {"uart_tx_wait_idle", wait_for_transmitter, 10},
    {"uart_tx_flush", wait_for_transmitter, 10},
    {"uart_rx_one_char", receive_character, 15},
    {"uart_rx_one_char_block", receive_character_blocking, 15},
    {"uart_div_modify", set_divider, 20},
    {"uartAttach", answer_nothing, 20},
    {"usb_uart_tx_one_char", send_to_usb, 15},
    {"usb_uart_tx_flush", flush_usb, 5},
});
constexpr std::array steps =
    std::to_array<RomStepAnswer>({{RomStep::print, print_step},
                                  {RomStep::send_character, send_character},
                                  {RomStep::transmitter_idle, wait_for_transmitter},
                                  {RomStep::receive_character, receive_character_blocking}});

}  // namespace

std::span<const RomAnswer> print_answers() { return answers; }
std::span<const RomStepAnswer> print_steps() { return steps; }

}  // namespace ferry::board

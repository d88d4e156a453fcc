#include "board/devices/uart/uart.hpp"

#include "chip/esp32c3/registers/uart.hpp"
#include "chip/esp32c3/registers/uart_table.hpp"

namespace ferry::board {

namespace reg = chip::uart;

Uart::Uart(unsigned number, Timeline& timeline, Clocks& clocks, Pins& pins, InterruptSink& interrupts,
           Observers& observers)
    : RegisterDevice(number == 0 ? "UART0" : "UART1", reg::registers, observers),
      number_(number),
      signals_(number == 0 ? Signals{.txd = 6, .rxd = 6, .cts = 7, .rts = 7, .dsr = 8, .dtr = 8}
                           : Signals{.txd = 9, .rxd = 9, .cts = 10, .rts = 10, .dsr = 11, .dtr = 11}),
      timeline_(timeline),
      clocks_(clocks),
      pins_(pins),
      interrupts_(interrupts),
      transmit_event_(timeline, [this] { frame_sent(); }),
      edge_event_(timeline, [this] { draw_edge(); }),
      receive_event_(timeline, [this] { receive_sample(); }),
      injected_event_(timeline, [this] { injected_byte_arrived(); }),
      timeout_event_(timeline, [this] { raise(reg::IntRaw::rxfifo_tout_int_raw.mask); }) {
  pins_.listen(signals_.rxd, [this](bool level) { line_changed(level); });
  pins_.listen(signals_.cts, [this](bool) {
    raise(reg::IntRaw::cts_chg_int_raw.mask);
    start_sending();
  });
  pins_.listen(signals_.dsr, [this](bool) { raise(reg::IntRaw::dsr_chg_int_raw.mask); });
  reset();
}

void Uart::reset() {
  registers_.reset();
  transmit_fifo_.clear();
  receive_fifo_.clear();
  stop_sending();
  stop_receiving();
  injected_event_.cancel();
  timeout_event_.cancel();
  transmit_pushed_ = transmit_popped_ = receive_pushed_ = receive_popped_ = 0;
  take_over_settings();
  update_line_outputs();
  update_interrupts();
  schedule_injected();
}

void Uart::archive_state(StateArchive& archive) {
  archive_registers(archive);
  archive(core_conf0_, core_clkdiv_, transmit_fifo_, sending_, sent_byte_, frame_, frame_start_, frame_bit_,
          frame_drawn_, drawn_bit_, line_out_, transmit_pushed_, transmit_popped_, transmit_event_,
          edge_event_, receive_fifo_, injected_, receiving_, incoming_, incoming_bit_, incoming_index_,
          incoming_levels_, receive_pushed_, receive_popped_, receive_event_, injected_event_,
          timeout_event_);
}

void Uart::set_up_as_boot_rom() {
  // 40 MHz / 115,200 is 347 and 3/16.
  write(reg::ClkConf::offset, reg::ClkConf::sclk_div_num.put(registers_.word<reg::ClkConf>(), 0));
  write(reg::Clkdiv::offset, reg::Clkdiv::frag.put(347, 3));
}

// With ID.HIGH_SPEED (reset value 1) a store reaches the core at once; else it waits for ID.REG_UPDATE.
void Uart::take_over_settings() {
  core_conf0_ = registers_.word<reg::Conf0>();
  core_clkdiv_ = registers_.word<reg::Clkdiv>();
  update_line_outputs();
}

Time Uart::bit_time() const {
  const std::uint32_t config = registers_.word<reg::ClkConf>();
  Time source = Clocks::xtal;
  if (reg::ClkConf::sclk_sel.get(config) == 1) source = clocks_.apb();
  if (reg::ClkConf::sclk_sel.get(config) == 2) source = Clocks::rc_fast;
  // The divider of the core's clock: SCLK_DIV_NUM + 1 + SCLK_DIV_B / SCLK_DIV_A.
  const std::uint64_t whole = reg::ClkConf::sclk_div_num.get(config) + 1;
  const std::uint64_t denominator = std::max(reg::ClkConf::sclk_div_a.get(config), 1u);
  const std::uint64_t numerator =
      reg::ClkConf::sclk_div_a.get(config) == 0 ? 0 : reg::ClkConf::sclk_div_b.get(config);
  // The baud divider in sixteenths: CLKDIV + FRAG / 16.
  const std::uint64_t sixteenths = std::max(
      std::uint64_t{reg::Clkdiv::clkdiv.get(core_clkdiv_)} * 16 + reg::Clkdiv::frag.get(core_clkdiv_),
      std::uint64_t{16});
  return source * (whole * denominator + numerator) * sixteenths / (denominator * 16);
}

unsigned Uart::data_bits() const { return 5 + reg::Conf0::bit_num.get(conf0()); }
bool Uart::has_parity() const { return reg::Conf0::parity_en.get(conf0()) != 0; }

Uart::Frame Uart::make_frame(std::uint8_t byte) const {
  Frame frame{.data_bits = data_bits(), .parity = has_parity()};
  const std::uint32_t data = byte & ((1u << frame.data_bits) - 1);
  frame.levels = data << 1;  // the start bit is low
  frame.bits = 1 + frame.data_bits;
  if (frame.parity) {
    const bool odd_ones = (__builtin_popcount(data) & 1) != 0;
    const bool odd = reg::Conf0::parity.get(conf0()) != 0;
    if (odd_ones != odd) frame.levels |= 1u << frame.bits;
    ++frame.bits;
  }
  frame.levels |= 1u << frame.bits;
  ++frame.bits;
  // STOP_BIT_NUM: 1, 2 and 3 are 1, 1.5 and 2 stop bits.
  const std::uint32_t stop = reg::Conf0::stop_bit_num.get(conf0());
  const Time half_bits = 2 * frame.bits + (stop == 2 ? 1 : stop == 3 ? 2 : 0);
  frame.length = bit_time() * half_bits / 2;
  return frame;
}

// MEM_CONF gives sizes in blocks of 128 bytes.
std::size_t Uart::transmit_capacity() const {
  return std::size_t{128} * std::max(registers_.get(reg::MemConf::tx_size), 1u);
}
std::size_t Uart::receive_capacity() const {
  return std::size_t{128} * std::max(registers_.get(reg::MemConf::rx_size), 1u);
}

void Uart::change_conf0(std::uint32_t value) {
  registers_.store(reg::Conf0::offset, value);
  if (registers_.get(reg::Id::high_speed) != 0) take_over_settings();
  // FIFO resets are levels: while the bit is 1 the FIFO is held empty.
  if (reg::Conf0::txfifo_rst.get(value) != 0) {
    transmit_fifo_.clear();
    transmit_popped_ = transmit_pushed_;
  }
  if (reg::Conf0::rxfifo_rst.get(value) != 0) {
    receive_fifo_.clear();
    receive_popped_ = receive_pushed_;
    timeout_event_.cancel();
  }
  update_interrupts();
  start_sending();
}

void Uart::change_clock_config(std::uint32_t value) {
  registers_.store(reg::ClkConf::offset, value);
  const bool all = reg::ClkConf::rst_core.get(value) != 0;
  if (all || reg::ClkConf::tx_rst_core.get(value) != 0) stop_sending();
  if (all || reg::ClkConf::rx_rst_core.get(value) != 0) stop_receiving();
  start_sending();
}

void Uart::raise(std::uint32_t interrupts) {
  registers_.word<reg::IntRaw>() |= interrupts;
  update_interrupts();
}

// Two raw bits follow their condition: cleared while it holds, they are set again.
void Uart::update_interrupts() {
  std::uint32_t& raw = registers_.word<reg::IntRaw>();
  if (transmit_fifo_.size() < registers_.get(reg::Conf1::txfifo_empty_thrhd))
    raw |= reg::IntRaw::txfifo_empty_int_raw.mask;
  if (receive_fifo_.size() > registers_.get(reg::Conf1::rxfifo_full_thrhd))
    raw |= reg::IntRaw::rxfifo_full_int_raw.mask;
  interrupts_.set_source(number_ == 0 ? chip::InterruptSource::uart0 : chip::InterruptSource::uart1,
                         (raw & registers_.word<reg::IntEna>()) != 0);
}

}  // namespace ferry::board

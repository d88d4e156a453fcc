#include "ferry/spi/port.hpp"

#include "chip/esp32c3/registers/system.hpp"
#include "ferry/interrupt.hpp"

#include <algorithm>
#include <cstring>

namespace ferry::spi::detail {

namespace {

// The fastest that the CPU runs. Waits are counted in polls, each of which takes at least four cycles (a
// load, a test, a counter, a jump): counted so, a wait is never too short, whatever the CPU's clock.
constexpr std::uint32_t fastest_cpu = 160'000'000;
constexpr std::uint32_t cycles_per_poll = 4;
// CS set-up and hold, domain crossings, and room for a debugger's or handler's interruption.
constexpr std::uint32_t extra_polls = 20'000;

bool is_aligned(const void* address) { return reinterpret_cast<std::uintptr_t>(address) % 4 == 0; }

// The next four bytes as a word, the first in the lowest bits; fewer at the end of the span, which moves on.
// Spans begin anywhere, but most on a word, which is then one access instead of four.
std::uint32_t take_word(std::span<const std::byte>& bytes) {
  std::uint32_t word = 0;
  const std::size_t count = std::min<std::size_t>(4, bytes.size());
  if (count == 4 && is_aligned(bytes.data())) {
    std::memcpy(&word, __builtin_assume_aligned(bytes.data(), 4), 4);
  } else {
    for (std::size_t i = 0; i < count; ++i) word |= std::to_integer<std::uint32_t>(bytes[i]) << (8 * i);
  }
  bytes = bytes.subspan(count);
  return word;
}

// The reverse.
void put_word(std::span<std::byte>& bytes, std::uint32_t word) {
  const std::size_t count = std::min<std::size_t>(4, bytes.size());
  if (count == 4 && is_aligned(bytes.data())) {
    std::memcpy(__builtin_assume_aligned(bytes.data(), 4), &word, 4);
  } else {
    for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(word >> (8 * i));
  }
  bytes = bytes.subspan(count);
}

// Puts up to 64 bytes into W0…W15; what `bytes` does not fill of `length` is 0.
void fill_fifo(std::span<const std::byte> bytes, std::uint32_t length) {
  for (std::uint32_t index = 0; index * 4 < length; ++index) {
    mmio::write_word<chip::spi2::W>(chip::spi2::base, take_word(bytes), index);
  }
}

void read_fifo(std::span<std::byte> bytes) {
  for (std::uint32_t index = 0; !bytes.empty(); ++index) {
    put_word(bytes, mmio::read<chip::spi2::W>(chip::spi2::base, index));
  }
}

}  // namespace

constinit Port port2;

void Port::open(const Config& config) {
  take_settings(config);
  reset_and_set_up();
}

void Port::apply(const Config& config) {
  take_settings(config);
  write_settings();
}

void Port::take_settings(const Config& config) {
  using namespace chip::spi2;
  const bool idles_high = config.mode == Mode::_2 || config.mode == Mode::_3;
  const bool shifted_edge = config.mode == Mode::_1 || config.mode == Mode::_2;
  frequency_ = config.frequency.actual();
  cpu_cycles_per_bit_ = fastest_cpu / frequency_.value + 1;
  clock_ = config.frequency.clock_register();
  clk_gate_ = (ClkGate::clk_en(1) | ClkGate::mst_clk_active(1) |
               ClkGate::mst_clk_sel.run_time(config.frequency.source() == ClockSource::pll80))
                  .bits;
  // D_POL and Q_POL stay 0: the data lines idle low, so MOSI is low while only receiving.
  ctrl_ = (Ctrl::rd_bit_order.run_time(config.read_bit_order == BitOrder::lsb_first) |
           Ctrl::wr_bit_order.run_time(config.write_bit_order == BitOrder::lsb_first) | Ctrl::wp_pol(1) |
           Ctrl::hold_pol(1))
              .bits;
  // Everything else of USER is 0, above all USR_COMMAND, which reset sets: it would send eight bits of
  // command.
  user_ = (User::doutdin(1) | User::cs_setup(1) | User::cs_hold(1) | User::ck_out_edge.run_time(shifted_edge))
              .bits;
  // CS0 is the one that with_cs() routes.
  misc_ = (Misc::cs1_dis(1) | Misc::cs2_dis(1) | Misc::cs3_dis(1) | Misc::cs4_dis(1) | Misc::cs5_dis(1) |
           Misc::ck_idle_edge.run_time(idles_high))
              .bits;
}

void Port::write_settings() const {
  using namespace chip::spi2;
  mmio::write_word<ClkGate>(base, clk_gate_);
  mmio::write_word<Clock>(base, clock_);
  mmio::write_word<Ctrl>(base, ctrl_);
}

void Port::reset_and_set_up() {
  using namespace chip;
  // These two registers are everybody's, and changing a bit of them takes two accesses.
  interrupt::critical_section([] {
    mmio::modify(system::base, system::PeripClkEn0::spi2_clk_en(1));
    mmio::modify(system::base, system::PeripRstEn0::spi2_rst(1));
    mmio::modify(system::base, system::PeripRstEn0::spi2_rst(0));
  });
  write_settings();
  written_ = {spi2::User::reset, spi2::User1::reset, spi2::Misc::reset, spi2::MsDlen::reset};
}

std::uint32_t Port::polls_for(std::uint32_t bytes) const {
  return bytes * 8 * cpu_cycles_per_bit_ / cycles_per_poll + extra_polls;
}

bool Port::wait_until_done(std::uint32_t bytes) const {
  using chip::spi2::DmaIntRaw;
  const std::uint32_t polls = polls_for(bytes);
  for (std::uint32_t poll = 0; poll < polls; ++poll) {
    if ((events() & DmaIntRaw::trans_done_int_raw.mask) != 0) return true;
  }
  return false;
}

std::expected<void, Error> Port::exchange(std::span<std::byte> rx, std::span<const std::byte> tx) {
  const std::size_t total = std::max(rx.size(), tx.size());
  std::size_t done = 0;
  while (done < total) {
    const auto length = static_cast<std::uint32_t>(std::min<std::size_t>(fifo_bytes, total - done));
    set_shape({.bytes = length,
               .receives = true,
               .sends = true,
               .dma = false,
               .drops_surplus = false,
               .cs_stays_active = done + length < total});
    if (done == 0) reset_afifos();
    fill_fifo(tx.first(std::min<std::size_t>(length, tx.size())), length);
    tx = tx.subspan(std::min<std::size_t>(length, tx.size()));
    clear_events();
    bool finished = update();
    if (finished) {
      start();
      finished = wait_until_done(length);
    }
    if (!finished) {
      reset_and_set_up();
      return std::unexpected{Error::timed_out};
    }
    read_fifo(rx.first(std::min<std::size_t>(length, rx.size())));
    rx = rx.subspan(std::min<std::size_t>(length, rx.size()));
    done += length;
  }
  return {};
}

void Port::stop() {
  using namespace chip::spi2;
  if (mmio::read(base, Cmd::usr) == 0) return;
  // One byte: a running transfer that is longer already ends behind the byte it is in.
  write_if_changed<MsDlen>(written_.ms_dlen, 7);
  if (update()) {
    const std::uint32_t polls = polls_for(2);
    for (std::uint32_t poll = 0; poll < polls; ++poll) {
      if (mmio::read(base, Cmd::usr) == 0) return;
    }
  }
  reset_and_set_up();
}

}  // namespace ferry::spi::detail

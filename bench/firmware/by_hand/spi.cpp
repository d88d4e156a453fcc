#include "bench/firmware/by_hand/spi.hpp"

#include "chip/esp32c3/registers/system.hpp"

#include <algorithm>

namespace by_hand {

using namespace chip::spi2;

namespace {

constexpr std::uint32_t fastest_cpu = 160'000'000;

bool wait_until_done(const Bus& bus, std::uint32_t bytes) {
  for (std::uint32_t polls = polls_for(bus, bytes); polls != 0; --polls)
    if (mmio::read(base, DmaIntRaw::trans_done_int_raw) != 0) return true;
  return false;
}

// The words that bytes at any address make, zeros behind the last one.
[[gnu::noinline]] void fill_bytewise(std::uint32_t index, const std::byte* from, std::uint32_t bytes,
                                     std::uint32_t length) {
  for (std::uint32_t at = index * 4; at < length; at += 4) {
    std::uint32_t word = 0;
    for (std::uint32_t byte = 0; byte != 4 && at + byte < bytes; ++byte)
      word |= std::to_integer<std::uint32_t>(from[at + byte]) << 8 * byte;
    mmio::write_word<W>(base, word, at / 4);
  }
}

// An end that the compiler knows nothing of, or it makes a counter of it, and counts that besides.
template <class Word>
[[gnu::always_inline]] inline Word* hidden(Word* end) {
  asm("" : "+r"(end));
  return end;
}

// W0 and on get `bytes` bytes, and zeros up to `length`.
void fill_fifo(const std::byte* from, std::uint32_t bytes, std::uint32_t length) {
  std::uint32_t words = 0;
  if (address_of(from) % 4 == 0) {
    words = bytes / 4;
    auto* word = reinterpret_cast<const std::uint32_t*>(__builtin_assume_aligned(from, 4));
    std::uint32_t registers = base;
    for (auto* const end = hidden(word + words); word != end; registers += W::stride)
      mmio::write_word<W>(registers, *word++);
  }
  if (words * 4 < length) fill_bytewise(words, from, bytes, length);
}

void read_fifo(std::byte* to, std::uint32_t bytes) {
  std::uint32_t words = 0;
  if (address_of(to) % 4 == 0) {
    words = bytes / 4;
    auto* word = reinterpret_cast<std::uint32_t*>(__builtin_assume_aligned(to, 4));
    std::uint32_t registers = base;
    for (auto* const end = hidden(word + words); word != end; registers += W::stride)
      *word++ = mmio::read<W>(registers);
  }
  for (std::uint32_t at = words * 4; at < bytes; at += 4) {
    std::uint32_t word = mmio::read<W>(base, at / 4);
    for (std::uint32_t byte = 0; byte != 4 && at + byte < bytes; ++byte, word >>= 8)
      to[at + byte] = static_cast<std::byte>(word);
  }
}

}  // namespace

void open_bus(Bus& bus, const Settings& settings) {
  bus.clk_gate =
      (ClkGate::clk_en(1) | ClkGate::mst_clk_active(1) | ClkGate::mst_clk_sel.run_time(settings.pll)).bits;
  bus.clock = settings.clock;
  bus.cpu_cycles_per_bit = fastest_cpu / settings.hertz + 1;
  bus.ctrl = (Ctrl::wp_pol(1) | Ctrl::hold_pol(1) | Ctrl::rd_bit_order.run_time(settings.lsb_first) |
              Ctrl::wr_bit_order.run_time(settings.lsb_first))
                 .bits;
  bus.user = (User::doutdin(1) | User::cs_setup(1) | User::cs_hold(1)).bits;
  bus.user1 =
      (User1::reset & ~(User1::cs_setup_time.mask | User1::cs_hold_time.mask)) | User1::cs_hold_time(1).bits;
  bus.misc =
      (Misc::cs1_dis(1) | Misc::cs2_dis(1) | Misc::cs3_dis(1) | Misc::cs4_dis(1) | Misc::cs5_dis(1)).bits;
  bus.outputs = settings.outputs;
  bus.inputs = settings.inputs;
  bus.running = false;
  reset_bus(bus);
}

void reset_bus(Bus& bus) {
  using namespace chip::system;
  bus.kept = false;
  mmio::modify(chip::system::base, PeripClkEn0::spi2_clk_en(1));
  mmio::modify(chip::system::base, PeripRstEn0::spi2_rst(1));
  mmio::modify(chip::system::base, PeripRstEn0::spi2_rst(0));
  bus.written = {.user = User::reset,
                 .user1 = User1::reset,
                 .user2 = User2::reset,
                 .addr = Addr::reset,
                 .ctrl = bus.ctrl,
                 .misc = Misc::reset,
                 .ms_dlen = MsDlen::reset};
  mmio::write_word<ClkGate>(chip::spi2::base, bus.clk_gate);
  mmio::write_word<Clock>(chip::spi2::base, bus.clock);
  mmio::write_word<Ctrl>(chip::spi2::base, bus.ctrl);
}

Status reason_for_silence() {
  using namespace chip::system;
  if (mmio::read(chip::system::base, PeripClkEn0::spi2_clk_en) == 0) return Status::clock_off;
  if (mmio::read(chip::system::base, PeripRstEn0::spi2_rst) != 0) return Status::in_reset;
  return Status::timed_out;
}

Status through_fifo(Bus& bus, std::byte* rx, std::uint32_t rx_length, const std::byte* tx,
                    std::uint32_t tx_length, std::uint32_t length, bool sends) {
  empty_fifos(0);
  for (;;) {
    const std::uint32_t piece = std::min(length, fifo_bytes);
    if (sends) {
      const std::uint32_t bytes = std::min(piece, tx_length);
      fill_fifo(tx, bytes, piece);
      tx += bytes;
      tx_length -= bytes;
    }
    clear_spi_events();
    if (!update()) break;
    start_spi();
    if (!wait_until_done(bus, piece)) break;
    const std::uint32_t bytes = std::min(piece, rx_length);
    read_fifo(rx, bytes);
    rx += bytes;
    rx_length -= bytes;
    length -= piece;
    if (length == 0) return Status::ok;
    shape_next(bus, std::min(length, fifo_bytes), length > fifo_bytes);
  }
  const Status why = reason_for_silence();
  reset_bus(bus);
  return why;
}

Status exchange(Bus& bus, std::byte* rx, std::uint32_t rx_length, const std::byte* tx,
                std::uint32_t tx_length) {
  if (bus.running) return Status::busy;
  const std::uint32_t length = std::max(rx_length, tx_length);
  if (length == 0) return Status::ok;
  const bool sends = tx_length != 0;
  shape(bus, std::min(length, fifo_bytes), rx_length != 0, sends, false, length > fifo_bytes);
  return through_fifo(bus, rx, rx_length, tx, tx_length, length, sends);
}

}  // namespace by_hand

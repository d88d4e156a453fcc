#include "ferry/spi/port.hpp"

#include "hal/src/spi/fifo.hpp"
#include "hal/src/spi/gates.hpp"

#include <algorithm>

namespace ferry::spi::detail {

namespace {

// The fastest that the CPU runs. Waits are counted in polls, each of which takes at least four cycles (a
// load, a test, a counter, a jump): counted so, a wait is never too short, whatever the CPU's clock.
constexpr std::uint32_t fastest_cpu = 160'000'000;
constexpr std::uint32_t cycles_per_poll = 4;
// Domain crossings, and room for a debugger's or handler's interruption.
constexpr std::uint32_t extra_polls = 20'000;
// In bytes: CS set-up and hold (66 clocks at the most), and command, address and dummy (304).
constexpr std::uint32_t most_overhead = 47;

constexpr std::uint32_t all_cs_lines = 0b11'1111;

}  // namespace

void Port::open(const Config& config) {
  misc_ = all_cs_lines & ~1u;  // line 0 is selected
  take_settings(config);
  reset_and_set_up();
}

std::expected<void, Error> Port::apply(const Config& config) {
  const bool idles_high = config.mode == Mode::_2 || config.mode == Mode::_3;
  const bool idled_high = (misc_ & chip::spi2::Misc::ck_idle_edge.mask) != 0;
  // To a selected device, the way to another idle level would be a clock edge.
  const bool lets_go = idles_high != idled_high && cs_is_held();
  const auto released = lets_go ? release_cs() : std::expected<void, Error>{};
  take_settings(config);
  write_settings();
  return released;
}

void Port::take_settings(const Config& config) {
  using namespace chip::spi2;
  const bool idles_high = config.mode == Mode::_2 || config.mode == Mode::_3;
  is_kept_ = false;
  const bool shifted_edge = config.mode == Mode::_1 || config.mode == Mode::_2;
  frequency_ = config.frequency.actual();
  cpu_cycles_per_bit_ = fastest_cpu / frequency_.value + 1;
  clock_ = config.frequency.clock_register();
  clk_gate_ = (ClkGate::clk_en(1) | ClkGate::mst_clk_active(1) |
               ClkGate::mst_clk_sel.run_time(config.frequency.source() == ClockSource::pll80))
                  .bits;
  // D_POL is MOSI's level where nothing is sent on it. WP and HOLD of a flash are inactive as long as they
  // are no data lines.
  ctrl_ = (Ctrl::rd_bit_order.run_time(config.read_bit_order == BitOrder::lsb_first) |
           Ctrl::wr_bit_order.run_time(config.write_bit_order == BitOrder::lsb_first) | Ctrl::wp_pol(1) |
           Ctrl::hold_pol(1) | Ctrl::d_pol.run_time(config.idle_mosi == gpio::Level::high))
              .bits;
  // Everything else of USER is 0, above all USR_COMMAND, which reset sets: it would send eight bits of
  // command. Without CS_SETUP and CS_HOLD it is half a cycle, with them TIME + 1 more.
  const std::uint32_t setup = config.cs_setup.count(), hold = config.cs_hold.count();
  user_ = (User::doutdin(1) | User::cs_setup.run_time(setup != 0) | User::cs_hold.run_time(hold != 0) |
           User::ck_out_edge.run_time(shifted_edge))
              .bits;
  user1_ = (User1::reset & ~(User1::cs_setup_time.mask | User1::cs_hold_time.mask)) |
           (User1::cs_setup_time.run_time(setup == 0 ? 0 : setup - 1) |
            User1::cs_hold_time.run_time(hold == 0 ? 0 : hold - 1))
               .bits;
  misc_ = (misc_ & ~Misc::ck_idle_edge.mask) | Misc::ck_idle_edge.run_time(idles_high).bits;
}

void Port::write_settings() {
  using namespace chip::spi2;
  mmio::write_word<ClkGate>(base, clk_gate_);
  mmio::write_word<Clock>(base, clock_);
  mmio::write_word<Ctrl>(base, ctrl_);
  written_.ctrl = ctrl_;
}

void Port::reset_and_set_up() {
  namespace spi2 = chip::spi2;
  is_kept_ = false;
  open_gates();
  written_ = {.user = spi2::User::reset,
              .user1 = spi2::User1::reset,
              .user2 = spi2::User2::reset,
              .addr = spi2::Addr::reset,
              .ctrl = spi2::Ctrl::reset,
              .misc = spi2::Misc::reset,
              .ms_dlen = spi2::MsDlen::reset};
  write_settings();
  misc_ &= ~spi2::Misc::cs_keep_active.mask;
  // After reset all CS lines are active low; one that is not has its inactive level back with this.
  if ((misc_ & spi2::Misc::master_cs_pol.mask) != 0) {
    write_if_changed<spi2::Misc>(written_.misc, misc_);
    update();
  }
}

Error Port::reason_for_silence() const {
  if (const auto closed = closed_gate()) return *closed;
  // A reset that is over shows in what it left: no frequency has the divider of CLOCK's reset value. No start
  // writes either register, so that this holds until SPI2 is set up anew.
  if (mmio::read<chip::spi2::Clock>(base) != clock_) return Error::in_reset;
  if (mmio::read<chip::spi2::ClkGate>(base) != clk_gate_) return Error::clock_off;
  return Error::timed_out;
}

std::expected<void, Error> Port::select(Cs line) {
  using chip::spi2::Misc;
  const auto released = release_cs();
  static_assert(Misc::cs0_dis.lsb == 0 && Misc::cs5_dis.lsb == 5);
  const std::uint32_t enabled = line == Cs::none ? 0 : 1u << static_cast<std::uint32_t>(line);
  misc_ = (misc_ & ~all_cs_lines) | (all_cs_lines & ~enabled);
  return released;
}

void Port::set_polarity(std::uint32_t line, CsPolarity polarity) {
  using chip::spi2::Misc;
  const std::uint32_t bit = 1u << line << Misc::master_cs_pol.lsb;
  is_kept_ = false;
  misc_ = polarity == CsPolarity::active_high ? misc_ | bit : misc_ & ~bit;
  if (written_.misc == misc_) return;
  write_if_changed<Misc>(written_.misc, misc_);
  // The pins follow with UPDATE. Without it, or without a clock, nobody knows what MISC holds.
  if (!update() || mmio::read<Misc>(base) != misc_) written_.misc = misc_ ^ bit;
}

// CS is kept behind the operation that said so. One without any phase ends that, and has no clock edge.
std::expected<void, Error> Port::release_cs() {
  using namespace chip::spi2;
  is_kept_ = false;
  misc_ &= ~Misc::cs_keep_active.mask;
  if (!cs_is_held()) return {};
  write_if_changed<User>(written_.user, user_);
  write_if_changed<Misc>(written_.misc, misc_);
  if (!run(0)) return give_up();
  return {};
}

void Port::leave_pieces_out() {
  using chip::spi2::Misc;
  if ((misc_ & Misc::cs_keep_active.mask) == 0)
    write_if_changed<Misc>(written_.misc, written_.misc & ~Misc::cs_keep_active.mask);
}

// A frequency cut off to whole kilohertz makes the time longer. Divided first, it takes no division of 64
// bits, also where an endless source is sent longer than memory. Phases without data, 304 clocks and those of
// CS, are 10 ms at the lowest frequency.
Duration Port::time_allowed(std::uint32_t bytes) const {
  const std::uint32_t kilohertz = frequency_.value / 1000;
  const std::uint64_t microseconds =
      std::uint64_t{bytes / kilohertz} * 8000 + bytes % kilohertz * 8000 / kilohertz;
  return Duration::microseconds(2 * microseconds) + Duration::milliseconds(20);
}

std::uint32_t Port::polls_for(std::uint32_t bytes) const {
  return (bytes + most_overhead) * 8 * cpu_cycles_per_bit_ / cycles_per_poll + extra_polls;
}

bool Port::wait_until_done(std::uint32_t bytes) const {
  using chip::spi2::DmaIntRaw;
  for (std::uint32_t polls = polls_for(bytes); polls != 0; --polls) {
    if ((events() & DmaIntRaw::trans_done_int_raw.mask) != 0) return true;
  }
  return false;
}

// Makes the operation whose shape is set. False if SPI did not finish in time.
[[gnu::always_inline]] inline bool Port::run(std::uint32_t bytes) {
  clear_events();
  if (!update()) return false;
  start();
  return wait_until_done(bytes);
}

std::unexpected<Error> Port::give_up() {
  const Error reason = reason_for_silence();
  reset_and_set_up();
  return std::unexpected{reason};
}

std::expected<void, Error> Port::exchange(std::span<std::byte> rx, std::span<const std::byte> tx) {
  const std::size_t bytes = std::max(rx.size(), tx.size());
  if (bytes == 0) return {};
  set_shape({.bytes = piece_of(bytes),
             .receives = !rx.empty(),
             .sends = !tx.empty(),
             .dma = false,
             .drops_surplus = false,
             .cs_stays_active = bytes > fifo_bytes});
  return run_pieces(rx, tx, bytes);
}

// The shape of the first piece is set. Zeros follow a `tx` that is shorter, if anything is sent at all.
std::expected<void, Error> Port::run_pieces(std::span<std::byte> rx, std::span<const std::byte> tx,
                                            std::size_t left) {
  reset_afifos();
  for (;;) {
    const std::uint32_t length = piece_of(left);
    if ((written_.user & chip::spi2::User::usr_mosi.mask) != 0) fill_fifo(take(tx, length), length);
    if (!run(length)) return give_up();
    read_fifo(take(rx, length));
    left -= length;
    if (left == 0) return {};
    set_next_piece(left);
  }
}

// Behind the first piece no phases come, and everything but the length is as it was.
[[gnu::always_inline]] inline void Port::set_next_piece(std::size_t left) {
  using namespace chip::spi2;
  write_if_changed<User>(written_.user, written_.user & ~all_phases);
  write_if_changed<Misc>(written_.misc, misc_ | Misc::cs_keep_active.run_time(left > fifo_bytes).bits);
  write_if_changed<MsDlen>(written_.ms_dlen, piece_of(left) * 8 - 1);
}

void Port::stop() {
  misc_ &= ~chip::spi2::Misc::cs_keep_active.mask;
  come_to_rest();
}

void Port::come_to_rest() {
  using namespace chip::spi2;
  is_kept_ = false;
  // What a peripheral without clock or in reset says of itself means nothing.
  if (reason_for_silence() != Error::timed_out) return reset_and_set_up();
  if (mmio::read(base, Cmd::usr) != 0) {
    // One byte: a running transfer that is longer already ends behind the byte it is in.
    write_if_changed<MsDlen>(written_.ms_dlen, 7);
    if (!update() || !wait_until_idle()) return reset_and_set_up();
  }
  if ((misc_ & Misc::cs_keep_active.mask) != 0) return;
  static_cast<void>(release_cs());  // whatever comes of it, CS is inactive
}

bool Port::wait_until_idle() const {
  for (std::uint32_t polls = polls_for(2); polls != 0; --polls) {
    if (mmio::read(base, chip::spi2::Cmd::usr) == 0) return true;
  }
  return false;
}

}  // namespace ferry::spi::detail

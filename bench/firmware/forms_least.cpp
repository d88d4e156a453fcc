// The same ways to transfer as in forms.cpp, with as little as they can be done with where only these
// transfers are ever made: one channel, one bus, buffers of one descriptor, at most 64 bytes in whole words,
// one line, command and address of this size in this bit order. Nothing of that is checked, and what went
// wrong has no name. Not the same job as Ferry's, and here to show what the general case costs;
// forms_by_hand.cpp is the same job.
//
// What it has in common with both: it resets both halves of the channel, empties SPI's FIFOs, gives the
// receive descriptors back to GDMA, writes only those of SPI's registers that change, has SPI take them over,
// and looks for errors before it starts SPI; every wait has a bound.
#include "bench/firmware/bench.hpp"
#include "chip/esp32c3/memory_map.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "chip/esp32c3/signals.hpp"
#include <ferry/ferry.hpp>
#include <ferry/mmio.hpp>

#include <algorithm>
#include <array>
#include <cstring>

volatile ferry::bench::Job job;

namespace {

namespace mmio = ferry::mmio;
namespace chip = ferry::chip;
namespace spi2 = ferry::chip::spi2;
namespace gdma = ferry::chip::dma;
using ferry::bench::Form;
using ferry::dma::Descriptor;
using ferry::dma::Owner;

constexpr std::uint32_t most = 64;
constexpr std::uint32_t polls = 20'000;
constexpr std::uint32_t all_spi_events = 0x1F'FFFF, all_dma_events = 0x1FFF;
constexpr std::uint32_t receive_errors = gdma::IntRaw::in_dscr_err.mask | gdma::IntRaw::in_err_eof.mask |
                                         gdma::IntRaw::in_dscr_empty.mask | gdma::IntRaw::infifo_ovf.mask;
constexpr std::uint32_t transmit_errors = gdma::IntRaw::out_dscr_err.mask | gdma::IntRaw::outfifo_udf.mask;

alignas(4) std::array<std::byte, most> rx, tx;

// A list of one descriptor, and what it describes.
struct List {
  Descriptor descriptor;
  const std::byte* bytes = nullptr;
  std::uint32_t length = 0;
};
List rx_list, tx_list;

// What SPI's registers hold.
struct {
  std::uint32_t user = 0, user1 = 0, user2 = 0, addr = 0, ctrl = 0, misc = 0, ms_dlen = 0;
} written;
std::uint32_t ctrl = 0, misc = 0;

std::uint32_t address_of(const void* object) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(object));
}

template <class Register>
[[gnu::always_inline]] inline void change(std::uint32_t& before, std::uint32_t value) {
  if (before == value) return;
  before = value;
  mmio::write_word<Register>(spi2::base, value);
}

bool describes(const List& list, const std::byte* bytes, std::uint32_t length) {
  return list.bytes == bytes && list.length == length;
}

[[gnu::noinline]] bool link(List& list, std::byte* bytes, std::uint32_t length, std::uint32_t word0) {
  list.length = 0;
  if (!chip::memory_map::dma_memory.contains(address_of(bytes), length) || length > most) return false;
  list.descriptor = {.word0 = word0, .buffer = address_of(bytes), .next = 0};
  list.bytes = bytes;
  list.length = length;
  return true;
}

// SPI's registers for a transfer by DMA or from the FIFO.
[[gnu::always_inline]] inline void shape(std::uint32_t user, std::uint32_t user1, std::uint32_t bytes) {
  change<spi2::User>(written.user, user);
  change<spi2::User1>(written.user1, user1);
  change<spi2::Misc>(written.misc, misc);
  change<spi2::MsDlen>(written.ms_dlen, bytes * 8 - 1);
}

constexpr std::uint32_t full_duplex_user =
    (spi2::User::doutdin(1) | spi2::User::cs_setup(1) | spi2::User::cs_hold(1) | spi2::User::usr_miso(1) |
     spi2::User::usr_mosi(1))
        .bits;
constexpr std::uint32_t write_user =
    (spi2::User::cs_setup(1) | spi2::User::cs_hold(1) | spi2::User::usr_command(1) | spi2::User::usr_addr(1) |
     spi2::User::usr_mosi(1))
        .bits;

// The command and the address in front of the data.
[[gnu::always_inline]] inline void header(std::uint32_t command, std::uint32_t address) {
  change<spi2::User2>(written.user2,
                      (spi2::User2::mst_rempty_err_end_en(1) | spi2::User2::usr_command_bitlen(7) |
                       spi2::User2::usr_command_value.run_time(command))
                          .bits);
  change<spi2::Addr>(written.addr, address << 8);
  change<spi2::Ctrl>(written.ctrl, ctrl);
}

constexpr std::uint32_t write_user1 =
    (spi2::User1::reset & ~(spi2::User1::usr_addr_bitlen.mask | spi2::User1::usr_dummy_cyclelen.mask)) |
    spi2::User1::usr_addr_bitlen(23).bits;

[[gnu::always_inline]] inline void empty_fifos(std::uint32_t dma) {
  mmio::write_word<spi2::DmaConf>(spi2::base,
                                  dma | (spi2::DmaConf::rx_afifo_rst(1) | spi2::DmaConf::buf_afifo_rst(1) |
                                         spi2::DmaConf::dma_afifo_rst(1))
                                            .bits);
  mmio::write_word<spi2::DmaConf>(spi2::base, dma);
}

[[gnu::always_inline]] inline bool update() {
  mmio::write(spi2::base, spi2::Cmd::update(1));
  for (std::uint32_t poll = 0; poll < polls; ++poll)
    if (mmio::read(spi2::base, spi2::Cmd::update) == 0) return true;
  return false;
}

[[gnu::always_inline]] inline void start_spi() { mmio::write(spi2::base, spi2::Cmd::usr(1)); }

bool wait_for_spi() {
  for (std::uint32_t poll = 0; poll < 1'000'000; ++poll)
    if (mmio::read(spi2::base, spi2::DmaIntRaw::trans_done_int_raw) != 0) return true;
  return false;
}

// Whole words: the buffers are aligned and long enough.
void fill_fifo(std::span<const std::byte> bytes) {
  const auto* words = reinterpret_cast<const std::uint32_t*>(__builtin_assume_aligned(bytes.data(), 4));
  for (std::uint32_t index = 0; index * 4 < bytes.size(); ++index)
    mmio::write_word<spi2::W>(spi2::base, words[index], index);
}

bool exchange(std::span<std::byte> into, std::span<const std::byte> from) {
  const auto length = static_cast<std::uint32_t>(from.size());
  change<spi2::Ctrl>(written.ctrl, ctrl);
  shape(full_duplex_user, spi2::User1::reset, length);
  empty_fifos(0);
  fill_fifo(from);
  mmio::write_word<spi2::DmaIntClr>(spi2::base, all_spi_events);
  if (!update()) return false;
  start_spi();
  if (!wait_for_spi()) return false;
  for (std::uint32_t index = 0; index * 4 < length; ++index) {
    const std::uint32_t word = mmio::read<spi2::W>(spi2::base, index);
    std::memcpy(into.data() + index * 4, &word, std::min<std::size_t>(4, length - index * 4));
  }
  return true;
}

bool write_behind(std::uint32_t command, std::uint32_t address, std::span<const std::byte> from) {
  shape(write_user, write_user1, static_cast<std::uint32_t>(from.size()));
  header(command, address);
  empty_fifos(0);
  fill_fifo(from);
  mmio::write_word<spi2::DmaIntClr>(spi2::base, all_spi_events);
  if (!update()) return false;
  start_spi();
  return wait_for_spi();
}

// The channel and SPI, whose settings have been made.
[[gnu::always_inline]] inline bool launch(List* in, List& out) {
  using namespace gdma;
  constexpr std::uint32_t in_conf = InConf0::indscr_burst_en(1).bits;
  constexpr std::uint32_t out_conf = (OutConf0::outdscr_burst_en(1) | OutConf0::out_eof_mode(1)).bits;
  mmio::write_word<InConf0>(base, in_conf | InConf0::in_rst(1).bits);
  mmio::write_word<InConf0>(base, in_conf);
  mmio::write_word<OutConf0>(base, out_conf | OutConf0::out_rst(1).bits);
  mmio::write_word<OutConf0>(base, out_conf);
  mmio::write_word<IntClr>(base, all_dma_events);
  empty_fifos(((in != nullptr ? spi2::DmaConf::dma_rx_ena(1).bits : 0) | spi2::DmaConf::dma_tx_ena(1).bits));
  if (in != nullptr) {
    mmio::write(base, InLink::inlink_addr.run_time(address_of(&in->descriptor)) | InLink::inlink_auto_ret(1) |
                          InLink::inlink_start(1));
  }
  mmio::write(base, OutLink::outlink_addr.run_time(address_of(&out.descriptor)) | OutLink::outlink_start(1));
  mmio::write_word<spi2::DmaIntClr>(spi2::base, all_spi_events);
  if (!update()) return false;
  std::uint32_t poll = 0;
  while (mmio::read(base, OutfifoStatus::outfifo_empty) != 0 && mmio::read<IntRaw>(base) == 0 && poll < polls)
    ++poll;
  if (poll == polls) return false;
  const std::uint32_t errors = (in != nullptr ? receive_errors : 0) | transmit_errors;
  if ((mmio::read<IntRaw>(base) & errors) != 0) return false;
  start_spi();
  return true;
}

[[gnu::noinline]] bool start(List& in, std::byte* into, List& out, std::byte* from, std::uint32_t length) {
  if (!describes(in, into, length)) {
    if (!link(in, into, length, Descriptor::receiving(length))) return false;
  } else if (in.descriptor.owner() == Owner::cpu) {
    in.descriptor.word0 = Descriptor::receiving(length);
  }
  if (!describes(out, from, length) && !link(out, from, length, Descriptor::sending(length, true)))
    return false;
  change<spi2::Ctrl>(written.ctrl, ctrl);
  shape(full_duplex_user, spi2::User1::reset, length);
  return launch(&in, out);
}

[[gnu::noinline]] bool start_write_behind(std::uint32_t command, std::uint32_t address, std::byte* from,
                                          std::uint32_t length) {
  if (!describes(tx_list, from, length) && !link(tx_list, from, length, Descriptor::sending(length, true)))
    return false;
  shape(write_user, write_user1, length);
  header(command, address);
  return launch(nullptr, tx_list);
}

std::uint32_t finish(bool started, std::span<std::byte> into) {
  if (!started) return ferry::bench::failed;
  for (std::uint32_t poll = 0; poll < 1'000'000; ++poll)
    if (mmio::read(gdma::base, gdma::IntRaw::in_suc_eof) != 0) return ferry::bench::check(into);
  return ferry::bench::failed;
}

void set_up() {
  using namespace ferry::gpio::detail;
  route_output(0, chip::signal::fspiclk);
  route_output(4, chip::signal::fspid);
  route_input(2, chip::signal::fspiq);
  route_output(5, chip::signal::fspics0);
  {
    using namespace chip::system;
    mmio::modify(base, PeripClkEn0::spi2_clk_en(1));
    mmio::modify(base, PeripRstEn0::spi2_rst(0));
    mmio::modify(base, PeripClkEn1::dma_clk_en(1));
    mmio::modify(base, PeripRstEn1::dma_rst(0));
  }
  constexpr auto number = static_cast<std::uint32_t>(chip::DmaPeripheral::spi2);
  mmio::write(gdma::base, gdma::MiscConf::clk_en(1));
  mmio::write(gdma::base, gdma::InConf1::in_check_owner(1));
  mmio::write(gdma::base, gdma::OutConf1::out_check_owner(1));
  mmio::write(gdma::base, gdma::InPeriSel::peri_in_sel(number));
  mmio::write(gdma::base, gdma::OutPeriSel::peri_out_sel(number));
  const auto frequency = *ferry::spi::Frequency::at_run_time(ferry::Hertz{job.hertz});
  mmio::write(spi2::base,
              spi2::ClkGate::clk_en(1) | spi2::ClkGate::mst_clk_active(1) |
                  spi2::ClkGate::mst_clk_sel.run_time(frequency.source() == ferry::spi::ClockSource::pll80));
  mmio::write_word<spi2::Clock>(spi2::base, frequency.clock_register());
  ctrl = (spi2::Ctrl::wp_pol(1) | spi2::Ctrl::hold_pol(1)).bits;
  misc = (spi2::Misc::cs1_dis(1) | spi2::Misc::cs2_dis(1) | spi2::Misc::cs3_dis(1) | spi2::Misc::cs4_dis(1) |
          spi2::Misc::cs5_dis(1))
             .bits;
}

}  // namespace

int main() {
  FERRY_MARK("boot");
  set_up();
  ferry::bench::fill(tx);

  for (;;) {
    FERRY_MARK("ready");
    const std::uint32_t length = job.length;
    std::uint32_t received = ferry::bench::failed;
    rx.fill(std::byte{0});
    switch (static_cast<Form>(job.form)) {
      case Form::blocking: {
        const auto into = std::span{rx}.first(length);
        const auto from = std::span<const std::byte>{tx}.first(length);
        FERRY_MARK("begin");
        if (exchange(into, from)) received = ferry::bench::check(into);
        break;
      }
      case Form::dma:
      case Form::prepared: {
        FERRY_MARK("begin");
        const bool started = start(rx_list, rx.data(), tx_list, tx.data(), length);
        received = finish(started, std::span{rx}.first(length));
        break;
      }
      case Form::half_duplex: {
        const auto from = std::span<const std::byte>{tx}.first(length);
        FERRY_MARK("begin");
        if (write_behind(0x02, 0x123456, from)) received = length;
        break;
      }
      case Form::half_duplex_dma:
      case Form::half_duplex_prepared: {
        FERRY_MARK("begin");
        if (start_write_behind(0x02, 0x123456, tx.data(), length) && wait_for_spi()) received = length;
        break;
      }
    }
    job.received = received;
  }
}

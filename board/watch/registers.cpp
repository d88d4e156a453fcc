// What the firmware does at the registers of GDMA, SPI2 and SHA: what it asks for, and what it gets to see.
#include "board/bus.hpp"
#include "board/watch/dma_watch.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/interrupt_core0.hpp"
#include "chip/esp32c3/registers/sha.hpp"
#include "chip/esp32c3/registers/spi2.hpp"

#include <utility>

namespace ferry::board::watch {

namespace dma = chip::dma;
namespace spi2 = chip::spi2;
namespace sha = chip::sha;
namespace core = chip::interrupt_core0;

namespace {

constexpr std::uint32_t block = 0x1000;
constexpr std::uint32_t channel_stride = dma::InConf0::stride;
constexpr std::uint32_t first_channel_register = dma::InConf0::offset;

// A narrow access has its bits at the bottom.
std::uint32_t as_word(const RegisterAccess& access) { return access.value << (8 * (access.address % 4)); }

// The bits of its word that a load has got.
std::uint32_t lanes_of(const RegisterAccess& access) {
  const std::uint32_t bits = access.width < 4 ? (1u << (8 * access.width)) - 1 : ~0u;
  return bits << (8 * (access.address % 4));
}

// Whether a load has got a field, all of it, and that is 0.
template <class Field>
bool is_zero(Field field, std::uint32_t value, std::uint32_t lanes) {
  return (lanes & field.mask) == field.mask && field.get(value) == 0;
}

}  // namespace

std::uint32_t DmaWatch::dma_register(std::uint32_t offset) const {
  return board_.bus().probe_load(dma::base + offset).value_or(0);
}
std::uint32_t DmaWatch::spi_register(std::uint32_t offset) const {
  return board_.bus().probe_load(spi2::base + offset).value_or(0);
}

void DmaWatch::register_accessed(const RegisterAccess& access) {
  starting_.reset();
  const std::uint32_t in_dma = access.address - dma::base, in_spi = access.address - spi2::base,
                      in_sha = access.address - sha::base, in_matrix = access.address - core::base;
  if (in_dma < block) {
    const std::uint32_t offset = in_dma & ~3u;
    if (access.write) {
      dma_stored(access, offset, as_word(access));
    } else if (access.closed.empty()) {
      dma_loaded(offset, as_word(access), lanes_of(access));
    }
  } else if (in_spi < block) {
    const std::uint32_t offset = in_spi & ~3u;
    if (access.write) {
      spi_stored(access, offset, as_word(access));
    } else if (access.closed.empty()) {
      spi_loaded(offset, as_word(access), lanes_of(access));
    }
  } else if (in_sha < block && access.closed.empty()) {
    const std::uint32_t offset = in_sha & ~3u;
    if (access.write) {
      sha_stored(offset, as_word(access));
    } else if (offset == sha::Busy::offset && is_zero(sha::Busy::state, as_word(access), lanes_of(access))) {
      see_sha_rest();
      arm();
    }
  } else if (in_matrix < block && access.write) {
    matrix_stored(in_matrix & ~3u, as_word(access));
  }
}

void DmaWatch::dma_loaded(std::uint32_t offset, std::uint32_t value, std::uint32_t lanes) {
  constexpr std::uint32_t statuses = dma::IntRaw::stride * Half::count / 2;
  if (offset < statuses) {
    const std::uint32_t which = offset % dma::IntRaw::stride;
    if (which == dma::IntRaw::offset || which == dma::IntSt::offset)
      ownership_.see_status(offset / dma::IntRaw::stride, value);
    return arm();
  }
  if (offset < first_channel_register) return;
  const unsigned channel = (offset - first_channel_register) / channel_stride;
  if (channel >= Half::count / 2) return;
  switch (offset - channel * channel_stride) {
    case dma::InLink::offset:
      if (dma::InLink::inlink_park.get(value) != 0) ownership_.see_rest({channel, DmaDirection::in});
      break;
    case dma::InState::offset:
      if (is_zero(dma::InState::in_state, value, lanes)) ownership_.see_rest({channel, DmaDirection::in});
      break;
    case dma::OutLink::offset:
      if (dma::OutLink::outlink_park.get(value) != 0) ownership_.see_rest({channel, DmaDirection::out});
      break;
    case dma::OutState::offset:
      if (is_zero(dma::OutState::out_state, value, lanes)) ownership_.see_rest({channel, DmaDirection::out});
      break;
    default:
      return;
  }
  arm();
}

// The device has not seen the store yet.
void DmaWatch::dma_stored(const RegisterAccess& access, std::uint32_t offset, std::uint32_t value) {
  constexpr std::uint32_t statuses = dma::IntRaw::stride * Half::count / 2;
  const bool open = access.closed.empty();
  if (offset < statuses) {
    if (!open || offset % dma::IntRaw::stride != dma::IntClr::offset) return;
    const unsigned channel = offset / dma::IntRaw::stride;
    if ((ownership_.unseen(channel) & value) != 0 && keeps_edge(source_of(channel))) {
      ownership_.keep_for_interrupt(channel, value & dma_register<dma::IntSt>(channel));
      follow_matrix();
    }
    return ownership_.clear_status(channel, value);
  }
  if (offset < first_channel_register) return;
  const unsigned channel = (offset - first_channel_register) / channel_stride;
  if (channel >= Half::count / 2) return;
  const Half in{channel, DmaDirection::in}, out{channel, DmaDirection::out};
  switch (offset - channel * channel_stride) {
    case dma::InLink::offset:
      return link_stored(access, in, dma::InLink::inlink_start.get(value) != 0,
                         dma::InLink::inlink_stop.get(value) != 0,
                         dma::InLink::inlink_restart.get(value) != 0);
    case dma::OutLink::offset:
      return link_stored(access, out, dma::OutLink::outlink_start.get(value) != 0,
                         dma::OutLink::outlink_stop.get(value) != 0,
                         dma::OutLink::outlink_restart.get(value) != 0);
    case dma::InConf0::offset:
      if (!open || access.address % 4 != 0) return;
      if (dma::InConf0::in_rst.get(value) != 0) ownership_.reset(in);
      // It belongs to the pair, and may be changed after one of them has been started.
      for (const Half half : {in, out})
        if (Transfer* const transfer = ownership_.find(half))
          transfer->to_memory = dma::InConf0::mem_trans_en.get(value) != 0;
      break;
    case dma::OutConf0::offset:
      if (open && dma::OutConf0::out_rst.get(value) != 0) ownership_.reset(out);
      break;
    case dma::InPeriSel::offset:
    case dma::OutPeriSel::offset: {
      const bool receives = offset - channel * channel_stride == dma::InPeriSel::offset;
      Transfer* const transfer = ownership_.find(receives ? in : out);
      if (!open || transfer == nullptr || access.address % 4 != 0) return;
      transfer->peripheral = dma::InPeriSel::peri_in_sel.get(value);
      if (transfer->alive()) check_trigger(*transfer, Act::select, here(access.pc));
      return;
    }
    default:
      return;
  }
  arm();
}

void DmaWatch::link_stored(const RegisterAccess& access, Half half, bool start, bool stop, bool restart) {
  if (!access.closed.empty()) {
    if (start || restart) report(Rule::clock_off, nullptr, {.act = Act::start, .origin = here(access.pc)});
    return;
  }
  if (stop) ownership_.stop(half, board_.cpu().now());
  if (start || restart) asked_by_[half.index()] = here(access.pc);
  if (start) {
    starting_ = half;
    Transfer* const before = ownership_.find(half);
    if (before != nullptr && (before->alive() || before->is_left_over()))
      report(Rule::lost_transfer, before, {.act = Act::start, .origin = asked_by_[half.index()]});
  }
  if (restart) go_on_behind_tail(half);
}

void DmaWatch::spi_loaded(std::uint32_t offset, std::uint32_t value, std::uint32_t lanes) {
  switch (offset) {
    case spi2::DmaIntRaw::offset:
    case spi2::DmaIntSt::offset:
      ownership_.see_spi_status(value);
      return arm();
    case spi2::Cmd::offset:
      if (!spi_runs_ && is_zero(spi2::Cmd::usr, value, lanes)) ownership_.see_spi_rest();
      return arm();
    default:
      return;
  }
}

// Its interrupt's bit, which cannot be read, stays 1 until it is cleared; one that was 1 before says nothing.
void DmaWatch::sha_stored(std::uint32_t offset, std::uint32_t value) {
  const bool asks = (offset == sha::DmaStart::offset && sha::DmaStart::dma_start.get(value) != 0) ||
                    (offset == sha::DmaContinue::offset && sha::DmaContinue::dma_continue.get(value) != 0);
  if (asks && sha_rests()) sha_run_ = {.unseen = true, .uncleared = true, .raises = !sha_run_.uncleared};
  if (offset != sha::ClearIrq::offset || sha::ClearIrq::clear_interrupt.get(value) == 0) return;
  const std::uint32_t enabled = board_.bus().probe_load(sha::base + sha::IrqEna::offset).value_or(0);
  const bool raised =
      sha_run_.unseen && sha_run_.raises && sha_rests() && sha::IrqEna::interrupt_ena.get(enabled) != 0;
  if (raised && keeps_edge(chip::InterruptSource::sha)) {
    sha_run_.kept = true;
    follow_matrix();
  }
  sha_run_.uncleared = !sha_rests();
  sha_run_.raises = true;
}

bool DmaWatch::sha_rests() const {
  return sha::Busy::state.get(board_.bus().probe_load(sha::base + sha::Busy::offset).value_or(0)) == 0;
}

void DmaWatch::see_sha_rest() {
  if (std::exchange(sha_run_.unseen, false)) ownership_.see_sha_rest();
}

unsigned DmaWatch::line_of(chip::InterruptSource source) const {
  const std::uint32_t map = core::base + 4 * static_cast<std::uint32_t>(source);
  return board_.bus().probe_load(map).value_or(0) % chip::interrupt_line_count;
}

// The interrupt matrix keeps the edge of a source until its line is taken, whatever the source does
// meanwhile.
bool DmaWatch::keeps_edge(chip::InterruptSource source) const {
  const auto load = [&](std::uint32_t offset) {
    return board_.bus().probe_load(core::base + offset).value_or(0);
  };
  const std::uint32_t lines =
      load(core::CpuIntType::offset) & load(core::CpuIntEnable::offset) & ~load(core::CpuIntClear::offset);
  return (lines >> line_of(source) & 1) != 0;
}

// Before there is an edge to lose, it says nothing. Most programs have none.
void DmaWatch::follow_matrix() {
  board_.observers().add(*this, topics | Observers::only(Topic::matrix_stores));
}

// An edge that was kept may be cleared before it is taken, or forgotten by a line that goes by level, or be
// that of a line that a source is no longer led to. What the next interrupt says is something else then.
void DmaWatch::matrix_stored(std::uint32_t offset, std::uint32_t value) {
  std::uint32_t lines = 0;
  if (offset == core::CpuIntClear::offset) lines = value;
  if (offset == core::CpuIntType::offset) lines = ~value;
  const auto loses_edge = [&](chip::InterruptSource source) {
    const unsigned line = line_of(source);
    const bool led_away =
        offset == 4 * static_cast<std::uint32_t>(source) && value % chip::interrupt_line_count != line;
    return led_away || (lines >> line & 1) != 0;
  };
  if (lines == 0 && offset >= 4 * chip::interrupt_source_count) return;
  for (unsigned channel = 0; channel < Half::count / 2; ++channel)
    if (loses_edge(source_of(channel))) ownership_.forget_kept(channel);
  if (loses_edge(chip::InterruptSource::spi2)) ownership_.forget_spi_kept();
  if (loses_edge(chip::InterruptSource::sha)) sha_run_.kept = false;
}

bool DmaWatch::is_slave() const { return spi2::Slave::mode.get(spi_register(spi2::Slave::offset)) != 0; }

// As a slave in full duplex is in the phase for data, which begins with the selection: no command says before
// which way they go.
bool DmaWatch::is_selected_both_ways() const {
  return is_slave() && spi2::User::doutdin.get(spi_register(spi2::User::offset)) != 0;
}

// SPI2 has a gate of its own behind that of SYSTEM. A slave has its clock from the master.
bool DmaWatch::spi_is_clocked(std::uint32_t clk_gate) const {
  return spi2::ClkGate::clk_en.get(clk_gate) != 0 &&
         (is_slave() || spi2::ClkGate::mst_clk_active.get(clk_gate) != 0);
}

// Of transfers that SPI2 is to do, or does.
void DmaWatch::check_spi_clock(const Touch& touch) {
  for (const DmaDirection direction : {DmaDirection::in, DmaDirection::out}) {
    const auto half = ownership_.half_of_spi(direction);
    Transfer* const transfer = half ? ownership_.find(*half) : nullptr;
    if (transfer != nullptr && transfer->alive()) report(Rule::clock_off, transfer, touch);
  }
}

void DmaWatch::spi_stored(const RegisterAccess& access, std::uint32_t offset, std::uint32_t value) {
  const std::uint32_t clk_gate = spi_register(spi2::ClkGate::offset);
  const bool starts = offset == spi2::Cmd::offset && spi2::Cmd::usr.get(value) != 0;
  if (starts && (!access.closed.empty() || !spi_is_clocked(clk_gate)))
    check_spi_clock({.act = Act::spi_start, .origin = here(access.pc)});
  if (!access.closed.empty()) return;
  const bool whole = access.address % 4 == 0;
  if (offset == spi2::ClkGate::offset && whole && spi_is_clocked(clk_gate) && !spi_is_clocked(value))
    check_spi_clock({.act = Act::gate, .origin = here(access.pc)});
  if (offset == spi2::DmaIntClr::offset) {
    if (keeps_edge(chip::InterruptSource::spi2)) {
      ownership_.keep_spi_for_interrupt(value & spi_register(spi2::DmaIntSt::offset));
      follow_matrix();
    }
    ownership_.clear_spi_status(value);
  }
  if (offset != spi2::Cmd::offset || spi2::Cmd::usr.get(value) == 0 || spi_runs_) return;
  ask_for_frame();
  bool list_started = false;
  for (unsigned channel = 0; channel < Half::count / 2; ++channel) {
    const Transfer* const transfer = ownership_.find({channel, DmaDirection::out});
    if (transfer != nullptr && transfer->is_of_spi() && !transfer->ended) list_started = true;
  }
  spi_start_ = SpiStart{.origin = here(access.pc), .list_started = list_started};
}

// USR takes effect a few cycles later, as its peripheral takes its first byte later still; of a slave, which
// it arms, whenever the master likes. A configuration comes out of the list that is sent.
void DmaWatch::ask_for_frame() {
  const std::uint32_t user = spi_register(spi2::User::offset), enabled = spi_register(spi2::DmaConf::offset);
  const bool configures = spi2::Slave::usr_conf.get(spi_register(spi2::Slave::offset)) != 0;
  const bool receives = is_slave() || spi2::User::usr_miso.get(user) != 0,
             sends = is_slave() || configures || spi2::User::usr_mosi.get(user) != 0;
  if (receives && spi2::DmaConf::dma_rx_ena.get(enabled) != 0) begin_frame_of_spi(DmaDirection::in);
  if (sends && spi2::DmaConf::dma_tx_ena.get(enabled) != 0) begin_frame_of_spi(DmaDirection::out);
  arm();
}

}  // namespace ferry::board::watch

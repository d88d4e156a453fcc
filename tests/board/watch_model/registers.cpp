// What the program does at the registers of GDMA and SPI2.
#include "board/cpu/cpu.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/interrupt_core0.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "tests/board/watch_model/watch_model.hpp"

namespace ferry::board::watch::random {

namespace {

template <class Register>
bool is(std::uint32_t place, unsigned channel) {
  return place == Register::offset + channel * Register::stride;
}

}  // namespace

void WatchModel::register_accessed(const RegisterAccess& access) {
  starting_.reset();
  const std::uint32_t dma = access.address - chip::dma::base, spi = access.address - chip::spi2::base;
  const bool open = access.closed.empty();
  if (dma < 0x1000) {
    if (access.write) {
      dma_stored(dma, access.value, access.pc, open);
    } else if (open) {
      dma_loaded(dma, access.value);
    }
  } else if (spi < 0x1000) {
    const bool starts =
        access.write && spi == chip::spi2::Cmd::offset && chip::spi2::Cmd::usr.get(access.value) != 0;
    if (starts && !(open && spi_has_clock(spi_register<chip::spi2::ClkGate>()))) spi_lacks_clock(access.pc);
    if (!open) return;
    if (access.write) {
      spi_stored(spi, access.value, access.pc);
    } else {
      spi_loaded(spi, access.value);
    }
  } else if (access.write && access.value != 0 &&
             access.address == chip::interrupt_core0::base + chip::interrupt_core0::CpuIntClear::offset) {
    proofs_.forget_kept();  // whoever clears one edge clears all of them
    spi_.forget_kept();
  }
}

void WatchModel::dma_loaded(std::uint32_t place, std::uint32_t value) {
  using namespace chip::dma;
  for (unsigned channel = 0; channel < halves / 2; ++channel) {
    if (is<IntRaw>(place, channel) || is<IntSt>(place, channel)) proofs_.see(channel, value);
    const bool in_rests = (is<InLink>(place, channel) && InLink::inlink_park.get(value) != 0) ||
                          (is<InState>(place, channel) && InState::in_state.get(value) == 0);
    const bool out_rests = (is<OutLink>(place, channel) && OutLink::outlink_park.get(value) != 0) ||
                           (is<OutState>(place, channel) && OutState::out_state.get(value) == 0);
    if (in_rests) see_rest(2 * channel);
    if (out_rests) see_rest(2 * channel + 1);
  }
}

void WatchModel::see_rest(unsigned half) {
  if (transfers_[half] && transfers_[half]->stopped) end(half);
}

void WatchModel::dma_stored(std::uint32_t place, std::uint32_t value, std::uint32_t pc, bool open) {
  using namespace chip::dma;
  for (unsigned channel = 0; channel < halves / 2; ++channel) {
    const unsigned in = 2 * channel, out = in + 1;
    if (is<InLink>(place, channel))
      link(in, InLink::inlink_start.get(value) != 0, InLink::inlink_stop.get(value) != 0,
           InLink::inlink_restart.get(value) != 0, pc, open);
    if (is<OutLink>(place, channel))
      link(out, OutLink::outlink_start.get(value) != 0, OutLink::outlink_stop.get(value) != 0,
           OutLink::outlink_restart.get(value) != 0, pc, open);
    if (!open) continue;
    if (is<IntClr>(place, channel)) {
      if (takes_edges()) proofs_.keep(channel, value & dma_register<IntSt>(channel));
      proofs_.forget(channel, value);
    }
    if (is<InConf0>(place, channel))
      for (const unsigned half : {in, out})
        if (transfers_[half]) transfers_[half]->to_memory = InConf0::mem_trans_en.get(value) != 0;
    if (is<InConf0>(place, channel) && InConf0::in_rst.get(value) != 0) end(in);
    if (is<OutConf0>(place, channel) && OutConf0::out_rst.get(value) != 0) end(out);
    if (is<InPeriSel>(place, channel)) select(in, value, pc);
    if (is<OutPeriSel>(place, channel)) select(out, value, pc);
  }
}

void WatchModel::link(unsigned half, bool starts, bool stops, bool restarts, std::uint32_t pc, bool open) {
  if (!open) {
    if (starts || restarts) rules_.find(Rule::clock_off, std::nullopt, pc);
    return;
  }
  const bool alive = transfers_[half] && transfers_.is_alive(*transfers_[half]);
  if (stops && alive) transfers_[half]->stopped = true;
  if (stops && !alive && transfers_[half]) transfers_[half]->between_frames = false;
  if (starts || restarts) asked_[half] = {board_.cpu().now(), pc};
  if (starts) starting_ = half;
  if (starts && alive) rules_.find(Rule::lost_transfer, half, pc);
  if (restarts) restart(half);
}

void WatchModel::select(unsigned half, std::uint32_t peripheral, std::uint32_t pc) {
  if (!transfers_[half]) return;
  transfers_[half]->peripheral = peripheral;
  if (transfers_.is_alive(*transfers_[half])) rules_.check_trigger(half, pc);
}

void WatchModel::spi_loaded(std::uint32_t place, std::uint32_t value) {
  using namespace chip::spi2;
  if (place == DmaIntRaw::offset || place == DmaIntSt::offset) spi_.see(value);
  if (place == Cmd::offset && Cmd::usr.get(value) == 0) spi_.see_rest();
}

void WatchModel::spi_stored(std::uint32_t place, std::uint32_t value, std::uint32_t pc) {
  using namespace chip::spi2;
  if (place == DmaIntClr::offset) {
    if (takes_edges()) spi_.keep(value & spi_register<DmaIntSt>());
    spi_.clear(value);
  }
  if (place == Cmd::offset && Cmd::usr.get(value) != 0) {
    spi_.start(pc);
    const bool receives = User::usr_miso.get(spi_register<User>()) != 0 &&
                          DmaConf::dma_rx_ena.get(spi_register<DmaConf>()) != 0;
    if (receives && Slave::mode.get(spi_register<Slave>()) == 0 && !spi_.runs()) begin_frame_of_spi();
  }
  if (place == ClkGate::offset && spi_has_clock(spi_register<ClkGate>()) && !spi_has_clock(value))
    spi_lacks_clock(pc);
}

// An interrupt that was raised comes even when what has raised it is cleared before.
bool WatchModel::takes_edges() const {
  using namespace chip::interrupt_core0;
  return board_.bus().probe_load(base + CpuIntType::offset).value_or(0) != 0;
}

// A slave's clock comes from outside; what it is with has its own all the same.
bool WatchModel::spi_has_clock(std::uint32_t clk_gate) const {
  using namespace chip::spi2;
  const bool master = Slave::mode.get(spi_register<Slave>()) == 0;
  return ClkGate::clk_en.get(clk_gate) != 0 && !(master && ClkGate::mst_clk_active.get(clk_gate) == 0);
}

void WatchModel::spi_lacks_clock(std::uint32_t pc) {
  for (const unsigned half : spi_.waiting()) rules_.find(Rule::clock_off, half, pc);
}

}  // namespace ferry::board::watch::random

// What the program does at the registers of GDMA, SPI2 and SHA.
#include "board/cpu/cpu.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/interrupt_core0.hpp"
#include "chip/esp32c3/registers/sha.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "tests/board/watch_model/watch_model.hpp"

namespace ferry::board::watch::random {

namespace {

template <class Register>
bool is(std::uint32_t place, unsigned channel) {
  return place == Register::offset + channel * Register::stride;
}

// Which bits of its word an access has, and what they are.
std::uint32_t bits_of(const RegisterAccess& access) {
  return static_cast<std::uint32_t>((std::uint64_t{1} << (8 * access.width)) - 1)
         << (8 * (access.address % 4));
}
std::uint32_t in_its_word(const RegisterAccess& access) { return access.value << (8 * (access.address % 4)); }

template <class Field>
bool is_known_0(Field field, std::uint32_t value, std::uint32_t got) {
  return (got & field.mask) == field.mask && field.get(value) == 0;
}

}  // namespace

void WatchModel::register_accessed(const RegisterAccess& access) {
  starting_.reset();
  constexpr std::uint32_t block = 0x1000;
  const std::uint32_t address = access.address & ~3u;
  if (address - chip::dma::base < block) dma_accessed(access, address - chip::dma::base);
  if (address - chip::spi2::base < block) spi_accessed(access, address - chip::spi2::base);
  if (address - chip::sha::base < block && access.closed.empty())
    sha_accessed(access, address - chip::sha::base);
  // Whoever clears one edge clears all of them.
  using chip::interrupt_core0::CpuIntClear;
  if (access.write && access.value != 0 && address == chip::interrupt_core0::base + CpuIntClear::offset)
    forget_kept();
}

void WatchModel::forget_kept() {
  proofs_.forget_kept();
  spi_.forget_kept();
  sha_.forget_kept();
}

void WatchModel::dma_accessed(const RegisterAccess& access, std::uint32_t place) {
  const bool open = access.closed.empty();
  if (access.write) {
    dma_stored(place, access.value, access.pc, open);
  } else if (open) {
    dma_loaded(place, in_its_word(access), bits_of(access));
  }
}

void WatchModel::spi_accessed(const RegisterAccess& access, std::uint32_t place) {
  using namespace chip::spi2;
  const bool open = access.closed.empty();
  const bool starts = access.write && place == Cmd::offset && Cmd::usr.get(access.value) != 0;
  if (starts && !(open && spi_has_clock(spi_register<ClkGate>()))) spi_lacks_clock(access.pc);
  if (!open) return;
  if (access.write) {
    spi_stored(place, access.value, access.pc);
  } else {
    spi_loaded(place, in_its_word(access), bits_of(access));
  }
}

void WatchModel::sha_accessed(const RegisterAccess& access, std::uint32_t place) {
  using namespace chip::sha;
  const bool asks = place == DmaStart::offset || place == DmaContinue::offset;
  if (!access.write && place == Busy::offset && is_known_0(Busy::state, in_its_word(access), bits_of(access)))
    sha_.see_rest();
  if (access.write && asks && (access.value & 1) != 0) sha_.ask(sha_rests());
  if (access.write && place == ClearIrq::offset && (access.value & 1) != 0)
    sha_.clear(sha_rests(), takes_edges() && sha_may_interrupt());
}

bool WatchModel::sha_rests() const {
  using namespace chip::sha;
  return Busy::state.get(board_.bus().probe_load(base + Busy::offset).value_or(0)) == 0;
}
bool WatchModel::sha_may_interrupt() const {
  using namespace chip::sha;
  return IrqEna::interrupt_ena.get(board_.bus().probe_load(base + IrqEna::offset).value_or(0)) != 0;
}

// A load of a part of a register has the bits of that part.
void WatchModel::dma_loaded(std::uint32_t place, std::uint32_t value, std::uint32_t got) {
  using namespace chip::dma;
  for (unsigned channel = 0; channel < halves / 2; ++channel) {
    if (is<IntRaw>(place, channel) || is<IntSt>(place, channel)) proofs_.see(channel, value);
    const bool in_rests = (is<InLink>(place, channel) && InLink::inlink_park.get(value) != 0) ||
                          (is<InState>(place, channel) && is_known_0(InState::in_state, value, got));
    const bool out_rests = (is<OutLink>(place, channel) && OutLink::outlink_park.get(value) != 0) ||
                           (is<OutState>(place, channel) && is_known_0(OutState::out_state, value, got));
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
  const bool left_over = transfers_[half] && transfers_[half]->is_left_over(half);
  if (starts && (alive || left_over)) rules_.find(Rule::lost_transfer, half, pc);
  if (restarts) restart(half);
}

void WatchModel::select(unsigned half, std::uint32_t peripheral, std::uint32_t pc) {
  if (!transfers_[half]) return;
  transfers_[half]->peripheral = peripheral;
  if (transfers_.is_alive(*transfers_[half])) rules_.check_trigger(half, pc);
}

void WatchModel::spi_loaded(std::uint32_t place, std::uint32_t value, std::uint32_t got) {
  using namespace chip::spi2;
  if (place == DmaIntRaw::offset || place == DmaIntSt::offset) spi_.see(value);
  if (place == Cmd::offset && is_known_0(Cmd::usr, value, got)) spi_.see_rest();
}

void WatchModel::spi_stored(std::uint32_t place, std::uint32_t value, std::uint32_t pc) {
  using namespace chip::spi2;
  if (place == DmaIntClr::offset) {
    if (takes_edges()) spi_.keep(value & spi_register<DmaIntSt>());
    spi_.clear(value);
  }
  if (place == Cmd::offset && Cmd::usr.get(value) != 0) {
    spi_.start(pc);
    const std::uint32_t user = spi_register<User>(), enabled = spi_register<DmaConf>();
    const bool slave = Slave::mode.get(spi_register<Slave>()) != 0;
    const bool configures = Slave::usr_conf.get(spi_register<Slave>()) != 0;
    const bool takes = (slave || User::usr_miso.get(user) != 0) && DmaConf::dma_rx_ena.get(enabled) != 0;
    const bool sends =
        (slave || configures || User::usr_mosi.get(user) != 0) && DmaConf::dma_tx_ena.get(enabled) != 0;
    if (takes && !spi_.runs()) begin_frame_of_spi();
    if (sends && !spi_.runs()) begin_sending();
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

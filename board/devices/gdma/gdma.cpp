#include "board/devices/gdma/gdma.hpp"

#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/dma_table.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace ferry::board {

namespace dma = chip::dma;

namespace {

// Peripherals that a selector can name: SPI2, UHCI0, I2S0, AES, SHA, ADC. Memory-to-memory needs one of them
// too, although nothing is exchanged with it.
constexpr std::uint32_t peripherals = 0x1CD;

constexpr bool is_peripheral(std::uint32_t selector) {
  return selector < 32 && (peripherals >> selector & 1) != 0;
}

}  // namespace

Gdma::Gdma(Timeline& timeline, Clocks& clocks, Memory& memory, InterruptSink& interrupts,
           Observers& observers)
    : Device("DMA"),
      timeline_(timeline),
      clocks_(clocks),
      memory_(memory),
      interrupts_(interrupts),
      observers_(observers),
      registers_(dma::registers),
      pairs_{Pair(*this, 0), Pair(*this, 1), Pair(*this, 2)},
      step_(timeline, [this] { step(); }) {
  for (std::uint32_t number = 0; number < port_count; ++number) ports_[number].connect(*this, number);
}

void Gdma::reset() {
  step_.cancel();
  bus_busy_ = false;
  served_ = nullptr;
  last_served_ = 2 * pairs - 1;
  registers_.reset();
  for (auto& pair : pairs_) {
    pair.in.clear();
    pair.in.clear_latches();
    pair.out.clear();
    pair.out.clear_latches();
  }
  for (unsigned channel = 0; channel < pairs; ++channel) update_line(channel);
}

void Gdma::archive_state(StateArchive& archive) {
  bool serving = served_ != nullptr;
  archive(registers_, pairs_, line_, said_, gate_, step_, stepping_, bus_busy_, serving, transaction_,
          last_served_);
  archive.derived(served_);
  if (archive.restores()) served_ = serving ? &half(last_served_) : nullptr;
}

// Without a clock nothing moves; an access that was in progress is made again from its beginning.
void Gdma::gate_changed(const Gate& gate) {
  gate_ = gate;
  if (gate_.open()) {
    wake();
  } else {
    step_.cancel();
    bus_busy_ = false;
    served_ = nullptr;
  }
}

DmaPort& Gdma::port(chip::DmaPeripheral peripheral) {
  return ports_[static_cast<std::uint32_t>(peripheral) % port_count];
}

void Gdma::notice_once(Notice notice, std::string_view line) {
  const auto index = static_cast<std::size_t>(notice);
  if (said_[index]) return;
  said_.set(index);
  observers_.tell(&Observer::notice, line);
}

void Gdma::raise(unsigned channel, std::uint32_t bits) {
  const std::uint32_t risen = bits & ~registers_.word<dma::IntRaw>(channel);
  registers_.word<dma::IntRaw>(channel) |= bits;
  if (risen != 0 && observers_.any(Topic::dma)) observers_.tell(&Observer::dma_raised, channel, risen);
  update_line(channel);
}

void Gdma::update_line(unsigned channel) {
  const bool level = (registers_.word<dma::IntRaw>(channel) & registers_.word<dma::IntEna>(channel)) != 0;
  if (level == line_[channel]) return;
  line_[channel] = level;
  const auto first = static_cast<unsigned>(chip::InterruptSource::dma_channel0);
  interrupts_.set_source(static_cast<chip::InterruptSource>(first + channel), level);
}

void Gdma::write_word(std::uint32_t address, std::uint32_t word) {
  std::array<std::byte, 4> bytes{};
  for (unsigned index = 0; index < 4; ++index) bytes[index] = static_cast<std::byte>(word >> (8 * index));
  memory_.write(address, bytes);
}

// ---- Peripherals ----

std::optional<std::uint8_t> Gdma::Port::pop() {
  gdma::OutChannel* channel = gdma_->out_of(number_);
  return channel != nullptr ? channel->pop() : std::nullopt;
}

bool Gdma::Port::push(std::uint8_t byte) {
  gdma::InChannel* channel = gdma_->in_of(number_);
  return channel != nullptr && channel->push(byte);
}

void Gdma::Port::end_of_frame() {
  if (gdma::InChannel* channel = gdma_->in_of(number_)) channel->end_of_frame();
}

unsigned Gdma::Port::available() const {
  const gdma::OutChannel* channel = gdma_->out_of(number_);
  return channel != nullptr ? channel->fifo().level() : 0;
}

void Gdma::data_arrived(unsigned channel) {
  const std::uint32_t peripheral = registers_.get(dma::OutPeriSel::peri_out_sel, channel);
  DmaListener* const listener = ports_[peripheral].listener();
  if (listener != nullptr && out_of(peripheral) == &pairs_[channel].out) listener->dma_data_arrived();
}

void Gdma::frame_stored(unsigned channel) {
  const std::uint32_t peripheral = registers_.get(dma::InPeriSel::peri_in_sel, channel);
  DmaListener* const listener = ports_[peripheral].listener();
  if (listener != nullptr && in_of(peripheral) == &pairs_[channel].in) listener->dma_frame_stored();
}

gdma::InChannel* Gdma::in_of(std::uint32_t peripheral) {
  if (!gate_.open() || !is_peripheral(peripheral)) return nullptr;
  for (unsigned channel = 0; channel < pairs; ++channel)
    if (registers_.get(dma::InPeriSel::peri_in_sel, channel) == peripheral && !memory_to_memory(channel) &&
        registers_.get(dma::InConf0::in_rst, channel) == 0)
      return &pairs_[channel].in;
  return nullptr;
}

gdma::OutChannel* Gdma::out_of(std::uint32_t peripheral) {
  if (!gate_.open() || !is_peripheral(peripheral)) return nullptr;
  for (unsigned channel = 0; channel < pairs; ++channel)
    if (registers_.get(dma::OutPeriSel::peri_out_sel, channel) == peripheral && !memory_to_memory(channel) &&
        registers_.get(dma::OutConf0::out_rst, channel) == 0)
      return &pairs_[channel].out;
  return nullptr;
}

// ---- Memory to memory ----

bool Gdma::memory_to_memory(unsigned channel) const {
  return registers_.get(dma::InConf0::mem_trans_en, channel) != 0;
}

bool Gdma::memory_can_move() const {
  for (unsigned channel = 0; channel < pairs; ++channel)
    if (memory_to_memory(channel) && !pairs_[channel].out.fifo().empty() &&
        !pairs_[channel].in.fifo().full() &&
        is_peripheral(registers_.get(dma::InPeriSel::peri_in_sel, channel)) &&
        is_peripheral(registers_.get(dma::OutPeriSel::peri_out_sel, channel)))
      return true;
  return false;
}

// What the TX half of a pair has read goes to the RX half of the same pair; suc_eof of a TX descriptor is the
// end of the frame there. Both selectors must name a peripheral, or the channel is not connected at all.
void Gdma::move_memory_to_memory() {
  for (unsigned channel = 0; channel < pairs; ++channel) {
    if (!memory_to_memory(channel)) continue;
    auto& [in, out] = pairs_[channel];
    if (out.fifo().empty()) continue;
    if (!is_peripheral(registers_.get(dma::InPeriSel::peri_in_sel, channel)) ||
        !is_peripheral(registers_.get(dma::OutPeriSel::peri_out_sel, channel))) {
      notice_once(
          Notice::memory_without_peripheral,
          "DMA: channel " + std::to_string(channel) +
              ": memory-to-memory needs a valid peripheral number in IN_PERI_SEL and OUT_PERI_SEL; nothing " +
              "moves");
      continue;
    }
    while (!out.fifo().empty() && !in.fifo().full()) {
      const auto taken = out.take();
      in.push(taken.byte);
      if (taken.ends_frame) in.end_of_frame();
    }
  }
}

// ---- The bus ----

gdma::ChannelHalf& Gdma::half(unsigned index) {
  Pair& pair = pairs_[index / 2];
  if (index % 2 == 0) return pair.in;
  return pair.out;
}

void Gdma::abandon(const gdma::ChannelHalf& half) {
  if (served_ == &half) served_ = nullptr;
}

void Gdma::wake() {
  if (stepping_ || bus_busy_ || !gate_.open()) return;
  if (registers_.get(dma::MiscConf::ahbm_rst_inter) != 0) return step_.cancel();
  Time earliest = memory_can_move() ? timeline_.now() : never;
  for (unsigned index = 0; index < 2 * pairs; ++index) {
    const gdma::Request request = half(index).request();
    if (request.what != gdma::Transaction::none)
      earliest = std::min(earliest, std::max(request.ready, timeline_.now()));
  }
  if (earliest == never) return step_.cancel();
  if (!step_.pending() || step_.due() != earliest) step_.at(earliest);
}

void Gdma::step() {
  stepping_ = true;
  unsigned beat = 0;
  if (bus_busy_) {
    bus_busy_ = false;
    if (gdma::ChannelHalf* half = std::exchange(served_, nullptr)) {
      half->finish(transaction_);
      beat = half->next_beat();
      if (beat != 0) served_ = half;
    }
  }
  move_memory_to_memory();
  if (beat != 0) {
    bus_busy_ = true;
    step_.at(after_cycles(beat));
  } else {
    grant();
  }
  stepping_ = false;
  if (!bus_busy_) wake();
}

// The larger PRI first, equal ones in turn; ARB_PRI_DIS leaves only the turn.
void Gdma::grant() {
  const bool by_priority = registers_.get(dma::MiscConf::arb_pri_dis) == 0;
  unsigned chosen = 2 * pairs, best = 0;
  gdma::Transaction what = gdma::Transaction::none;
  for (unsigned turn = 1; turn <= 2 * pairs; ++turn) {
    const unsigned index = (last_served_ + turn) % (2 * pairs);
    const gdma::Request request = half(index).request();
    if (request.what == gdma::Transaction::none || request.ready > timeline_.now()) continue;
    const unsigned priority = by_priority ? half(index).priority() : 0;
    if (chosen != 2 * pairs && priority <= best) continue;
    chosen = index, best = priority, what = request.what;
  }
  if (chosen == 2 * pairs) return;
  last_served_ = chosen;
  served_ = &half(chosen);
  transaction_ = what;
  bus_busy_ = true;
  step_.at(after_cycles(served_->begin(what)));
}

void Gdma::Pair::archive_state(StateArchive& archive) { archive(in, out); }

}  // namespace ferry::board

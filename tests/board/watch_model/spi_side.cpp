#include "tests/board/watch_model/spi_side.hpp"

#include "chip/esp32c3/registers/spi2.hpp"

#include <utility>

namespace ferry::board::watch::random {

bool SpiSide::has(unsigned half) const { return transfers_.is_of_spi(half); }

std::optional<unsigned> SpiSide::half(unsigned first) const {
  for (unsigned half = first; half < halves; half += 2)
    if (has(half)) return half;
  return std::nullopt;
}

void SpiSide::start(std::uint32_t pc) {
  if (runs_) return;
  start_ = Start{.pc = pc, .list_started = false};
  for (unsigned half = 1; half < halves; half += 2)
    if (has(half) && !transfers_[half]->ended) start_->list_started = true;
}

std::optional<std::uint32_t> SpiSide::begin(bool sends, bool receives, bool found_nothing) {
  const bool first = !std::exchange(runs_, true);
  // What any of its segments does.
  sends_ = sends || (!first && sends_);
  receives_ = receives || (!first && receives_);
  transfers_.set_one_way(!sends_ || !receives_);
  const bool early = first && start_ && sends && (!start_->list_started || found_nothing);
  return early ? std::optional(start_->pc) : std::nullopt;
}

std::optional<unsigned> SpiSide::take_up() {
  const auto sender = half(1);
  taken_up_ = sender ? std::optional(transfers_[*sender]->started) : std::nullopt;
  return sender;
}

void SpiSide::leave() {
  const auto sender = half(1);
  if (!sends_ || !sender || transfers_[*sender]->started != taken_up_) return;
  if (!transfers_[*sender]->ended) transfers_[*sender]->between_frames = true;
}

void SpiSide::serve(bool sends, bool receives) {
  if (runs_) return;
  sends_ = sends;
  receives_ = receives;
}

std::vector<unsigned> SpiSide::waiting() const {
  std::vector<unsigned> waiting;
  for (const unsigned direction : {0u, 1u})
    if (const auto mine = half(direction); mine && transfers_.is_alive(*transfers_[*mine]))
      waiting.push_back(*mine);
  return waiting;
}

void SpiSide::raise(std::uint32_t bits) {
  using Raw = chip::spi2::DmaIntRaw;
  for (const std::uint32_t end : {Raw::trans_done_int_raw.mask, Raw::dma_seg_trans_done_int_raw.mask})
    if ((bits & end) != 0) done_[end] = fact();
}

void SpiSide::see(std::uint32_t bits) {
  for (const auto& [bit, fact] : done_)
    if ((bits & bit) != 0) see(fact);
}

void SpiSide::clear(std::uint32_t bits) {
  std::erase_if(done_, [&](const auto& each) { return (bits & each.first) != 0; });
}

void SpiSide::keep(std::uint32_t bits) {
  for (const auto& [bit, fact] : done_)
    if ((bits & bit) != 0) kept_[bit] = fact;
}

void SpiSide::see_kept() {
  for (const auto& [bit, fact] : std::exchange(kept_, {})) see(fact);
}

void SpiSide::rest() {
  rests_ = fact();
  runs_ = false;
}

SpiSide::SpiFact SpiSide::fact() {
  transfers_.set_one_way(!sends_ || !receives_);
  SpiFact fact;
  if (const auto receiver = half(0); receiver && receives_) {
    fact.receiver = transfers_[*receiver]->started;
    fact.round = transfers_[*receiver]->round;
  }
  if (const auto sender = half(1); sender && sends_) {
    fact.sender = transfers_[*sender]->started;
    fact.sent = proofs_.fact_of(*sender);
  }
  return fact;
}

// Of two sides it is one's word: bytes may be on their way to memory still.
void SpiSide::see(const SpiFact& fact) {
  const auto receiver = since(fact.receiver, 0), sender = since(fact.sender, 1);
  const bool same_frame = receiver && transfers_[*receiver]->round == fact.round;
  const bool waits = receiver && transfers_.is_alive(*transfers_[*receiver]) &&
                     !(same_frame && transfers_[*receiver]->end_is_known);
  if (waits && same_frame) transfers_[*receiver]->spi_is_known = true;
  if (!sender) return;
  if (!waits) return proofs_.learn(fact.sent);
  if (!transfers_.is_alive(*transfers_[*sender])) return;
  transfers_[*sender]->spi_is_known = true;
  transfers_[*sender]->sent = fact.sent;
  proofs_.finish_sender(*sender);
}

std::optional<unsigned> SpiSide::since(std::optional<Time> started, unsigned first) const {
  for (unsigned half = first; half < halves && started; half += 2)
    if (transfers_[half] && transfers_[half]->started == *started) return half;
  return std::nullopt;
}

}  // namespace ferry::board::watch::random

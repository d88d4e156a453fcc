#include "board/devices/sha/sha.hpp"

#include "chip/esp32c3/registers/sha.hpp"
#include "chip/esp32c3/registers/sha_table.hpp"

namespace ferry::board {

namespace reg = chip::sha;

Sha::Sha(Timeline& timeline, DmaPort& dma, InterruptSink& interrupts, Observers& observers)
    : RegisterDevice("SHA", reg::registers, observers),
      dma_(dma),
      interrupts_(interrupts),
      block_(timeline, [this] { block_done(); }) {
  dma_.listen(*this);
  reset();
}

void Sha::reset() {
  registers_.reset();
  block_.cancel();
  state_.fill(0);
  message_.fill(0);
  blocks_left_ = arrived_ = 0;
  interrupt_ = false;
  update_interrupts();
}

void Sha::archive_state(StateArchive& archive) {
  archive_registers(archive);
  archive(state_, message_, blocks_left_, arrived_, interrupt_, block_);
}

// False: nothing can begin now.
bool Sha::begin(bool anew) {
  if (busy()) {
    notices_.once("SHA: it was started while it was busy; the chip's answer is not documented");
    return false;
  }
  const std::uint32_t mode = registers_.get(reg::Mode::mode);
  if (mode > static_cast<std::uint32_t>(sha::Algorithm::sha256)) {
    notices_.once("SHA: MODE is 0 for SHA-1, 1 for SHA-224, 2 for SHA-256, and nothing else");
    return false;
  }
  if (anew) state_ = sha::initial_state(static_cast<sha::Algorithm>(mode));
  return true;
}

void Sha::start_block(bool anew) {
  if (begin(anew)) block_.after(block_time);
}

void Sha::start_dma(bool anew) {
  if (!begin(anew)) return;
  blocks_left_ = registers_.get(reg::DmaBlockNum::dma_block_num);
  arrived_ = 0;
  take_from_dma();
}

void Sha::dma_data_arrived() { take_from_dma(); }

void Sha::take_from_dma() {
  if (block_.pending() || blocks_left_ == 0) return;
  while (arrived_ < block_size) {
    const auto byte = dma_.pop();
    if (!byte) return;
    std::uint32_t& word = message_[arrived_ / 4];
    const unsigned shift = 24 - 8 * (arrived_ % 4);
    word = (word & ~(0xFFu << shift)) | std::uint32_t{*byte} << shift;
    ++arrived_;
  }
  arrived_ = 0;
  block_.after(block_time);
}

void Sha::block_done() {
  state_ = sha::compress(static_cast<sha::Algorithm>(registers_.get(reg::Mode::mode)), state_, message_);
  if (blocks_left_ == 0) return;
  if (--blocks_left_ != 0) return take_from_dma();
  interrupt_ = true;
  update_interrupts();
}

void Sha::update_interrupts() {
  interrupts_.set_source(chip::InterruptSource::sha,
                         interrupt_ && registers_.get(reg::IrqEna::interrupt_ena) != 0);
}

}  // namespace ferry::board

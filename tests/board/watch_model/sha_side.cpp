#include "tests/board/watch_model/sha_side.hpp"

#include "chip/esp32c3/signals.hpp"

#include <utility>

namespace ferry::board::watch::random {

void ShaSide::look(bool rests) {
  if (!rests || !std::exchange(works_, false)) return;
  raised_ = true;
}

void ShaSide::ask(bool rests) {
  look(rests);
  if (!rests) return;
  asked_ = works_ = true;
  was_raised_ = raised_;
  kept_ = false;
}

void ShaSide::begin_list(bool rests) {
  if (rests) asked_ = false;
}

void ShaSide::clear(bool rests, bool comes_all_the_same) {
  look(rests);
  if (raised_ && asked_ && !was_raised_ && comes_all_the_same) kept_ = true;
  raised_ = was_raised_ = false;
}

void ShaSide::see_rest() {
  if (!std::exchange(asked_, false)) return;
  if (const auto half = sender()) proofs_.learn(proofs_.fact_of(*half));
}

void ShaSide::see_interrupt(bool rests) {
  look(rests);
  if (rests && !was_raised_) see_rest();
}

void ShaSide::see_kept() {
  if (std::exchange(kept_, false)) see_rest();
}

std::optional<unsigned> ShaSide::sender() const {
  for (unsigned half = 1; half < halves; half += 2)
    if (transfers_.is_of(half, chip::DmaPeripheral::sha)) return half;
  return std::nullopt;
}

}  // namespace ferry::board::watch::random

// SHA's word on what it was sent: the end of a request is the end of that.
#pragma once

#include "tests/board/watch_model/proofs.hpp"

#include <optional>

namespace ferry::board::watch::random {

// Whether SHA works on something is the caller's to say, each time: `rests`.
class ShaSide {
 public:
  ShaSide(Transfers& transfers, Proofs& proofs) : transfers_(transfers), proofs_(proofs) {}

  // DMA_START or DMA_CONTINUE.
  void ask(bool rests);
  // A list for it is started: of that it has not said anything yet.
  void begin_list(bool rests);
  // Its interrupt's bit is about to be cleared, which comes all the same.
  void clear(bool rests, bool comes_all_the_same);
  void reset() { asked_ = works_ = raised_ = was_raised_ = kept_ = false; }

  void see_rest();                 // BUSY is 0
  void see_interrupt(bool rests);  // which it raises now
  void see_kept();
  void forget_kept() { kept_ = false; }

 private:
  void look(bool rests);
  std::optional<unsigned> sender() const;

  Transfers& transfers_;
  Proofs& proofs_;
  bool asked_ = false;       // for something whose end nobody has seen
  bool works_ = false;       // on it, as far as was looked
  bool raised_ = false;      // its interrupt's bit is 1
  bool was_raised_ = false;  // already when it was asked, so that it says nothing of what it was asked for
  bool kept_ = false;
};

}  // namespace ferry::board::watch::random

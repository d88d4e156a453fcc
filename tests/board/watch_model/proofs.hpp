// What the program gets to see, and which transfers that proves to be done with.
#pragma once

#include "tests/board/watch_model/transfers.hpp"

#include <cstdint>
#include <map>
#include <utility>

namespace ferry::board::watch::random {

class Proofs {
 public:
  explicit Proofs(Transfers& transfers) : transfers_(transfers) {}

  // What the engine has closed by now of a half; its end, if it is there.
  Fact fact_of(unsigned half) const;
  // Of a holding that the engine has closed with a frame's end.
  void note_frame_end(unsigned half, Number number);

  // Status bits: they say what was so when they rose, until they are cleared. `eof_descriptor` is
  // OUT_EOF_DES_ADDR.
  void raise(unsigned channel, std::uint32_t bits, std::uint32_t eof_descriptor);
  void see(unsigned channel, std::uint32_t bits);
  void forget(unsigned channel, std::uint32_t bits);
  // They are about to be cleared, and their interrupt comes all the same.
  void keep(unsigned channel, std::uint32_t bits);
  void see_kept(unsigned channel);
  void forget_kept() { kept_.clear(); }  // it does not come after all
  void forget_earlier(unsigned half);    // what is set of another transfer
  void forget_all() { facts_.clear(); }

  // The program reads bytes, or stores to them: owner bits are among them, maybe.
  void read_owners(std::uint32_t first, std::uint32_t end);
  void forget_owners(std::uint32_t first, std::uint32_t end);

  void learn(const Fact& fact);
  // RESTART has taken STOP back: what was seen in between counts.
  void learn_what_stop_kept(unsigned half);
  // What is sent is done with when SPI says so, and what is received meanwhile is.
  void finish_sender(unsigned half);

 private:
  Fact fact_of(unsigned channel, std::uint32_t bit, std::uint32_t eof_descriptor);
  Fact fact_of_frame_end(unsigned half) const;
  End end_of(unsigned half) const { return {half, transfers_[half]->started, transfers_[half]->round}; }
  void learn(unsigned half, const Fact& fact);
  void learn_source(unsigned half);
  void tell_pair(unsigned half);

  Transfers& transfers_;
  std::map<std::pair<unsigned, unsigned>, Fact> facts_, kept_;  // of channel and bit
};

}  // namespace ferry::board::watch::random

// SPI2's word on the transfers that it has: the end of what only sends.
#pragma once

#include "tests/board/watch_model/proofs.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace ferry::board::watch::random {

class SpiSide {
 public:
  SpiSide(Transfers& transfers, Proofs& proofs) : transfers_(transfers), proofs_(proofs) {}

  // A transfer of this half is SPI2's.
  bool has(unsigned half) const;
  // CMD.USR is being set at this place.
  void start(std::uint32_t pc);
  // A transfer as a slave has no beginning: it is with what is enabled.
  void serve(bool sends, bool receives);
  // Who would have to wait while it has no clock.
  std::vector<unsigned> waiting() const;
  // Where it was set, if that was before there was anything to send.
  std::optional<std::uint32_t> begin(bool sends, bool receives, bool found_nothing);
  // Bits of DMA_INT_RAW, each of which says so for itself.
  void raise(std::uint32_t bits);
  void rest();
  void reset() { rests_ = {}; }
  // What it sends from here on comes from the list that is there now, which is returned.
  std::optional<unsigned> take_up();
  // Of that list it takes no more.
  void leave();

  void see(std::uint32_t bits);
  void see_rest() { see(rests_); }  // CMD.USR is 0
  void clear(std::uint32_t bits);
  void keep(std::uint32_t bits);  // for an interrupt
  void see_kept();
  void forget_kept() { kept_.clear(); }

  // The first channel that is SPI2's.
  std::optional<unsigned> half(unsigned first) const;
  bool runs() const { return runs_; }

 private:
  // What it had to do with, by when that was started.
  struct SpiFact {
    std::optional<Time> receiver, sender;
    unsigned round = 0;  // of the former
    Fact sent;
  };
  struct Start {
    std::uint32_t pc = 0;
    bool list_started = false;
  };
  SpiFact fact();
  void see(const SpiFact& fact);
  std::optional<unsigned> since(std::optional<Time> started, unsigned first) const;

  Transfers& transfers_;
  Proofs& proofs_;
  std::map<std::uint32_t, SpiFact> done_, kept_;  // by bit
  SpiFact rests_;
  std::optional<Start> start_;
  std::optional<Time> taken_up_;
  bool runs_ = false, sends_ = false, receives_ = false;
};

}  // namespace ferry::board::watch::random

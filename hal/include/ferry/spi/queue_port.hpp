// SPI2 with a queue of buffers: how it goes from one to the next.
//
// For spi::QueueOf, which owns the buffers.
#pragma once

#include "ferry/dma/plan.hpp"
#include "ferry/dma/queue_lists.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/spi/dma_port.hpp"
#include "ferry/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace ferry::spi::detail {

class QueuePort {
 public:
  QueuePort(DmaPort* port, bool receives, bool sends);

  /// Puts a buffer in at the start, before any is on its way. What is wrong with one ends the queue.
  void add(const dma::detail::Plan* rx, const dma::detail::Plan* tx);
  /// Goes from a piece that is over to the next one.
  void keep_going();
  void listen();
  /// Whether the oldest buffer is done with, or never will be.
  bool front_is_done();
  /// Whether all are.
  bool is_done();
  /// Puts a buffer in behind the others when the oldest is done with, which is the caller's then. On success
  /// tells how many bytes that one received. Otherwise nothing has changed.
  dma::Outcome exchange(const dma::detail::Plan* rx, const dma::detail::Plan* tx, std::uint32_t length,
                        Deadline deadline);

  /// The end, as that of a transfer.
  dma::Outcome finish(Deadline deadline);
  dma::Outcome cancel() { return end_early(dma::Error::cancelled); }
  /// What each of the buffers received, the oldest first. To be asked behind the end.
  std::uint32_t arrived(std::size_t index) const { return lists_.arrived(index); }

 private:
  dma::detail::Engine& engine() const { return port_->engine(); }
  bool rests();
  bool piece_is_over();
  bool piece_has_ended();
  void start_piece();
  void start_lists();
  void ask_for_attention(bool asks) const;
  dma::Error cause(dma::Error found) const;
  dma::Outcome end_early(dma::Error why);
  dma::Outcome conclude();
  void let_go();
  std::uint32_t received() const;
  std::uint32_t sent() const;

  DmaPort* port_;
  dma::detail::QueueLists lists_;
  std::optional<dma::Error> error_;
  std::size_t done_ = 0;       // of the entries, from the oldest on
  std::uint32_t clocked_ = 0;  // bytes of the entry behind them, in pieces that are over
  std::uint32_t piece_ = 0;    // bytes that SPI is at
  Deadline piece_end_ = Deadline::never();
  bool receives_, sends_;
  bool started_ = false;  // the channel has its lists
  bool listens_ = false;
};

}  // namespace ferry::spi::detail

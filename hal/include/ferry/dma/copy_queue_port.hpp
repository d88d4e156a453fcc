// A channel that copies, with a queue of pairs of buffers: how it goes from one to the next.
//
// For dma::CopyQueueOf, which owns the buffers.
#pragma once

#include "ferry/dma/copy_port.hpp"
#include "ferry/dma/plan.hpp"
#include "ferry/dma/queue_lists.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace ferry::dma::detail {

class CopyQueuePort {
 public:
  explicit CopyQueuePort(CopyPort* port);

  /// Puts a pair in at the start, before anything is on its way. What is wrong with one ends the queue.
  void add(const Plan& to, const Plan& from);
  void start();
  /// Whether the oldest pair is done with, or never will be.
  bool front_is_done();
  /// Whether all are.
  bool is_done();
  /// Puts a pair in behind the others when the oldest is done with, which is the caller's then. On success
  /// tells how many bytes that one received. Otherwise nothing has changed.
  Outcome exchange(const Plan& to, const Plan& from, std::uint32_t length, Deadline deadline);

  /// The end, as that of a copy.
  Outcome finish(Deadline deadline);
  Outcome cancel() { return end_early(Error::cancelled); }
  /// What each of the pairs received, the oldest first. To be asked behind the end.
  std::uint32_t arrived(std::size_t index) const { return lists_.arrived(index); }

 private:
  Engine& engine() const { return port_->engine(); }
  void look();
  bool is_lost();
  bool was_stopped() const;
  std::uint32_t left() const;
  Outcome end_early(Error why);
  Outcome conclude();

  CopyPort* port_;
  QueueLists lists_;
  std::optional<Error> error_;
  std::size_t done_ = 0;  // of the entries, from the oldest on
  bool started_ = false;  // the channel has its lists
  std::uint32_t polls_to_look_ = polls_per_look;
};

}  // namespace ferry::dma::detail

// The state of a whole board at one moment, kept to be put back.
#pragma once

#include "board/image/image.hpp"
#include "board/timeline.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace ferry::board {

// What Board::at() was asked for. Snapshots keep it alive.
struct Action {
  Action(Timeline& timeline, const void* with, std::function<void()> what)
      : board(with), event(timeline, [this, what = std::move(what)] {
          what();
          done = true;
        }) {}

  const void* board;  // null when it is gone
  bool done = false;
  Event event;
};

// Made by Board::snapshot(). To be copied and handed to other threads at will.
class Snapshot {
 public:
  // The simulated time it was taken at.
  Time now() const { return now_; }
  // How much memory it takes.
  std::size_t size() const { return state_.size(); }

 private:
  friend class Board;
  Time now_ = 0;
  std::vector<std::byte> state_;
  std::shared_ptr<const Image> image_;  // what a reset loads again
  std::vector<std::shared_ptr<Action>> actions_;
};

}  // namespace ferry::board

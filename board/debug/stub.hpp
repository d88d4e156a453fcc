// The target's end of GDB's remote protocol, on whatever carries its bytes.
//
// The board runs only inside run_until(), and only while running(): simulated time stands still otherwise.
#pragma once

#include "board/board.hpp"
#include "board/debug/control.hpp"
#include "board/debug/packet.hpp"
#include "board/debug/target.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ferry::board::debug {

class Stub {
 public:
  using Send = std::function<void(std::string_view bytes)>;

  // With nobody connected the board runs.
  Stub(Board& board, Send send);

  // A debugger is there, which finds the board stopped.
  void connect();
  // It is gone: the board goes on, without breakpoints.
  void disconnect();
  // Bytes from the debugger, all that came.
  void receive(std::string_view bytes);

  bool running() const { return running_; }
  bool connected() const { return connected_; }  // false, too, when the debugger has detached
  bool killed() const { return killed_; }

  // Lets the board run. What concerns the debugger is told there, and the answer is `reached_time` though the
  // time has not come; what ends the run is returned.
  Board::Stop run_until(Time time);
  // For callbacks of the board: stops it for the debugger, who is told why; see Control. With nobody there,
  // the run ends as one that was requested.
  void draw_attention(std::string text, bool under_way) {
    control_.draw_attention(std::move(text), under_way);
  }
  // The run is over.
  void finish(int exit_status);

 private:
  struct Range {
    std::uint32_t start = 0, end = 0;
  };

  void reply(std::string_view payload);
  void handle(std::string_view packet);
  std::string answer(std::string_view packet);
  std::string query(std::string_view packet);
  std::string transfer(std::string_view request);
  std::string registers();
  std::string set_registers(std::string_view digits);
  std::string read_one(std::string_view digits);
  std::string write_one(std::string_view text);
  std::string read_memory(std::string_view range);
  std::string write_memory(std::string_view text, bool binary);
  std::string change_point(std::string_view text, bool add);
  std::string monitor_command(std::string_view digits);
  void detach();
  void kill();

  // True when the packet lets the board go on: its answer is the stop that follows.
  bool resume(std::string_view packet);
  bool resume_verbosely(std::string_view actions);
  void go_on(bool step, Range range);
  void stop(std::string reason);
  void stop_unasked();
  Board::Stop report(const Stop& stop);
  void say(std::string_view text);

  Control control_;
  Target target_;
  Send send_;
  PacketReader reader_;
  std::string last_sent_;
  std::string stop_reply_;
  bool connected_ = false, running_ = true, killed_ = false;
  bool acknowledges_ = true;
  bool stepping_ = false;
  Range range_;
};

}  // namespace ferry::board::debug

// A debugger on a TCP connection from this computer, one at a time.
#pragma once

#include "board/board.hpp"
#include "board/debug/stub.hpp"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace ferry::board::debug {

class Server {
 public:
  // Listens on 127.0.0.1; port 0 lets the system choose one. The error is one line without a full stop.
  static std::expected<std::unique_ptr<Server>, std::string> listen(Board& board, std::uint16_t port);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const { return port_; }
  // Waits for the first debugger. False when a signal came instead.
  bool wait_for_debugger();
  // As Board::run_until. Answers the debugger, and waits for it while it has the board stopped; returns
  // without that time has passed when it did something, or when a signal came.
  Board::Stop run_until(Time time);
  // See Stub.
  void draw_attention(std::string text, bool under_way) { stub_.draw_attention(std::move(text), under_way); }
  // The debugger has ended the run.
  bool killed() const { return stub_.killed(); }
  void finish(int exit_status);

 private:
  Server(Board& board, int listener, std::uint16_t port);

  bool wait(int descriptor);
  void accept_debugger();
  void read_bytes();
  void send_bytes(std::string_view bytes);
  void close_connection();

  Stub stub_;
  int listener_;
  int connection_ = -1;
  std::uint16_t port_;
};

}  // namespace ferry::board::debug

#include "board/debug/server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace ferry::board::debug {

namespace {

// How long a debugger may leave its end unread before it counts as gone.
constexpr int patience_milliseconds = 5000;
// A signal may come between a look at its flag and the wait; then this is how long it goes unnoticed.
constexpr int signal_look_milliseconds = 200;

std::unexpected<std::string> failure(std::uint16_t port, int listener) {
  const std::string reason = std::generic_category().message(errno);
  if (listener >= 0) ::close(listener);
  return std::unexpected("port " + std::to_string(port) + ": " + reason);
}

bool to_be_tried_again(int error) { return error == EAGAIN || error == EINTR; }

}  // namespace

std::expected<std::unique_ptr<Server>, std::string> Server::listen(Board& board, std::uint16_t port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener < 0) return failure(port, listener);
  const int yes = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  socklen_t length = sizeof address;
  auto* const general = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener, general, length) != 0 || ::listen(listener, 1) != 0 ||
      ::getsockname(listener, general, &length) != 0)
    return failure(port, listener);
  return std::unique_ptr<Server>(new Server(board, listener, ntohs(address.sin_port)));
}

Server::Server(Board& board, int listener, std::uint16_t port)
    : stub_(board, [this](std::string_view bytes) { send_bytes(bytes); }), listener_(listener), port_(port) {}

Server::~Server() {
  close_connection();
  ::close(listener_);
}

bool Server::wait(int descriptor) {
  pollfd ready{descriptor, POLLIN, 0};
  return ::poll(&ready, 1, signal_look_milliseconds) > 0;
}

bool Server::wait_for_debugger() {
  if (wait(listener_)) accept_debugger();
  return connection_ >= 0;
}

void Server::accept_debugger() {
  connection_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (connection_ < 0) return;
  // Packets are small and each waits for the answer to the one before.
  const int yes = 1;
  ::setsockopt(connection_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  stub_.connect();
}

void Server::close_connection() {
  if (connection_ >= 0) ::close(connection_);
  connection_ = -1;
}

void Server::read_bytes() {
  std::array<char, longest_packet> bytes;
  const ssize_t count = ::recv(connection_, bytes.data(), bytes.size(), 0);
  if (count > 0) {
    stub_.receive(std::string_view(bytes.data(), static_cast<std::size_t>(count)));
  } else if (count == 0 || !to_be_tried_again(errno)) {
    stub_.disconnect();
  }
  if (!stub_.connected()) close_connection();
}

// What cannot be sent is dropped, and the end of the connection is found when reading from it.
void Server::send_bytes(std::string_view bytes) {
  while (!bytes.empty() && connection_ >= 0) {
    const ssize_t count = ::send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    const bool again = count < 0 && to_be_tried_again(errno);
    pollfd ready{connection_, POLLOUT, 0};
    if (again && ::poll(&ready, 1, patience_milliseconds) != 0) continue;
    ::shutdown(connection_, SHUT_RDWR);
    return;
  }
}

Board::Stop Server::run_until(Time time) {
  if (connection_ < 0) {
    accept_debugger();
  } else if (stub_.running() || wait(connection_)) {
    read_bytes();
  }
  if (killed()) return Board::Stop::requested;
  return stub_.running() ? stub_.run_until(time) : Board::Stop::reached_time;
}

void Server::finish(int exit_status) {
  stub_.finish(exit_status);
  close_connection();
}

}  // namespace ferry::board::debug

#include "tests/app/ferry_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>

namespace ferry::tests {

namespace {

struct Pipe {
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  }
  void close(std::size_t end) {
    if (ends[end] >= 0) ::close(ends[end]);
    ends[end] = -1;
  }
  ~Pipe() {
    close(0);
    close(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  std::array<int, 2> ends{-1, -1};
};

[[noreturn]] void become_ferry(const std::vector<std::string>& arguments, const Streams& streams,
                               const Pipe& output, const Pipe& errors) {
  ::signal(SIGPIPE, SIG_DFL);
  ::dup2(errors.ends[1], STDERR_FILENO);
  switch (streams.output) {
    case Streams::To::collected:
    case Streams::To::reader_gone:
      ::dup2(output.ends[1], STDOUT_FILENO);
      break;
    case Streams::To::full_device:
      ::dup2(::open("/dev/full", O_WRONLY), STDOUT_FILENO);
      break;
    case Streams::To::closed:
      ::close(STDOUT_FILENO);
      break;
  }
  std::vector<char*> words{const_cast<char*>("ferry")};
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  ::execv(FERRY_PROGRAM, words.data());
  ::_exit(127);
}

// Takes what is there; false at the end.
bool read_some(int descriptor, std::string& text) {
  std::array<char, 4096> chunk;
  const ssize_t count = ::read(descriptor, chunk.data(), chunk.size());
  if (count > 0) text.append(chunk.data(), static_cast<std::size_t>(count));
  return count > 0;
}

}  // namespace

Finished run_ferry(const std::vector<std::string>& arguments, const Streams& streams,
                   const std::string& interrupt_at) {
  Pipe output, errors;
  if (streams.output == Streams::To::reader_gone) output.close(0);
  const pid_t child = ::fork();
  if (child == 0) become_ferry(arguments, streams, output, errors);
  output.close(1);
  errors.close(1);

  Finished finished;
  bool interrupted = interrupt_at.empty();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (output.ends[0] >= 0 || errors.ends[0] >= 0) {
    std::array<pollfd, 2> ready{pollfd{output.ends[0], POLLIN, 0}, pollfd{errors.ends[0], POLLIN, 0}};
    ::poll(ready.data(), ready.size(), 1000);
    if (ready[0].revents != 0 && !read_some(output.ends[0], finished.output)) output.close(0);
    if (ready[1].revents != 0 && !read_some(errors.ends[0], finished.errors)) errors.close(0);
    if (!interrupted && finished.output.find(interrupt_at) != std::string::npos) {
      ::kill(child, SIGINT);
      interrupted = true;
    }
    if (std::chrono::steady_clock::now() > deadline) ::kill(child, SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status)) finished.exit_status = WEXITSTATUS(status);
  return finished;
}

}  // namespace ferry::tests

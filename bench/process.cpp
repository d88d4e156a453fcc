#include "bench/process.hpp"

#include "bench/guest.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace ferry::bench {

namespace {

[[noreturn]] void become(const std::vector<std::string>& words, int output) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execv(arguments[0], arguments.data());
  _exit(127);
}

std::string read_all(int file) {
  std::string text;
  std::array<char, 4096> some{};
  for (ssize_t count = 0; (count = read(file, some.data(), some.size())) > 0;)
    text.append(some.data(), static_cast<std::size_t>(count));
  return text;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

Finished run_program(const std::vector<std::string>& words) {
  std::array<int, 2> pipe{};  // its ends to read from and to write to
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw Failure("cannot make a pipe");
  const pid_t child = fork();
  if (child < 0) throw Failure("cannot start a process");
  if (child == 0) become(words, pipe[1]);
  close(pipe[1]);
  Finished finished{.seconds = 0, .output = read_all(pipe[0])};
  close(pipe[0]);
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw Failure(words[0] + " failed: " + finished.output);
  finished.seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  return finished;
}

}  // namespace ferry::bench

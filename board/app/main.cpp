// ferry: runs ESP32-C3 firmware on a virtual board. README.md beside this file describes the command line.
#include "board/app/exit_status.hpp"
#include "board/app/options.hpp"
#include "board/app/run.hpp"
#include "board/record/output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace {

// A program started with a standard stream closed would give its number to the first file it opens, and write
// text into a file that is none of its business. Opened for reading, it makes writing fail as it should.
void occupy_closed_standard_streams() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) < 0 && errno == EBADF) (void)!::open("/dev/null", O_RDONLY);
  }
}

// A text that did not arrive is a failure, and nobody is there to hear of it when the reader has gone.
int print(const ferry::app::Answer& answer) {
  using namespace ferry::app;
  ferry::board::Output output(answer.exit_status == exit_status::done ? STDOUT_FILENO : STDERR_FILENO);
  output.write(answer.text);
  output.flush();
  if (output.error() == EPIPE) return exit_status::reader_gone;
  if (output.error() == 0 || answer.exit_status != exit_status::done) return answer.exit_status;
  ferry::board::Output(STDERR_FILENO).write("ferry: standard output: " + output.error_text() + '\n');
  return exit_status::bad_input;
}

}  // namespace

int main(int argc, char** argv) {
  occupy_closed_standard_streams();
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is an error of write()
  const auto command = ferry::app::read_command_line(argc, argv);
  if (const auto* answer = std::get_if<ferry::app::Answer>(&command)) return print(*answer);
  return ferry::app::run(std::get<ferry::app::RunOptions>(command));
}

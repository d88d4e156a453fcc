// The options about the debugger. What GDB makes of it is tested in tests/debug.
#include "tests/app/ferry_process.hpp"
#include "tests/app/temporary_folder.hpp"
#include "tests/app/tiny_firmware.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <string>

namespace ferry::tests {
namespace {

using testing::HasSubstr;

class Debugger : public testing::Test {
 protected:
  std::string firmware(TinyFirmware& assembled) { return folder.write("tiny.elf", assembled.elf().build()); }

  TemporaryFolder folder;
  TinyFirmware program;
};

// A port of this computer that is taken.
class TakenPort {
 public:
  TakenPort() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const general = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(socket_, general, length), 0);
    EXPECT_EQ(::listen(socket_, 1), 0);
    EXPECT_EQ(::getsockname(socket_, general, &length), 0);
    number_ = ntohs(address.sin_port);
  }
  ~TakenPort() { ::close(socket_); }
  TakenPort(const TakenPort&) = delete;
  TakenPort& operator=(const TakenPort&) = delete;

  int number() const { return number_; }

 private:
  int socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int number_ = 0;
};

TEST_F(Debugger, WithoutOneATrapEndsTheRunWithItsCauseAndPlace) {
  const Finished ferry = run_ferry({"run", "--break-on-trap", "--timeout", "1s",
                                    firmware(program.print("hi\n").drain().illegal_instruction())});
  EXPECT_EQ(ferry.exit_status, 1);
  EXPECT_EQ(ferry.output, "hi\n");
  EXPECT_THAT(ferry.errors, HasSubstr("the firmware traps: illegal instruction at 0x4038"));
}

TEST_F(Debugger, AProgramThatDoesNotTrapIsNotStopped) {
  const Finished ferry = run_ferry({"run", "--break-on-trap", firmware(program.exit(0))});
  EXPECT_EQ(ferry.exit_status, 0);
}

TEST_F(Debugger, WhatIsNoPortIsRefused) {
  const std::string file = firmware(program.exit(0));
  for (const std::string word : {"", "65536", "-1", "x", "12x", "99999999999999999999"}) {
    const Finished ferry = run_ferry({"run", "--gdb=" + word, file});
    EXPECT_EQ(ferry.exit_status, 2) << word;
    EXPECT_EQ(std::ranges::count(ferry.errors, '\n'), 1) << ferry.errors;
  }
}

TEST_F(Debugger, APortInUseIsRefused) {
  const TakenPort port;
  const Finished ferry =
      run_ferry({"run", "--gdb=" + std::to_string(port.number()), firmware(program.exit(0))});
  EXPECT_EQ(ferry.exit_status, 2);
  EXPECT_THAT(ferry.errors, HasSubstr("port " + std::to_string(port.number())));
  EXPECT_EQ(std::ranges::count(ferry.errors, '\n'), 1) << ferry.errors;
}

}  // namespace
}  // namespace ferry::tests

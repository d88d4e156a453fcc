// The two machines that execute a program: the board's processor, and QEMU's `virt`.
#pragma once

#include "tests/cpu/program.hpp"

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

namespace ferry::cpu_test {

struct Outcome {
  std::vector<std::uint8_t> scratch;  // as the program left it
  std::vector<std::uint32_t> log;     // 32 words for each executed block
  std::uint64_t instructions = 0;     // only the board counts them
};

// Errors say what went wrong with the machine, not with the program.
std::expected<Outcome, std::string> run_on_board(Program program);
// `folder` receives the program and what QEMU writes; it must exist.
std::expected<Outcome, std::string> run_on_qemu(Program program, const std::string& qemu,
                                                const std::filesystem::path& folder);

}  // namespace ferry::cpu_test

// Programs of random RV32IMC instructions that do the same wherever they are loaded.
//
// A program is cut into blocks; after each it stores its registers to a log. Registers that hold addresses
// are kept out of the log and out of the random instructions, and whatever else depends on an address (auipc,
// return addresses) is made relative at once. So two machines with different memory maps must write the same
// log.
#pragma once

#include <cstdint>
#include <vector>

namespace ferry::cpu_test {

// What a program finds at its parameters' place: where things are on the machine it runs on.
struct Parameters {
  std::uint32_t log;       // where to store registers
  std::uint32_t log_step;  // how far the log moves from block to block: 0 when a device takes it
  std::uint32_t scratch;   // the middle of memory for loads and stores
  std::uint32_t end;       // where to jump when all is done
};

struct Block {
  std::uint32_t begin, end;  // offsets into the code
};

struct Program {
  std::vector<std::uint16_t> code;  // halfwords; starts at offset 0, position-independent, aligned to 256
  std::vector<Block> blocks;
  std::vector<std::uint8_t> scratch;  // initial content of [scratch - size / 2, scratch + size / 2)
  std::uint32_t rounds;               // how often the blocks are executed

  void set_parameters(const Parameters& parameters);
  // Registers in a log entry: value of x[n] at byte 4·n of 128. Others are left out.
  static bool is_logged(unsigned number);
};

// Loads and stores reach this much on either side of the scratch pointer, and not quite as far.
inline constexpr std::uint32_t scratch_reach = 4096;
inline constexpr std::uint32_t log_entry_size = 128;

// About `code_bytes` of code. The same seed makes the same program on every computer.
Program generate(std::uint64_t seed, std::uint32_t code_bytes, std::uint32_t rounds);

}  // namespace ferry::cpu_test

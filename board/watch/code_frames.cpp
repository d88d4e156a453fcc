#include "board/watch/code_frames.hpp"

#include "board/cpu/abi_registers.hpp"
#include "board/cpu/decode.hpp"
#include "board/image/byte_order.hpp"

#include <cstddef>
#include <optional>
#include <set>

namespace ferry::board::watch {

namespace {

constexpr unsigned deepest = 24, longest_way = 4096;  // callers, instructions

Instruction instruction_at(const Memory& memory, std::uint32_t pc) {
  return decode(memory.instruction_word(pc).value_or(0));
}

bool is_behind_call(const Memory& memory, std::uint32_t address) {
  for (const std::uint32_t length : {4u, 2u}) {
    const Instruction instruction = instruction_at(memory, address - length);
    if (is_jump(instruction.operation) && instruction.destination == return_address_register &&
        instruction.length == length)
      return true;
  }
  return false;
}

struct WayOut {
  std::int32_t frame = 0;                    // its size
  std::optional<std::int32_t> return_place;  // from the stack pointer on; none: it is in its register
};

// A way through the code of the function that `pc` is in, and of what it goes on to instead of returning, up
// to where that returns. Loads of the stack pointer lead elsewhere: what lies behind them is reached
// otherwise.
std::optional<WayOut> way_out(const Memory& memory, std::uint32_t pc) {
  WayOut way;
  std::set<std::int32_t> saved;  // places where the return address is put on this way
  std::set<std::uint32_t> targets;
  for (unsigned step = 0; step < longest_way; ++step) {
    const Instruction instruction = instruction_at(memory, pc);
    const bool by_stack = instruction.source1 == stack_pointer_register;
    const bool goes_away = is_jump(instruction.operation) && instruction.destination == 0;
    const auto place = static_cast<std::int32_t>(static_cast<std::uint32_t>(way.frame) +
                                                 static_cast<std::uint32_t>(instruction.immediate));
    if (instruction.operation == Operation::illegal || instruction.operation == Operation::mret)
      return std::nullopt;
    const bool returns =
        instruction.operation == Operation::jalr && instruction.source1 == return_address_register;
    if (goes_away && (returns || way.frame > 0)) return way.frame < 0 ? std::nullopt : std::optional(way);
    if (goes_away && instruction.operation == Operation::jal) {
      const std::uint32_t target = pc + static_cast<std::uint32_t>(instruction.immediate);
      if (targets.insert(target).second) {
        pc = target;
        continue;
      }
    }
    if (instruction.operation == Operation::sw && by_stack && instruction.source2 == return_address_register)
      saved.insert(place);
    const bool loads = is_load(instruction.operation);
    if (loads && by_stack && instruction.destination == return_address_register)
      way.return_place = saved.contains(place) ? std::nullopt : std::optional(place);
    const bool writes = !loads && !is_store(instruction.operation) && !is_branch(instruction.operation);
    if (writes && instruction.destination == stack_pointer_register) {
      if (instruction.operation != Operation::addi || !by_stack) return std::nullopt;
      way.frame = place;
    }
    pc += instruction.length;
  }
  return std::nullopt;
}

}  // namespace

std::uint32_t frames_end_by_code(const Memory& memory, std::uint32_t pc, std::uint32_t return_address,
                                 std::uint32_t stack_pointer) {
  std::uint32_t end = stack_pointer;
  std::optional<std::uint32_t> in_register = return_address;
  for (unsigned depth = 0; depth < deepest; ++depth) {
    const auto way = way_out(memory, pc);
    if (!way) break;
    std::optional<std::uint32_t> back = in_register;
    if (way->return_place) {
      const std::byte* const place = memory.readable(end + static_cast<std::uint32_t>(*way->return_place), 4);
      back = place != nullptr ? std::optional(word_at({place, 4}, 0)) : std::nullopt;
    }
    if (!back || !is_behind_call(memory, *back)) break;
    in_register.reset();
    end += static_cast<std::uint32_t>(way->frame);
    pc = *back;
  }
  return end;
}

}  // namespace ferry::board::watch

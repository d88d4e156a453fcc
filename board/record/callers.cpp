#include "board/record/callers.hpp"

#include "board/cpu/abi_registers.hpp"
#include "board/image/byte_order.hpp"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <unordered_map>
#include <utility>

namespace ferry::board {

namespace {

constexpr std::size_t deepest = 24;

using Registers = std::array<std::uint32_t, 32>;

// As much of the stack as was kept.
struct Stack {
  std::uint32_t start;
  std::span<const std::byte> bytes;
  const std::function<bool(std::uint32_t)>& is_code;

  std::optional<std::uint32_t> word(std::uint32_t address) const {
    const std::uint32_t place = address - start;
    if (place >= bytes.size() || bytes.size() - place < 4) return std::nullopt;
    return word_at(bytes, place);
  }
};

// The operations that compilers describe frames with, and no others.
class Evaluation {
 public:
  Evaluation(const Registers& registers, std::optional<std::uint32_t> frame_address)
      : registers_(registers), frame_address_(frame_address) {}

  std::optional<std::uint32_t> value(std::span<const Dwarf_Op> operations) {
    for (const Dwarf_Op& operation : operations)
      if (!apply(operation)) return std::nullopt;
    return value_;
  }
  bool is_value() const { return is_value_; }  // and not the place where the value lies

 private:
  bool apply(const Dwarf_Op& operation) {
    const auto number = static_cast<std::uint32_t>(operation.number);
    if (operation.atom >= DW_OP_breg0 && operation.atom <= DW_OP_breg31) {
      value_ = registers_[operation.atom - DW_OP_breg0] + number;
      return true;
    }
    switch (operation.atom) {
      case DW_OP_bregx:
        if (number >= registers_.size()) return false;
        value_ = registers_[number] + static_cast<std::uint32_t>(operation.number2);
        return true;
      case DW_OP_call_frame_cfa:
        value_ = frame_address_;
        return value_.has_value();
      case DW_OP_plus_uconst:
        if (!value_) return false;
        *value_ += number;
        return true;
      case DW_OP_stack_value:
        is_value_ = true;
        return true;
      default:
        return false;
    }
  }

  const Registers& registers_;
  std::optional<std::uint32_t> frame_address_, value_;
  bool is_value_ = false;
};

}  // namespace

// A file's descriptions of frames, open.
struct Callers::Frames {
  explicit Frames(const std::filesystem::path& path)
      : descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor >= 0) dwarf = dwarf_begin(descriptor, DWARF_C_READ);
    if (dwarf == nullptr) return;
    for (Dwarf_CFI* each : {dwarf_getcfi(dwarf), dwarf_getcfi_elf(dwarf_getelf(dwarf))})
      if (each != nullptr) tables.push_back(each);
  }
  ~Frames() {
    // What dwarf_getcfi() gave belongs to `dwarf`, what dwarf_getcfi_elf() gave to us.
    for (Dwarf_CFI* each : tables)
      if (each != dwarf_getcfi(dwarf)) dwarf_cfi_end(each);
    if (dwarf != nullptr) dwarf_end(dwarf);
    if (descriptor >= 0) ::close(descriptor);
  }
  Frames(const Frames&) = delete;
  Frames& operator=(const Frames&) = delete;

  struct Caller {
    Registers registers{};
    // Where the registers were kept, if on the stack.
    std::optional<Calls::Word> return_address, frame_pointer;
    bool by_frame_pointer = false;  // the frame's address goes by that register
    bool interrupted = false;       // and it did not call
  };

  // What a table says of the frame at an instruction: its address, and the caller's registers that are not
  // what they were.
  struct Description {
    std::vector<Dwarf_Op> address;
    struct Register {
      unsigned number;
      std::vector<Dwarf_Op> operations;
    };
    std::vector<Register> registers;
  };

  static std::optional<Description> description_of(Dwarf_Frame& frame) {
    Dwarf_Op* operations = nullptr;
    std::size_t count = 0;
    if (dwarf_frame_cfa(&frame, &operations, &count) != 0) return std::nullopt;
    Description description{.address = {operations, operations + count}, .registers = {}};
    for (unsigned number = 1; number < Registers().size(); ++number) {
      if (number == stack_pointer_register) continue;
      std::array<Dwarf_Op, 3> space{};
      if (dwarf_frame_register(&frame, static_cast<int>(number), space.data(), &operations, &count) != 0)
        return std::nullopt;
      if (count == 0) continue;  // as it was, or nobody knows
      description.registers.push_back({.number = number, .operations = {operations, operations + count}});
    }
    return description;
  }

  // Of all tables. Reading them takes many times as long as going by what they say.
  const std::vector<Description>& descriptions_at(std::uint32_t pc) {
    const auto [entry, fresh] = descriptions.try_emplace(pc);
    if (!fresh) return entry->second;
    for (Dwarf_CFI* table : tables) {
      Dwarf_Frame* found = nullptr;
      if (dwarf_cfi_addrframe(table, pc, &found) != 0) continue;
      const std::unique_ptr<Dwarf_Frame, decltype(&std::free)> frame(found, &std::free);
      if (auto description = description_of(*frame)) entry->second.push_back(std::move(*description));
    }
    return entry->second;
  }

  // Out of the frame to the caller. Nothing when the file does not describe the frame, or not so that it can
  // be followed.
  std::optional<Caller> leave(std::uint32_t pc, const Registers& registers, const Stack& stack) {
    for (const Description& frame : descriptions_at(pc))
      if (auto caller = leave(frame, registers, stack)) return caller;
    return std::nullopt;
  }

  // t0 to t6 and a0 to a7: only who interrupts keeps them.
  static bool is_lost_by_calls(unsigned number) {
    return (number >= 5 && number <= 7) || (number >= 10 && number <= 17) || number >= 28;
  }

  // What a frame says of a register of the caller: its value, or where it lies.
  struct Saved {
    unsigned number;
    std::uint32_t value;
    bool is_value;
  };

  static std::optional<std::vector<Saved>> saved_in(const Description& frame, const Registers& registers,
                                                    std::uint32_t address) {
    std::vector<Saved> saved;
    saved.reserve(frame.registers.size());
    for (const auto& [number, operations] : frame.registers) {
      Evaluation evaluation(registers, address);
      const auto value = evaluation.value(operations);
      if (!value) return std::nullopt;
      saved.push_back({.number = number, .value = *value, .is_value = evaluation.is_value()});
    }
    return saved;
  }

  static bool goes_by_frame_pointer(std::span<const Dwarf_Op> address) {
    return std::ranges::any_of(address, [](const Dwarf_Op& operation) {
      return operation.atom == DW_OP_breg0 + frame_pointer_register ||
             (operation.atom == DW_OP_bregx && operation.number == frame_pointer_register);
    });
  }

  static std::optional<Caller> leave(const Description& frame, const Registers& registers,
                                     const Stack& stack) {
    const auto address = Evaluation(registers, std::nullopt).value(frame.address);
    if (!address) return std::nullopt;
    const auto saved = saved_in(frame, registers, *address);
    if (!saved) return std::nullopt;
    const std::uint32_t missing = missing_size(*saved, registers[stack_pointer_register], stack);
    Caller caller{.registers = registers, .return_address = {}, .frame_pointer = {}};
    caller.by_frame_pointer = goes_by_frame_pointer(frame.address);
    for (const Saved& each : *saved) {
      const auto word = each.is_value ? std::optional(each.value) : stack.word(each.value + missing);
      if (!word && each.number == return_address_register) return std::nullopt;
      if (word) caller.registers[each.number] = *word;
      caller.interrupted = caller.interrupted || is_lost_by_calls(each.number);
      if (!word || each.is_value) continue;
      const Calls::Word kept{.address = each.value + missing, .value = *word};
      if (each.number == return_address_register) caller.return_address = kept;
      if (each.number == frame_pointer_register) caller.frame_pointer = kept;
    }
    caller.registers[stack_pointer_register] = *address + missing;
    return caller;
  }

  // Where Clang puts the beginning of a function into one that several share, it forgets to say by how much
  // that lowers the stack pointer: what was saved then seems to lie below it. The size is the smallest one by
  // which a return address lies where one has to be.
  static std::uint32_t missing_size(std::span<const Saved> saved, std::uint32_t top, const Stack& stack) {
    constexpr std::uint32_t alignment = 16, largest = 1024;
    std::uint32_t lowest = top, return_place = 0;
    for (const Saved& each : saved) {
      if (each.is_value) continue;
      lowest = std::min(lowest, each.value);
      if (each.number == return_address_register) return_place = each.value;
    }
    if (lowest == top || return_place == 0) return 0;
    for (std::uint32_t size = (top - lowest + alignment - 1) / alignment * alignment; size <= largest;
         size += alignment)
      if (const auto word = stack.word(return_place + size); word && stack.is_code(*word)) return size;
    return 0;
  }

  int descriptor;
  Dwarf* dwarf = nullptr;
  std::vector<Dwarf_CFI*> tables;
  std::unordered_map<std::uint32_t, std::vector<Description>> descriptions;  // those that have been read
};

Callers::Callers(std::filesystem::path file) : file_(std::move(file)) {}
Callers::~Callers() = default;

Calls Callers::of(const CallFrame& frame, const std::function<bool(std::uint32_t)>& is_code) const {
  if (!frames_) frames_ = std::make_unique<Frames>(file_);
  Registers registers{};
  std::ranges::copy(frame.registers, registers.begin());
  const Stack stack{.start = registers[stack_pointer_register], .bytes = frame.stack, .is_code = is_code};
  Calls calls{.places = {}, .found_by = {}, .frames_end = registers[stack_pointer_register]};
  std::optional<std::size_t> calling;             // so many, when somebody was interrupted
  std::optional<Calls::Word> frame_pointer_kept;  // none: the register is as it was at the instruction
  std::uint32_t pc = frame.pc;
  while (calls.places.size() < deepest) {
    const std::uint32_t stack_before = registers[stack_pointer_register];
    if (const auto caller = frames_->leave(pc, registers, stack)) {
      const bool by_frame_pointer = caller->by_frame_pointer && !calling;
      if (by_frame_pointer && frame_pointer_kept) calls.found_by.push_back(*frame_pointer_kept);
      if (by_frame_pointer && !frame_pointer_kept) calls.frame_pointer = registers[frame_pointer_register];
      if (caller->frame_pointer) frame_pointer_kept = caller->frame_pointer;
      registers = caller->registers;
      if (caller->interrupted && !calling) calling = calls.places.size();
      if (caller->return_address && !calling) calls.found_by.push_back(*caller->return_address);
      calls.frames_end = registers[stack_pointer_register];
    } else if (!calls.places.empty()) {
      break;
    }  // else: a function that calls none and keeps nothing, as those of a library without DWARF
    const std::uint32_t back = registers[return_address_register];
    constexpr std::uint32_t shortest_call = 2;
    if (back < shortest_call) break;
    const bool stands = back - shortest_call == pc && registers[stack_pointer_register] == stack_before;
    if (stands) break;
    pc = back - shortest_call;
    calls.places.push_back(pc);
  }
  if (calling) calls.places.resize(*calling);
  return calls;
}

}  // namespace ferry::board

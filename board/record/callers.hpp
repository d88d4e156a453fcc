// Who called: the way from an instruction back through the functions that have not returned, by what the
// file's DWARF says of their frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace ferry::board {

// The CPU at an instruction: its registers, and memory from the stack pointer on, as far as it was kept.
struct CallFrame {
  std::uint32_t pc = 0;
  std::span<const std::uint32_t, 32> registers;
  std::span<const std::byte> stack;
};

// The way back from a frame.
struct Calls {
  // A word on the stack.
  struct Word {
    std::uint32_t address = 0, value = 0;
  };
  // Within the instructions that called, the innermost first. Who was interrupted did not call.
  std::vector<std::uint32_t> places;
  // What they were found by, on the stack: return addresses, and frame pointers where a frame goes by one. As
  // long as these, the instruction, the return address in its register and the stack pointer are the same,
  // the callers are, too.
  std::vector<Word> found_by;
  std::optional<std::uint32_t> frame_pointer{};  // likewise: its register, where a frame goes by that
  std::uint32_t frames_end = 0;  // the end of the last frame that is known; the stack pointer when none is
};

class Callers {
 public:
  // `file` is opened when somebody asks; one that is no ELF file knows no callers but the first.
  explicit Callers(std::filesystem::path file);
  ~Callers();
  Callers(const Callers&) = delete;
  Callers& operator=(const Callers&) = delete;

  // Ends where nothing more is known. `is_code` tells what may be a return address.
  Calls of(const CallFrame& frame, const std::function<bool(std::uint32_t)>& is_code) const;

 private:
  struct Frames;
  std::filesystem::path file_;
  mutable std::unique_ptr<Frames> frames_;
};

}  // namespace ferry::board

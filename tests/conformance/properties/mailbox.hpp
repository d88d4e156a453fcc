// The firmware that carries requests out, seen from the test: the memory that they and their answers lie in.
// Each case starts from the same moment, so a case can be repeated alone.
#pragma once

#include "board/testing/test_board.hpp"
#include "tests/conformance/properties/memory.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace properties {

class Mailbox {
 public:
  explicit Mailbox(ferry::board::TestBoard& board) : board_(board) {}

  // Has the firmware start up. What is on its wires has to be there before.
  void begin();
  void start_anew();

  // The firmware's buffers with what lies between them, as many bytes as its `arena` has.
  Bytes arena(std::size_t size) const;
  void fill(const Bytes& bytes, std::size_t offset = 0) {
    store(arena_ + static_cast<std::uint32_t>(offset), bytes.data(), bytes.size());
  }

  template <class Request>
  void send(const Request& request) {
    store(request_, &request, sizeof request);
    board_.set_word(go_, board_.word(go_) + 1);
  }
  void set_answer(std::uint32_t first_word) { board_.set_word(answer_, first_word); }
  // With what DMA watch has found meanwhile, the case fails.
  template <class Answer>
  Answer answer() const {
    check_findings();
    Answer answer{};
    const auto bytes = board_.bytes(answer_, sizeof answer);
    std::memcpy(&answer, bytes.data(), sizeof answer);
    return answer;
  }

 private:
  void store(std::uint32_t address, const void* bytes, std::size_t count);
  void check_findings() const;

  ferry::board::TestBoard& board_;
  ferry::board::TestBoard::Moment ready_;
  std::uint32_t arena_ = 0, request_ = 0, answer_ = 0, go_ = 0;
  std::vector<std::uint64_t> times_before_;  // of each finding, by the time the case began
};

}  // namespace properties

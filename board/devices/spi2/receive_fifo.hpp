// The RX AFIFO: received bytes on their way into GDMA's clock domain.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ferry::board::spi2 {

class ReceiveFifo {
 public:
  static constexpr std::size_t capacity = 4;  // not published

  bool empty() const { return count_ == 0; }
  bool full() const { return count_ == capacity; }
  std::uint8_t front() const { return bytes_[first_]; }
  void push(std::uint8_t byte) { bytes_[(first_ + count_++) % capacity] = byte; }
  void pop() {
    first_ = (first_ + 1) % capacity;
    --count_;
  }
  void clear() { first_ = count_ = 0; }

 private:
  std::array<std::uint8_t, capacity> bytes_{};
  std::size_t first_ = 0, count_ = 0;
};

}  // namespace ferry::board::spi2

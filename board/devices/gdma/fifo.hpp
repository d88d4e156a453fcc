// The bytes between a peripheral and the bus: each direction of a channel has one such FIFO.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ferry::board::gdma {

// A queue of limited length in fixed storage.
template <class T, std::size_t Capacity>
class Ring {
 public:
  bool empty() const { return count_ == 0; }
  bool full() const { return count_ == Capacity; }
  std::size_t size() const { return count_; }
  T& front() { return items_[first_]; }
  const T& front() const { return items_[first_]; }
  T& back() { return items_[(first_ + count_ - 1) % Capacity]; }
  void push(const T& item) { items_[(first_ + count_++) % Capacity] = item; }
  void pop() {
    first_ = (first_ + 1) % Capacity;
    --count_;
  }
  void clear() { first_ = count_ = 0; }

 private:
  std::array<T, Capacity> items_{};
  std::size_t first_ = 0, count_ = 0;
};

// Positions count every byte that ever passed, so that a mark in the stream is just a number.
class Fifo {
 public:
  // No document gives the depth; INFIFO_CNT counts bytes and has six bits.
  static constexpr unsigned capacity = 64;

  unsigned level() const { return static_cast<unsigned>(bytes_.size()); }
  unsigned room() const { return capacity - level(); }
  bool empty() const { return bytes_.empty(); }
  bool full() const { return bytes_.full(); }
  std::uint64_t written() const { return taken_ + bytes_.size(); }
  std::uint64_t taken() const { return taken_; }

  void push(std::uint8_t byte) { bytes_.push(byte); }
  std::uint8_t pop() {
    const std::uint8_t byte = bytes_.front();
    bytes_.pop();
    ++taken_;
    return byte;
  }
  void clear() {
    taken_ = written();
    bytes_.clear();
  }

 private:
  Ring<std::uint8_t, capacity> bytes_;
  std::uint64_t taken_ = 0;
};

}  // namespace ferry::board::gdma

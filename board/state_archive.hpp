// How the state of a board is kept and put back.
//
// Whoever changes in a run has a function archive_state() that hands every member that may change to an
// archive. One function serves both ways, so that keeping and putting back cannot differ:
//
//     void Lamp::archive_state(StateArchive& archive) { archive(lit_, since_, switch_off_event_); }
//
// What is fixed once the board is assembled (references, listeners, settings) is left out.
#pragma once

#include <cstddef>
#include <cstring>
#include <iterator>
#include <memory>
#include <ranges>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

namespace ferry::board {

class StateArchive {
 public:
  // Keeps what it is given, behind what is in `into` already.
  explicit StateArchive(std::vector<std::byte>& into) : into_(&into) {}
  // Puts back what was kept.
  explicit StateArchive(std::span<const std::byte> from) : from_(from) {}
  virtual ~StateArchive() = default;
  StateArchive(const StateArchive&) = delete;
  StateArchive& operator=(const StateArchive&) = delete;

  bool restores() const { return into_ == nullptr; }

  // Members that can be copied byte by byte, arrays and containers of such, and whatever has archive_state().
  template <class... Members>
  void operator()(Members&... members) {
    (hand_over(members), ...);
  }
  // Members that change in a run and need not be kept, because they are worked out anew from others.
  template <class... Members>
  void derived(const Members&... members) {
    (note(members), ...);
  }
  // Keeps these bytes, or puts them back.
  void bytes(std::span<std::byte> place) {
    if (restores()) {
      const std::span<const std::byte> kept = next(place.size());
      if (!kept.empty()) std::memcpy(place.data(), kept.data(), kept.size());
    } else {
      into_->insert(into_->end(), place.begin(), place.end());
    }
  }
  // While it restores: the next bytes that were kept, for who wants to look at them first.
  std::span<const std::byte> next(std::size_t count) {
    if (count > from_.size()) throw std::logic_error("the snapshot is one of another kind of board");
    const std::span<const std::byte> kept = from_.first(count);
    from_ = from_.subspan(count);
    return kept;
  }
  // Whether everything that was kept has been put back.
  bool at_end() const { return from_.empty(); }

 protected:
  // Told of every member and the room it takes, for tests that look for those nobody thought of.
  virtual void member(const void* /*address*/, std::size_t /*size*/) {}

 private:
  template <class T>
  void note(const T& value) {
    const auto object = std::as_bytes(std::span(std::addressof(value), 1));
    member(object.data(), object.size());
  }

  template <class T>
  void hand_over(T& value) {
    if constexpr (requires { value.archive_state(*this); }) {
      value.archive_state(*this);
    } else if constexpr (std::is_trivially_copyable_v<T>) {
      static_assert(!std::is_pointer_v<T>, "an address is none on another board: keep a number instead");
      note(value);
      bytes(std::as_writable_bytes(std::span(&value, 1)));
    } else if constexpr (requires { typename T::key_type; }) {
      note(value);
      hand_over_keyed(value);
    } else if constexpr (requires { value.resize(std::size_t{}); }) {
      note(value);
      value.resize(archived_size(value.size()));
      hand_over_elements(value);
    } else {
      for (auto& element : value) hand_over(element);  // of an array
    }
  }

  template <class T>
  void hand_over_elements(T& sequence) {
    if constexpr (std::ranges::contiguous_range<T> &&
                  std::is_trivially_copyable_v<std::ranges::range_value_t<T>>) {
      bytes(std::as_writable_bytes(std::span(sequence)));
    } else {
      for (auto& element : sequence) hand_over(element);
    }
  }

  // Sets and maps: what is in there cannot be changed in place.
  template <class T>
  void hand_over_keyed(T& container) {
    const std::size_t size = archived_size(container.size());
    if (!restores()) {
      for (const auto& element : container) hand_over_copy(element);
      return;
    }
    container.clear();
    for (std::size_t index = 0; index < size; ++index) {
      typename T::key_type key{};
      hand_over(key);
      if constexpr (requires { typename T::mapped_type; }) {
        hand_over(container[std::move(key)]);
      } else {
        container.insert(std::move(key));
      }
    }
  }
  template <class T>
  void hand_over_copy(T element) {
    hand_over(element);
  }
  template <class Key, class Value>
  void hand_over_copy(std::pair<const Key, Value> element) {
    Key key = element.first;
    hand_over(key);
    hand_over(element.second);
  }

  std::size_t archived_size(std::size_t size) {
    bytes(std::as_writable_bytes(std::span(&size, 1)));
    return size;
  }

  std::vector<std::byte>* into_ = nullptr;
  std::span<const std::byte> from_;
};

}  // namespace ferry::board

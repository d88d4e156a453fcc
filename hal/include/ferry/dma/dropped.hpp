// What becomes of a transfer that is dropped while it runs: it is aborted, and its parts wait to be fetched.
// So do the parts of what was prepared for transfers, and dropped between two of them.
//
// Clang refuses a program that drops one in a local variable. What it does not follow, a member or an
// element that is destroyed or emptied, and other compilers, end up here.
//
// For the inside of the HAL.
#pragma once

#include "ferry/dma/transfer.hpp"
#include "ferry/ownership.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <tuple>
#include <utility>

namespace ferry::dma::detail {

/// Ends the program: there are no dropped parts to fetch, or no room for more.
[[noreturn]] FERRY_KEPT_APART void nothing_was_dropped();
[[noreturn]] FERRY_KEPT_APART void dropped_again();

/// The parts of up to `places` transfers of one kind. Static: whoever dropped them has no other place.
/// Nothing has to be destroyed at the end of the program, whatever the parts are.
template <std::size_t places, class... Parts>
class Dropped {
 public:
  void put(const Outcome& outcome, Parts&... parts FERRY_EMPTIES) {
    Place& place = free_place();
    ::new (static_cast<void*>(place.bytes.data())) std::tuple<Parts...>(std::move(parts)...);
    place.outcome = outcome;
    place.taken = true;
  }
  bool is_empty() const {
    for (const Place& place : places_)
      if (place.taken) return false;
    return true;
  }
  Outcome take_into(Parts&... parts FERRY_REFILLS) { return take(indices, parts...); }

 private:
  static constexpr auto indices = std::index_sequence_for<Parts...>{};

  struct Place {
    // A std::tuple<Parts...>, if it is taken.
    alignas(std::tuple<Parts...>) std::array<std::byte, sizeof(std::tuple<Parts...>)> bytes{};
    Outcome outcome;
    bool taken = false;
  };

  template <std::size_t... index>
  Outcome take(std::index_sequence<index...>, Parts&... parts FERRY_REFILLS) {
    Place& place = taken_place();
    auto* kept = std::launder(reinterpret_cast<std::tuple<Parts...>*>(place.bytes.data()));
    ((parts = std::move(std::get<index>(*kept))), ...);
    std::destroy_at(kept);
    place.taken = false;
    return place.outcome;
  }
  Place& free_place() {
    for (Place& place : places_)
      if (!place.taken) return place;
    dropped_again();
  }
  Place& taken_place() {
    for (Place& place : places_)
      if (place.taken) return place;
    nothing_was_dropped();
  }

  std::array<Place, places> places_{};
};

}  // namespace ferry::dma::detail

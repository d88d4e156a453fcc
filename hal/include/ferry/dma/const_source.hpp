// Constant data that is sent from where it lies.
#pragma once

#include "ferry/dma/buffer.hpp"
#include "ferry/ownership.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <type_traits>

namespace ferry::dma {

/// A constant array of bytes as a source of transfers: tables, headers, pictures. Nothing is copied.
///
///   static constexpr std::array<std::byte, 4> greeting{…};
///   auto source = ferry::dma::ConstSource::of<greeting>();
///
/// As nobody can change the bytes, nobody need own them: it may be copied, and several transfers may send
/// from it at once. To transfers it is moved in and out as a buffer is. The array has to be in RAM. In a
/// program that runs from flash, constants are there unless the linker is told otherwise; a transfer from
/// there ends with the error in_flash.
class FERRY_CONSUMABLE ConstSource {
 public:
  /// A spent one, to be filled by an assignment or by the end of a transfer.
  FERRY_MADE_SPENT ConstSource() = default;
  FERRY_MADE_LIVE ConstSource(const ConstSource& other FERRY_TAKES_LIVE) = default;
  ConstSource(ConstSource&& other FERRY_TAKES_LIVE) = default;
  FERRY_BECOMES_LIVE ConstSource& operator=(const ConstSource& other FERRY_TAKES_LIVE) = default;
  FERRY_BECOMES_LIVE ConstSource& operator=(ConstSource&& other FERRY_TAKES_LIVE) = default;
  ConstSource* operator&() = delete;
  const ConstSource* operator&() const = delete;

  /// Of a static constant array of std::byte or std::uint8_t, 1 byte or more: a std::array, or one of the
  /// language.
  template <auto& array>
    requires std::is_const_v<std::remove_reference_t<decltype(array[0])>>
  FERRY_MADE_LIVE static ConstSource of() {
    using Element = std::remove_cvref_t<decltype(array[0])>;
    static_assert(std::same_as<Element, std::byte> || std::same_as<Element, std::uint8_t>,
                  "a constant source is an array of std::byte or std::uint8_t; a string literal would bring "
                  "its terminating zero along");
    static_assert(std::size(array) >= 1 && std::size(array) <= largest_buffer,
                  "a DMA buffer has 1 to 393,216 bytes");
    constexpr auto size = static_cast<std::uint32_t>(std::size(array));
    const void* const bytes = std::data(array);
    region_of<array> = {const_cast<std::byte*>(static_cast<const std::byte*>(bytes)), size, size};
    return ConstSource{&region_of<array>};
  }

  /// Bytes.
  FERRY_NEEDS_LIVE std::uint32_t size() const { return region().size; }

 private:
  friend detail::MemoryAccess;

  static constexpr bool receives = false;

  // What is sent is only read from. Filled when a source is made, as the cast is none that constants know.
  template <auto& array>
  static constinit inline detail::Region region_of{};

  FERRY_MADE_LIVE explicit ConstSource(const detail::Region* region) : region_(region) {}

  [[gnu::always_inline]] detail::Plan plan() const { return {&region(), 1, region().size}; }
  [[gnu::always_inline]] const detail::Region& region() const {
    if (region_ == nullptr) ferry::detail::used_after_move();
    return *region_;
  }
  [[gnu::always_inline]] const detail::Region* region_if_live() const { return region_; }
  void set_received(std::uint32_t) {}

  const detail::Region* region_ = nullptr;
};

}  // namespace ferry::dma

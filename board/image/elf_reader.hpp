// The bytes of an ELF file, read without ever looking past their end.
#pragma once

#include <elf.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>

namespace ferry::board {

// <elf.h> describes the file's structures; their numbers are little-endian, as on the computers we run on.
static_assert(std::endian::native == std::endian::little);

class ElfReader {
 public:
  explicit ElfReader(std::span<const std::byte> file) : file_(file) {}

  std::size_t size() const { return file_.size(); }
  bool holds(std::uint64_t offset, std::uint64_t length) const {
    return offset <= file_.size() && length <= file_.size() - offset;
  }
  // [offset, offset + length), or nothing when the file ends before.
  std::optional<std::span<const std::byte>> bytes(std::uint64_t offset, std::uint64_t length) const {
    if (!holds(offset, length)) return std::nullopt;
    return file_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
  }
  template <class T>
  std::optional<T> read(std::uint64_t offset) const {
    static_assert(std::is_trivially_copyable_v<T>);
    if (!holds(offset, sizeof(T))) return std::nullopt;
    T value;
    std::memcpy(&value, file_.data() + offset, sizeof(T));
    return value;
  }

 private:
  std::span<const std::byte> file_;
};

}  // namespace ferry::board

// Where in flash the parts of a program go that an ELF file gives for the flash windows.
#pragma once

#include "board/image/image.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ferry::board {

// Page for page: what belongs at page n of the windows goes to page n + 1 of flash, behind the partition
// table. Both windows are mapped by one table, so a byte of one cannot differ from the byte at the same place
// of the other.
class FlashLayout {
 public:
  // Places bytes at an address of either window, which they must not leave. A sentence when something else is
  // there.
  std::optional<std::string> add(std::uint32_t address, std::span<const std::byte> bytes);
  bool empty() const { return pages_.empty(); }
  // Gives the image its flash and its pages.
  void finish(Image& image) const;

 private:
  struct Page {
    std::vector<std::byte> bytes;
    std::vector<bool> taken;
  };
  std::map<std::uint32_t, Page> pages_;
};

}  // namespace ferry::board

// The picture memory of an ILI9341: 240 columns and 320 rows of 18 bits, and the ways to and from it.
#pragma once

#include "board/parts/picture.hpp"
#include "board/state_archive.hpp"

#include <cstdint>
#include <vector>

namespace ferry::board {

class FrameMemory {
 public:
  static constexpr unsigned columns = 240, rows = 320;

  // MADCTL.
  static constexpr std::uint8_t row_order = 1 << 7, column_order = 1 << 6, exchange = 1 << 5, bgr = 1 << 3;

  FrameMemory() : cells_(std::size_t{columns} * rows) {}

  /// As after a reset: the whole memory is the window, nothing is turned. The picture stays.
  void reset();
  void set_access(std::uint8_t madctl) { access_ = madctl; }
  std::uint8_t access() const { return access_; }
  /// Columns and pages as the host counts them. False for a window that does not lie in the memory; then the
  /// old one stays.
  bool set_columns(unsigned first, unsigned last);
  bool set_pages(unsigned first, unsigned last);

  /// The next access is to the window's first pixel.
  void rewind();
  /// Colours have six bits. False when the window is full already.
  bool write(const Colour& colour);
  Colour read();

  /// As it lies there, whatever MADCTL says.
  const Colour& cell(unsigned column, unsigned row) const { return cells_[place(column, row)]; }

  void archive_state(StateArchive& archive);

 private:
  static std::size_t place(unsigned column, unsigned row) { return std::size_t{row} * columns + column; }
  bool exchanged() const { return (access_ & exchange) != 0; }
  Colour* here();
  void step();

  std::vector<Colour> cells_;
  std::uint8_t access_ = 0;
  unsigned first_column_ = 0, last_column_ = columns - 1, first_page_ = 0, last_page_ = rows - 1;
  unsigned column_ = 0, page_ = 0;  // of the next access
};

}  // namespace ferry::board

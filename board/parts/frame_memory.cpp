#include "board/parts/frame_memory.hpp"

namespace ferry::board {

void FrameMemory::reset() {
  access_ = 0;
  first_column_ = first_page_ = 0;
  last_column_ = columns - 1;
  last_page_ = rows - 1;
  rewind();
}

bool FrameMemory::set_columns(unsigned first, unsigned last) {
  if (first > last || last >= (exchanged() ? rows : columns)) return false;
  first_column_ = first;
  last_column_ = last;
  return true;
}

bool FrameMemory::set_pages(unsigned first, unsigned last) {
  if (first > last || last >= (exchanged() ? columns : rows)) return false;
  first_page_ = first;
  last_page_ = last;
  return true;
}

void FrameMemory::rewind() {
  column_ = first_column_;
  page_ = first_page_;
}

// With MV columns and pages change places before MX and MY count from the other end. A window that was set
// before MV was changed may reach beyond the memory; what is there is lost.
Colour* FrameMemory::here() {
  unsigned column = exchanged() ? page_ : column_, row = exchanged() ? column_ : page_;
  if (column >= columns || row >= rows) return nullptr;
  if ((access_ & column_order) != 0) column = columns - 1 - column;
  if ((access_ & row_order) != 0) row = rows - 1 - row;
  return &cells_[place(column, row)];
}

void FrameMemory::step() {
  if (column_ != last_column_) {
    ++column_;
    return;
  }
  column_ = first_column_;
  ++page_;
}

bool FrameMemory::write(const Colour& colour) {
  if (page_ > last_page_) return false;
  if (Colour* cell = here()) *cell = colour;
  step();
  return true;
}

Colour FrameMemory::read() {
  if (page_ > last_page_) return {};
  const Colour* cell = here();
  const Colour colour = cell != nullptr ? *cell : Colour{};
  step();
  return colour;
}

void FrameMemory::archive_state(StateArchive& archive) {
  archive(cells_, access_, first_column_, last_column_, first_page_, last_page_, column_, page_);
}

}  // namespace ferry::board

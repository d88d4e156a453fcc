// A picture that somebody would see, and its way into a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

namespace ferry::board {

struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;

  bool operator==(const Colour&) const = default;
};

/// Row by row from the upper left corner. All of it is black at first.
class Picture {
 public:
  Picture(unsigned width, unsigned height)
      : width_(width), height_(height), pixels_(std::size_t{width} * height) {}

  unsigned width() const { return width_; }
  unsigned height() const { return height_; }
  /// Throws std::out_of_range beyond the edges.
  Colour& at(unsigned x, unsigned y) { return pixels_.at(place(x, y)); }
  const Colour& at(unsigned x, unsigned y) const { return pixels_.at(place(x, y)); }

  /// Errors are one line, beginning with the file's name.
  std::expected<void, std::string> save_png(const std::filesystem::path& file) const;

 private:
  std::size_t place(unsigned x, unsigned y) const {
    return x < width_ ? std::size_t{y} * width_ + x : pixels_.size();
  }

  unsigned width_, height_;
  std::vector<Colour> pixels_;
};

}  // namespace ferry::board

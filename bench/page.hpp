// A Markdown page with blocks that a program writes, each between two comments that name it:
//
//   <!-- begin: start -->
//   …
//   <!-- end: start -->
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ferry::bench {

class Page {
 public:
  // All of these throw Failure: for a file that cannot be read or written, for a block that is not there.
  explicit Page(std::filesystem::path file);
  std::string block(std::string_view name) const;
  void replace(std::string_view name, std::string_view text);
  void save() const;

 private:
  struct Place {
    std::size_t start, length;
  };
  Place find(std::string_view name) const;

  std::filesystem::path file_;
  std::string text_;
};

}  // namespace ferry::bench

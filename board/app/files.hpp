// Which files a run has to do with: what one option writes must be nothing that another one names.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

namespace ferry::app {

class Files {
 public:
  // Nothing, or why that must not be, without the file's name. `role` is how messages call the file:
  // "firmware".
  std::expected<void, std::string> add(const std::string& path, std::string role, bool written);

 private:
  struct File {
    std::filesystem::path path;  // without links
    std::string role;
    bool written;
  };

  std::vector<File> files_;
};

}  // namespace ferry::app

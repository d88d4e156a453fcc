#include "board/app/files.hpp"

#include <system_error>
#include <utility>

namespace ferry::app {

namespace {

namespace fs = std::filesystem;

// Devices and pipes keep nothing that could be lost: any number of options may write to /dev/null.
bool is_other_than_a_file(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored) && !fs::is_regular_file(path, ignored);
}

bool same(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  return a == b || fs::equivalent(a, b, ignored);
}

}  // namespace

std::expected<void, std::string> Files::add(const std::string& path, std::string role, bool written) {
  std::error_code error;
  fs::path resolved = fs::weakly_canonical(fs::absolute(path, error), error);
  if (error) resolved = path;
  if (is_other_than_a_file(resolved)) return {};
  for (const File& other : files_)
    if ((written || other.written) && same(resolved, other.path))
      return std::unexpected("this is the " + other.role + "; it is not overwritten");
  files_.push_back({std::move(resolved), std::move(role), written});
  return {};
}

}  // namespace ferry::app

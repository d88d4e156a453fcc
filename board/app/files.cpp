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

// Where a file would come to be. What exists has no links left in it; a link to what does not exist yet is
// followed by hand.
fs::path resolve(const fs::path& path, std::error_code& error) {
  constexpr int most_links = 40;  // as many as Linux follows
  fs::path place = fs::weakly_canonical(fs::absolute(path, error), error);
  std::error_code absent;
  for (int links = 0; links < most_links && !error && fs::is_symlink(place, absent); ++links)
    place = fs::weakly_canonical(place.parent_path() / fs::read_symlink(place, error), error);
  return place;
}

bool same(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  return a == b || fs::equivalent(a, b, ignored);
}

}  // namespace

std::expected<void, std::string> Files::add(const std::string& path, std::string role, bool written) {
  std::error_code error;
  fs::path resolved = resolve(path, error);
  if (error) resolved = path;
  if (is_other_than_a_file(resolved)) return {};
  for (const File& other : files_)
    if ((written || other.written) && same(resolved, other.path))
      return std::unexpected("this is the " + other.role + "; it is not overwritten");
  files_.push_back({std::move(resolved), std::move(role), written});
  return {};
}

}  // namespace ferry::app

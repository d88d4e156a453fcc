#include "bench/page.hpp"

#include "bench/guest.hpp"

#include <fstream>
#include <sstream>
#include <utility>

namespace ferry::bench {

Page::Page(std::filesystem::path file) : file_(std::move(file)) {
  std::ifstream stream(file_, std::ios::binary);
  if (!stream) throw Failure(file_.string() + " cannot be read");
  std::ostringstream text;
  text << stream.rdbuf();
  text_ = text.str();
}

Page::Place Page::find(std::string_view name) const {
  const std::string begin = "<!-- begin: " + std::string(name) + " -->\n";
  const std::string end = "<!-- end: " + std::string(name) + " -->\n";
  const std::size_t begin_at = text_.find(begin), end_at = text_.find(end);
  if (begin_at == std::string::npos || end_at == std::string::npos || end_at < begin_at)
    throw Failure(file_.string() + " has no block " + std::string(name));
  const std::size_t start = begin_at + begin.size();
  return {start, end_at - start};
}

// Blank lines set a block off from its comments.
std::string Page::block(std::string_view name) const {
  const Place place = find(name);
  const std::string_view text = std::string_view(text_).substr(place.start, place.length);
  if (text.size() < 2 || !text.starts_with('\n') || !text.ends_with('\n')) return std::string(text);
  return std::string(text.substr(1, text.size() - 2));
}

void Page::replace(std::string_view name, std::string_view text) {
  const Place place = find(name);
  text_.replace(place.start, place.length, '\n' + std::string(text) + '\n');
}

void Page::save() const {
  std::ofstream stream(file_, std::ios::binary | std::ios::trunc);
  stream << text_;
  if (!stream.flush()) throw Failure(file_.string() + " cannot be written");
}

}  // namespace ferry::bench

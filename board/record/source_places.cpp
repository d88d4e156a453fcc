#include "board/record/source_places.hpp"

#include "board/image/text.hpp"

#include <elfutils/libdw.h>
#include <fcntl.h>
#include <unistd.h>

#include <string_view>
#include <utility>

namespace ferry::board {

// A file's DWARF, open.
struct SourcePlaces::Lines {
  explicit Lines(const std::filesystem::path& path) : descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor >= 0) dwarf = dwarf_begin(descriptor, DWARF_C_READ);
  }
  ~Lines() {
    if (dwarf != nullptr) dwarf_end(dwarf);
    if (descriptor >= 0) ::close(descriptor);
  }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  // Looks through all units: not every compiler writes an index of addresses.
  std::string at(std::uint32_t pc) const {
    if (dwarf == nullptr) return {};
    Dwarf_Off offset = 0, next = 0;
    std::size_t header_size = 0;
    while (dwarf_nextcu(dwarf, offset, &next, &header_size, nullptr, nullptr, nullptr) == 0) {
      Dwarf_Die unit;
      if (dwarf_offdie(dwarf, offset + header_size, &unit) != nullptr && dwarf_haspc(&unit, pc) > 0)
        if (std::string text = line_of(unit, pc); !text.empty()) return text;
      offset = next;
    }
    return {};
  }

  static std::string line_of(Dwarf_Die& unit, std::uint32_t pc) {
    Dwarf_Line* line = dwarf_getsrc_die(&unit, pc);
    int number = 0;
    if (line == nullptr || dwarf_lineno(line, &number) != 0 || number == 0) return {};
    const char* path = dwarf_linesrc(line, nullptr, nullptr);
    if (path == nullptr) return {};
    const std::string_view name(path);
    return std::string(name.substr(name.rfind('/') + 1)) + ":" + std::to_string(number);
  }

  int descriptor;
  Dwarf* dwarf = nullptr;
};

SourcePlaces::SourcePlaces(std::filesystem::path file, std::span<const Symbol> symbols)
    : file_(std::move(file)), functions_(symbols) {}
SourcePlaces::~SourcePlaces() = default;

std::string SourcePlaces::line(std::uint32_t pc) const {
  if (!lines_) lines_ = std::make_unique<Lines>(file_);
  return lines_->at(pc);
}

std::string SourcePlaces::text(std::uint32_t pc) const {
  const std::string function = functions_.at(pc), where = line(pc);
  std::string text;
  if (!function.empty()) text += " in " + one_line(function);
  if (!where.empty()) text += (text.empty() ? " at " : ", ") + one_line(where);
  return text;
}

}  // namespace ferry::board

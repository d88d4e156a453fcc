#include "board/record/source_places.hpp"

#include "board/image/text.hpp"
#include "board/record/language_library.hpp"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <span>
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

  // What is inlined at an instruction, and the function around it, whose name only symbols tell. Looks
  // through all units: not every compiler writes an index of addresses.
  std::vector<SourcePlace> places(std::uint32_t pc) const {
    Dwarf_Off offset = 0, next = 0;
    std::size_t header_size = 0;
    while (dwarf != nullptr &&
           dwarf_nextcu(dwarf, offset, &next, &header_size, nullptr, nullptr, nullptr) == 0) {
      Dwarf_Die unit;
      if (dwarf_offdie(dwarf, offset + header_size, &unit) != nullptr && dwarf_haspc(&unit, pc) > 0)
        return places_in(unit, pc);
      offset = next;
    }
    return {};
  }

  static std::vector<SourcePlace> places_in(Dwarf_Die& unit, std::uint32_t pc) {
    std::vector<SourcePlace> result;
    Spot spot = spot_of(unit, pc);
    for (Dwarf_Die& scope : scopes_at(unit, pc)) {
      const bool library = is_language_library(file_of(scope, spot));
      if (dwarf_tag(&scope) != DW_TAG_inlined_subroutine) {
        result.push_back(place({}, spot, library));
        return result;
      }
      if (!library && !is_artificial(scope)) result.push_back(place(name_of(scope), spot, false));
      spot = call_of(unit, scope);
    }
    result.push_back(place({}, spot, spot.path != nullptr && is_language_library(spot.path)));
    return result;
  }

  // A line in a file; 0 when it is not known.
  struct Spot {
    const char* path = nullptr;
    std::uint64_t line = 0;
  };

  static Spot spot_of(Dwarf_Die& unit, std::uint32_t pc) {
    Dwarf_Line* const row = dwarf_getsrc_die(&unit, pc);
    int number = 0;
    if (row == nullptr || dwarf_lineno(row, &number) != 0 || number <= 0) return {};
    return {dwarf_linesrc(row, nullptr, nullptr), static_cast<unsigned>(number)};
  }

  // Where it stands that this function be called, had it not been inlined.
  static Spot call_of(Dwarf_Die& unit, Dwarf_Die& inlined) {
    Dwarf_Attribute attribute;
    Dwarf_Word file = 0, line = 0;
    Dwarf_Files* files = nullptr;
    std::size_t count = 0;
    if (dwarf_formudata(dwarf_attr(&inlined, DW_AT_call_file, &attribute), &file) != 0 ||
        dwarf_formudata(dwarf_attr(&inlined, DW_AT_call_line, &attribute), &line) != 0 ||
        dwarf_getsrcfiles(&unit, &files, &count) != 0 || file >= count)
      return {};
    return {dwarf_filesrc(files, file, nullptr, nullptr), line};
  }

  static SourcePlace place(std::string function, const Spot& spot, bool library) {
    SourcePlace result{.function = std::move(function), .file = {}, .line = 0, .library = library};
    if (spot.path == nullptr || spot.line == 0) return result;
    const std::string_view path(spot.path);
    result.file = path.substr(path.find_last_of("/\\") + 1);
    result.line = static_cast<unsigned>(spot.line);
    return result;
  }

  // The file that a function is in. Its lines may be those of another one's macros.
  static std::string_view file_of(Dwarf_Die& function, const Spot& spot) {
    const char* const declared = dwarf_decl_file(&function);
    const char* const path = declared != nullptr ? declared : spot.path;
    return path == nullptr ? std::string_view() : path;
  }

  static bool is_artificial(Dwarf_Die& function) {
    Dwarf_Attribute attribute;
    bool value = false;
    return dwarf_formflag(dwarf_attr_integrate(&function, DW_AT_artificial, &attribute), &value) == 0 &&
           value;
  }

  static std::string name_of(Dwarf_Die& function) {
    Dwarf_Attribute attribute;
    const char* mangled = dwarf_formstring(dwarf_attr_integrate(&function, DW_AT_linkage_name, &attribute));
    if (mangled != nullptr) return readable_name(mangled);
    const char* plain = dwarf_diename(&function);
    return plain == nullptr ? std::string() : std::string(plain);
  }

  // What is inlined at an instruction, the innermost first, and the function around it. dwarf_getscopes()
  // does not look into namespaces.
  static std::vector<Dwarf_Die> scopes_at(Dwarf_Die& unit, std::uint32_t pc) {
    std::vector<Dwarf_Die> scopes;
    std::optional<Dwarf_Die> scope = function_in(unit, pc);
    while (scope) {
      if (dwarf_tag(&*scope) != DW_TAG_lexical_block) scopes.insert(scopes.begin(), *scope);
      scope = child_with(*scope, pc, {DW_TAG_inlined_subroutine, DW_TAG_lexical_block});
    }
    return scopes;
  }

  static std::optional<Dwarf_Die> function_in(Dwarf_Die& around, std::uint32_t pc) {
    if (auto function = child_with(around, pc, {DW_TAG_subprogram})) return function;
    Dwarf_Die child;
    if (dwarf_child(&around, &child) != 0) return std::nullopt;
    do {
      const int tag = dwarf_tag(&child);
      const bool may_hold_some = tag == DW_TAG_namespace || tag == DW_TAG_class_type ||
                                 tag == DW_TAG_structure_type || tag == DW_TAG_union_type ||
                                 tag == DW_TAG_module;
      if (!may_hold_some) continue;
      if (auto function = function_in(child, pc)) return function;
    } while (dwarf_siblingof(&child, &child) == 0);
    return std::nullopt;
  }

  static std::optional<Dwarf_Die> child_with(Dwarf_Die& around, std::uint32_t pc,
                                             std::initializer_list<int> tags) {
    Dwarf_Die child;
    if (dwarf_child(&around, &child) != 0) return std::nullopt;
    do {
      if (std::ranges::find(tags, dwarf_tag(&child)) != tags.end() && dwarf_haspc(&child, pc) > 0)
        return child;
    } while (dwarf_siblingof(&child, &child) == 0);
    return std::nullopt;
  }

  int descriptor;
  Dwarf* dwarf = nullptr;
};

SourcePlaces::SourcePlaces(std::filesystem::path file, std::span<const Symbol> symbols)
    : file_(std::move(file)), functions_(symbols), callers_(file_) {}
SourcePlaces::~SourcePlaces() = default;

std::vector<SourcePlace> SourcePlaces::places(std::uint32_t pc) const {
  if (!lines_) lines_ = std::make_unique<Lines>(file_);
  std::vector<SourcePlace> result = lines_->places(pc);
  if (result.empty()) result.emplace_back();
  result.back().function = functions_.at(pc);
  return result;
}

Calls SourcePlaces::callers(const CallFrame& frame) const {
  Calls calls = callers_.of(frame, [this](std::uint32_t pc) { return !functions_.at(pc).empty(); });
  std::vector<std::uint32_t>& places = calls.places;
  const auto unknown =
      std::ranges::find_if(places, [this](std::uint32_t pc) { return functions_.at(pc).empty(); });
  places.erase(unknown, places.end());
  // What called the program's main() is nobody's interest.
  const auto main =
      std::ranges::find_if(places, [this](std::uint32_t pc) { return functions_.at(pc) == "main"; });
  if (main != places.end()) places.erase(main + 1, places.end());
  if (functions_.at(frame.pc) == "main") places.clear();
  return calls;
}

std::string SourcePlaces::text(std::uint32_t pc) const {
  const SourcePlace place = places(pc).back();
  std::string text;
  if (!place.function.empty()) text += " in " + one_line(place.function);
  if (!place.file.empty())
    text += (text.empty() ? " at " : ", ") + one_line(place.file) + ':' + std::to_string(place.line);
  return text;
}

}  // namespace ferry::board

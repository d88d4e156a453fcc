#include "board/record/source_places.hpp"

#include "board/image/text.hpp"

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

  // The line of the function that the symbols name. Where other functions are inlined there, that is the line
  // that calls the outermost of them, and not one inside of a library.
  static std::string line_of(Dwarf_Die& unit, std::uint32_t pc) {
    if (std::string text = line_of_call(unit, pc); !text.empty()) return text;
    Dwarf_Line* line = dwarf_getsrc_die(&unit, pc);
    int number = 0;
    if (line == nullptr || dwarf_lineno(line, &number) != 0 || number == 0) return {};
    return place(dwarf_linesrc(line, nullptr, nullptr), static_cast<unsigned>(number));
  }

  // Inlined functions and the one around them. Without names that only symbols tell.
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
    int number = 0;
    Dwarf_Line* const row = dwarf_getsrc_die(&unit, pc);
    if (row == nullptr || dwarf_lineno(row, &number) != 0 || number == 0) return result;
    const char* path = dwarf_linesrc(row, nullptr, nullptr);
    std::uint64_t line = static_cast<unsigned>(number);
    const std::string_view own = folder_of(dwarf_diename(&unit));
    const auto add = [&](std::string function, bool inlined) {
      if (path == nullptr || (inlined && !lies_in(folder_of(path), own))) return;
      const std::string_view name(path);
      result.push_back({.function = std::move(function),
                        .file = std::string(name.substr(name.rfind('/') + 1)),
                        .line = static_cast<unsigned>(line)});
    };
    Dwarf_Files* files = nullptr;
    std::size_t count = 0;
    (void)dwarf_getsrcfiles(&unit, &files, &count);
    for (Dwarf_Die& scope : inlined_at(unit, pc)) {
      add(name_of(scope), true);
      Dwarf_Attribute attribute;
      Dwarf_Word file = 0, call_line = 0;
      path = dwarf_formudata(dwarf_attr(&scope, DW_AT_call_file, &attribute), &file) == 0 && file < count
                 ? dwarf_filesrc(files, file, nullptr, nullptr)
                 : nullptr;
      line =
          dwarf_formudata(dwarf_attr(&scope, DW_AT_call_line, &attribute), &call_line) == 0 ? call_line : 0;
    }
    add({}, false);
    return result;
  }

  static std::string name_of(Dwarf_Die& function) {
    Dwarf_Attribute attribute;
    const char* mangled = dwarf_formstring(dwarf_attr_integrate(&function, DW_AT_linkage_name, &attribute));
    if (mangled != nullptr) return readable_name(mangled);
    const char* plain = dwarf_diename(&function);
    return plain == nullptr ? std::string() : std::string(plain);
  }

  static std::string_view folder_of(const char* path) {
    if (path == nullptr) return {};
    const std::string_view name(path);
    return name.substr(0, name.rfind('/') + 1);
  }
  // Paths may be stated from different starts: a compiler run in a folder below says "../../src/".
  static bool lies_in(std::string_view folder, std::string_view own) {
    while (own.starts_with("../")) own.remove_prefix(3);
    return own.empty() || folder.find(own) != folder.npos;
  }

  static std::string line_of_call(Dwarf_Die& unit, std::uint32_t pc) {
    std::vector<Dwarf_Die> inlined = inlined_at(unit, pc);
    if (inlined.empty()) return {};
    Dwarf_Die* const outermost = &inlined.back();
    Dwarf_Attribute attribute;
    Dwarf_Word file = 0, line = 0;
    Dwarf_Files* files = nullptr;
    std::size_t count = 0;
    if (dwarf_formudata(dwarf_attr(outermost, DW_AT_call_file, &attribute), &file) != 0 ||
        dwarf_formudata(dwarf_attr(outermost, DW_AT_call_line, &attribute), &line) != 0 ||
        dwarf_getsrcfiles(&unit, &files, &count) != 0 || file >= count)
      return {};
    return place(dwarf_filesrc(files, file, nullptr, nullptr), line);
  }

  // What is inlined at an instruction, the innermost first, without the function around it. dwarf_getscopes()
  // does not look into namespaces.
  static std::vector<Dwarf_Die> inlined_at(Dwarf_Die& unit, std::uint32_t pc) {
    std::vector<Dwarf_Die> inlined;
    std::optional<Dwarf_Die> scope = function_in(unit, pc);
    while (scope) {
      if (dwarf_tag(&*scope) == DW_TAG_inlined_subroutine) inlined.insert(inlined.begin(), *scope);
      scope = child_with(*scope, pc, {DW_TAG_inlined_subroutine, DW_TAG_lexical_block});
    }
    return inlined;
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

  static std::string place(const char* path, std::uint64_t line) {
    if (path == nullptr || line == 0) return {};
    const std::string_view name(path);
    return std::string(name.substr(name.rfind('/') + 1)) + ":" + std::to_string(line);
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

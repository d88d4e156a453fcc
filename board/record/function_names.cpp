#include "board/record/function_names.hpp"

#include "board/record/rust_names.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

namespace ferry::board {

namespace {

// What stands in round or angle brackets goes. An operator may consist of such characters, and a lambda or an
// unnamed namespace stands in brackets as a whole: names with one of these keep theirs.
std::string without_brackets(std::string_view name) {
  // The compiler's variants of a function: "f(int) [clone .isra.0]".
  name = name.substr(0, name.find(" [clone"));
  if (name.find("operator") != name.npos || name.find('{') != name.npos) return std::string(name);
  constexpr std::string_view unnamed = "(anonymous namespace)::";
  std::string result;
  int depth = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name.substr(i).starts_with(unnamed)) {
      i += unnamed.size() - 1;
    } else if (name[i] == '<' || name[i] == '(') {
      ++depth;
    } else if (name[i] == '>' || name[i] == ')') {
      --depth;
    } else if (depth == 0) {
      result += name[i];
    }
  }
  // A template's name begins with its return type, and a member function's may end in " const" and " &&".
  for (const std::string_view end : {" &&", " &", " const"})
    if (result.ends_with(end)) result.resize(result.size() - end.size());
  return result.substr(result.rfind(' ') + 1);
}

// What a demangler of today cannot read (constrained templates have a mangling since C++20), by the names
// that stand in it up to the first template argument: "_ZN5ferry3dma6Copier4copyITkN…".
std::string plain_names(std::string_view symbol) {
  constexpr std::string_view nested = "_ZN", qualifiers = "KRO";
  if (!symbol.starts_with(nested)) return {};
  symbol.remove_prefix(nested.size());
  while (!symbol.empty() && qualifiers.find(symbol.front()) != qualifiers.npos) symbol.remove_prefix(1);
  std::string result;
  std::size_t length = 0;
  for (;;) {
    const auto [rest, error] = std::from_chars(symbol.data(), symbol.data() + symbol.size(), length);
    symbol.remove_prefix(static_cast<std::size_t>(rest - symbol.data()));
    if (error != std::errc() || length == 0 || length > symbol.size()) return result;
    if (!result.empty()) result += "::";
    result += symbol.substr(0, length);
    symbol.remove_prefix(length);
  }
}

// Compilers that make a variant of a function, or move one to another unit, say so behind its name:
// "draw.constprop.0", "_ZN…E.llvm.2171100497948193521". Names of Rust have dots, too, but no number at the
// end.
std::string_view without_copy_marks(std::string_view symbol) {
  constexpr std::array<std::string_view, 5> marks{".llvm", ".isra", ".part", ".constprop", ".lto_priv"};
  for (;;) {
    if (symbol.ends_with(".cold") && symbol != ".cold") {
      symbol.remove_suffix(std::string_view(".cold").size());
      continue;
    }
    const std::size_t last = symbol.find_last_not_of("0123456789");
    if (last == symbol.npos || last + 1 == symbol.size() || symbol[last] != '.') return symbol;
    const std::string_view before = symbol.substr(0, last);
    const auto mark =
        std::ranges::find_if(marks, [before](std::string_view each) { return before.ends_with(each); });
    if (mark == marks.end() || mark->size() == before.size()) return symbol;
    symbol = before.substr(0, before.size() - mark->size());
  }
}

}  // namespace

std::string readable_name(const std::string& name_of_symbol) {
  std::string symbol(without_copy_marks(name_of_symbol));
  if (auto rust = rust_name(symbol)) return std::move(*rust);
  if (!symbol.starts_with("_Z")) return symbol;
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> whole(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free);
  if (status != 0 || whole == nullptr) {
    const std::string names = plain_names(symbol);
    return names.empty() ? symbol : names;
  }
  const std::string name = whole.get(), plain = without_rust_escapes(name);
  return plain == name ? without_brackets(name) : plain;
}

FunctionNames::FunctionNames(std::span<const Symbol> symbols) {
  for (const Symbol& symbol : symbols) {
    if (!symbol.function) continue;
    functions_.push_back(symbol);
    functions_.back().name = readable_name(symbol.name);
  }
}

std::string_view FunctionNames::at(std::uint32_t pc) const {
  const auto behind = std::ranges::upper_bound(functions_, pc, {}, &Symbol::address);
  if (behind == functions_.begin()) return {};
  const Symbol& candidate = *(behind - 1);
  return pc - candidate.address < candidate.size ? std::string_view(candidate.name) : std::string_view();
}

}  // namespace ferry::board

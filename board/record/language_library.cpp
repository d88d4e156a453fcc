#include "board/record/language_library.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace ferry::board {

bool is_language_library(std::string_view path) {
  constexpr std::array<std::string_view, 7> folders{
      "/include/c++/",               // libc++ and libstdc++
      "/lib/clang/",                 // Clang's headers
      "/lib/gcc/",                   // GCC's headers
      "/newlib/libc/",               // as it comes with Espressif's compilers
      "/rustlib/src/rust/library/",  // core, alloc and std, built with the program
      "/compiler_builtins-",         // Rust's memcpy() and such
      "/compiler-builtins/",         // the same, since it is part of Rust's repository
  };
  // What was compiled on Windows has both kinds of separators.
  std::string name(path);
  std::ranges::replace(name, '\\', '/');
  const auto has = [&name](std::string_view part) { return name.contains(part); };
  if (std::ranges::any_of(folders, has)) return true;
  // core, alloc and std as they are released.
  if (name.starts_with("/rustc/") && has("/library/")) return true;
  const bool is_crate = has("/registry/src/");
  return is_crate && (has("/vcell-") || name.ends_with("/src/generic.rs"));
}

}  // namespace ferry::board

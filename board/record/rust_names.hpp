// Names as Rust's compilers mangle them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ferry::board {

// "dma::main" for "_RNvCs4fqI2P2rA04_3dma4main" (the scheme of Rust's RFC 2603): without generic arguments,
// and an implementation by its type alone. Nothing when it is not such a name.
std::optional<std::string> rust_name(std::string_view symbol);

// What Rust's older scheme leaves in a demangled C++ name: a hash at the end, and escapes for what C++ cannot
// spell.
std::string without_rust_escapes(std::string name);

}  // namespace ferry::board

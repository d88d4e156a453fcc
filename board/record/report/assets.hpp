// The parts of the page that are files beside this one; the build puts them into the program (embed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace ferry::board::report::assets {

// Each as the files it consists of, in their order.
extern const std::span<const std::string_view> page, style, script;

}  // namespace ferry::board::report::assets

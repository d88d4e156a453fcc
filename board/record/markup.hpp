// Text for a page or an XML file.
#pragma once

#include <string>
#include <string_view>

namespace ferry::board {

// Text from outside, for a place between tags or in a quoted attribute. Control characters and stray bytes
// become \xNN.
std::string escaped(std::string_view text);

}  // namespace ferry::board

// The version that `ferry --version` prints: the project's, which a test compares.
#pragma once

namespace ferry::app {

inline constexpr const char* version = "0.1.0";

}  // namespace ferry::app

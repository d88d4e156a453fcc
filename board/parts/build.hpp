// Parts and wires from a diagram.
#pragma once

#include "board/image/diagram.hpp"
#include "board/parts/circuit.hpp"
#include "board/parts/part_types.hpp"

#include <expected>
#include <filesystem>
#include <optional>
#include <string>

namespace ferry::board {

/// Places the diagram's parts and joins what it joins. The names of files in attributes start at `folder`.
///
/// Gives one line about what the diagram holds and the board does without, such as parts of types that are
/// not among `types`: they are left out with their connections. Errors are one line without the file's name.
std::expected<std::optional<std::string>, std::string> build(Circuit& circuit, const Diagram& diagram,
                                                             const PartTypes& types,
                                                             const std::filesystem::path& folder);

}  // namespace ferry::board

// For computers that nobody has written a translator for: the handlers execute everything.
#include "board/cpu/translate/translator.hpp"

namespace ferry::board {

std::unique_ptr<Translator> Translator::create(std::uint32_t, std::uint32_t) { return nullptr; }

}  // namespace ferry::board

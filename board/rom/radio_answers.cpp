// What the radio's libraries in the ROM say of themselves. Programs print it as they start, whether they use
// the radio or not; it is all of the radio that is here.
#include "board/rom/answers.hpp"

#include <array>

namespace ferry::board {

namespace {

constexpr std::array answers = std::to_array<RomAnswer>({
    {"esp_coex_rom_version_get", answer_with<rom_data::radio_version>, 3},
    {"esp_pp_rom_version_get", answer_with<rom_data::radio_version>, 3},
    {"esp_net80211_rom_version_get", answer_with<rom_data::radio_version>, 3},
});

}  // namespace

std::span<const RomAnswer> radio_answers() { return answers; }

}  // namespace ferry::board

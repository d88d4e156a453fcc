// What the radio's libraries in the ROM say of themselves. Programs print it as they start, whether they use
// the radio or not; it is all of the radio that is here.
#include "board/rom/answers.hpp"

#include <array>

namespace ferry::board {

namespace {

void version(RomCall& call) { call.result(rom_data::radio_version); }

constexpr std::array answers = std::to_array<RomAnswer>({
    {"esp_coex_rom_version_get", version, 3},
    {"esp_pp_rom_version_get", version, 3},
    {"esp_net80211_rom_version_get", version, 3},
});

}  // namespace

std::span<const RomAnswer> radio_answers() { return answers; }

}  // namespace ferry::board

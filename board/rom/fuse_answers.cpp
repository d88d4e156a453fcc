// What eFuses say of the flash chip's pads.
#include "board/rom/answers.hpp"
#include "chip/esp32c3/registers/efuse.hpp"

#include <array>
#include <optional>

namespace ferry::board {

namespace {

namespace fuse = chip::efuse;

// Six pads of six bits each: clock, Q, D, chip select, hold, write protect. Nothing where no fuse is burnt,
// or each.
std::optional<std::uint64_t> pads(RomCall& call) {
  constexpr std::uint64_t all = (std::uint64_t{1} << 36) - 1;
  const std::uint32_t low = call.load(fuse::base + fuse::RdMacSpiSys1::offset) >> 16;
  const std::uint64_t high = call.load(fuse::base + fuse::RdMacSpiSys2::offset);
  const std::uint64_t value = (low | high << 16) & all;
  return value == 0 || value == all ? std::nullopt : std::optional(value);
}

void flash_pads(RomCall& call) {
  constexpr std::uint32_t first_five = (1u << 30) - 1;
  call.result(static_cast<std::uint32_t>(pads(call).value_or(0)) & first_five);
}
void write_protect_pad(RomCall& call) {
  constexpr std::uint32_t none = 0x3F;
  const auto value = pads(call);
  call.result(value ? static_cast<std::uint32_t>(*value >> 30) : none);
}

constexpr std::array answers = std::to_array<RomAnswer>({
    {"ets_efuse_get_spiconfig", flash_pads, 16},
    {"ets_efuse_get_wp_pad", write_protect_pad, 16},
});

}  // namespace

std::span<const RomAnswer> fuse_answers() { return answers; }

}  // namespace ferry::board

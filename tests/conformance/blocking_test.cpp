// run: --wire GPIO4:GPIO2
// By the CPU, looped back: equal and unequal lengths, in place, any size.
#include "tests/conformance/spi.hpp"

#include <array>

using namespace conformance;

namespace {

constexpr std::uint32_t block_sizes[] = {1, 3, 4, 5, 48, 63, 64, 65, 128, 4096, 4097};

constexpr std::array<std::byte, 4> four_bytes{0xDE_b, 0xAD_b, 0xBE_b, 0xEF_b};
std::array<std::byte, 4097> sent;
std::array<std::byte, 4097> received;

void four(spi::Master& spi FERRY_BORROWS) {
  std::array<std::byte, 4> in{};
  FERRY_CHECK(spi.transfer(in, four_bytes).has_value());
  FERRY_CHECK(in == four_bytes);

  // Write four, read two.
  in.fill(untouched);
  FERRY_CHECK(spi.transfer(std::span{in}.first(2), four_bytes).has_value());
  FERRY_CHECK(in[0] == 0xDE_b && in[1] == 0xAD_b && in[2] == untouched);

  // Write two, read four: zeros are sent behind what there is.
  FERRY_CHECK(spi.transfer(in, std::span{four_bytes}.first(2)).has_value());
  FERRY_CHECK(in[0] == 0xDE_b && in[1] == 0xAD_b && in[2] == 0_b && in[3] == 0_b);

  // One direction, and none.
  FERRY_CHECK(spi.write(four_bytes).has_value());
  FERRY_CHECK(spi.transfer({}, four_bytes).has_value());
  FERRY_CHECK(spi.read(in).has_value());
  FERRY_CHECK(all(in, 0_b));
  FERRY_CHECK(spi.read({}).has_value() && spi.write({}).has_value() && spi.transfer({}, {}).has_value());
  FERRY_CHECK(spi.transfer_in_place({}).has_value());
}

void sizes(spi::Master& spi FERRY_BORROWS) {
  std::uint32_t round = 0;
  for (const std::uint32_t size : block_sizes) {
    ++round;
    const auto out = std::span{sent}.first(size);
    const auto in = std::span{received}.first(size);
    fill_pattern(out, round);
    received.fill(untouched);
    FERRY_CHECK(spi.transfer(in, out).has_value());
    FERRY_CHECK_EQUAL(matching(in, round), size);
    FERRY_CHECK(all(std::span{received}.subspan(size), untouched));

    FERRY_CHECK(spi.transfer_in_place(out).has_value());
    FERRY_CHECK_EQUAL(matching(out, round), size);

    // Off a word's boundary.
    received.fill(untouched);
    const auto shifted_out = out.subspan(size > 1 ? 1 : 0);
    const auto shifted_in =
        std::span{received}.subspan(std::min<std::uint32_t>(3, 4097 - size), shifted_out.size());
    FERRY_CHECK(spi.transfer(shifted_in, shifted_out).has_value());
    FERRY_CHECK(std::ranges::equal(shifted_in, shifted_out));
  }
}

}  // namespace

int main() {
  auto chip = take();
  auto spi = make_master(chip, {.frequency = 10_MHz});
  four(spi);
  sizes(spi);
  for (const spi::Mode mode : {spi::Mode::_1, spi::Mode::_2, spi::Mode::_3}) {
    spi.apply_config({.frequency = 10_MHz, .mode = mode});
    four(spi);
  }
  spi.apply_config({.frequency = 10_MHz,
                    .write_bit_order = spi::BitOrder::lsb_first,
                    .read_bit_order = spi::BitOrder::lsb_first});
  four(spi);
  // One way LSB first and back MSB first turns a byte around.
  spi.apply_config({.frequency = 10_MHz, .write_bit_order = spi::BitOrder::lsb_first});
  std::array<std::byte, 2> turned{0x01_b, 0xD0_b};
  FERRY_CHECK(spi.transfer_in_place(turned).has_value());
  FERRY_CHECK(turned[0] == 0x80_b && turned[1] == 0x0B_b);
  return check::result();
}

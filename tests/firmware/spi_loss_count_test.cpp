// How many bytes a stream has lost, without the hardware: also of more than 32 bits count. Plain arithmetic,
// so the compiler does it.
#include "check.hpp"
#include "ferry/spi/loss_count.hpp"

using ferry::spi::detail::LossCount;

namespace {

constexpr std::uint32_t piece = 32'736, waiting = 128;

constexpr bool counts_what_does_not_arrive() {
  LossCount count;
  count.end_piece(piece, piece);
  if (count.count() != 0) return false;
  count.end_piece(piece, piece + 1000);
  if (count.count() != piece - 1000) return false;
  // 100 of them come to memory after all.
  count.end_piece(piece, 2 * piece + 1100);
  return count.count() == piece - 1100;
}
static_assert(counts_what_does_not_arrive());

constexpr bool counts_while_a_piece_is_under_way() {
  LossCount count;
  // What may be on its way is not lost yet.
  if (count.count(1000, 1000, waiting) != 0 || count.count(1000, 872, waiting) != 0) return false;
  if (count.count(1000, 871, waiting) != 1 || count.count(30'000, 4096, waiting) != 25'776) return false;
  // With room again, less is known of what is on its way; what is lost stays so.
  count.note(count.count(30'000, 4096, waiting));
  if (count.count(30'010, 4096, waiting + 1024) != 25'776 || count.count() != 25'776) return false;
  count.end_piece(piece, 4096 + 1024);
  return count.count() == piece - 5120 && count.count(0, 5120, waiting) == piece - 5120;
}
static_assert(counts_while_a_piece_is_under_way());

constexpr bool breaks_off() {
  LossCount count;
  count.end_piece(piece, 4096);
  // The clock is measured a little late: that is no byte that came twice.
  count.break_off(90, 4096 + 100);
  if (count.count() != piece - 4096) return false;
  count.break_off(500, 4096 + 100);
  return count.count() == piece - 4096 + 500;
}
static_assert(breaks_off());

// Beyond 32 bits of what is lost, and of what arrives.
constexpr bool counts_on() {
  LossCount count;
  std::uint64_t lost = 0;
  std::uint32_t arrived = 0;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    count.end_piece(0x7000'0000, arrived += 0x1000'0000);
    lost += 0x6000'0000;
    if (count.count() != lost) return false;
  }
  if (count.count(5000, arrived + 100, waiting) != lost + 4772) return false;
  count.break_off(5000, arrived + 100);
  return count.count() == lost + 4900 && lost >> 32 > 3000;
}
static_assert(counts_on());

}  // namespace

int main() {
  FERRY_CHECK(counts_on());
  return check::result();
}

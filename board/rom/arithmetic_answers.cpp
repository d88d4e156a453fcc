// libgcc's functions for integers. The core has no 64-bit arithmetic, and no instructions that count bits.
#include "board/rom/answers.hpp"

#include <array>
#include <bit>

namespace ferry::board {

namespace {

using Word = std::uint32_t;
using Long = std::uint64_t;
using SignedWord = std::int32_t;
using SignedLong = std::int64_t;

// What the division instructions of the core give without a divisor and for the one overflow; libgcc's
// functions are built on them.
template <class Unsigned>
Unsigned divide(Unsigned a, Unsigned b) {
  return b == 0 ? ~Unsigned{0} : a / b;
}
template <class Unsigned>
Unsigned remainder(Unsigned a, Unsigned b) {
  return b == 0 ? a : a % b;
}
template <class Unsigned>
Unsigned magnitude(Unsigned value) {
  return value >> (8 * sizeof value - 1) != 0 ? Unsigned{0} - value : value;
}
template <class Unsigned>
Unsigned signed_divide(Unsigned a, Unsigned b) {
  const Unsigned quotient = divide(magnitude(a), magnitude(b));
  return (a ^ b) >> (8 * sizeof a - 1) != 0 ? Unsigned{0} - quotient : quotient;
}
template <class Unsigned>
Unsigned signed_remainder(Unsigned a, Unsigned b) {
  const Unsigned rest = remainder(magnitude(a), magnitude(b));
  return a >> (8 * sizeof a - 1) != 0 ? Unsigned{0} - rest : rest;
}

template <Word (*function)(Word, Word)>
void of_words(RomCall& call) {
  call.result(function(call.argument(0), call.argument(1)));
}
template <Long (*function)(Long, Long)>
void of_longs(RomCall& call) {
  call.result64(function(call.argument64(0), call.argument64(2)));
}
template <Long (*function)(Long, unsigned)>
void shifted(RomCall& call) {
  call.result64(function(call.argument64(0), call.argument(2) & 63));
}
template <int (*function)(Long)>
void of_long_to_int(RomCall& call) {
  call.result(static_cast<Word>(function(call.argument64(0))));
}
template <int (*function)(Word)>
void of_word_to_int(RomCall& call) {
  call.result(static_cast<Word>(function(call.argument(0))));
}

Word multiply(Word a, Word b) { return a * b; }
Long multiply_long(Long a, Long b) { return a * b; }
Long add_long(Long a, Long b) { return a + b; }
Long subtract_long(Long a, Long b) { return a - b; }
Word add(Word a, Word b) { return a + b; }
Word subtract(Word a, Word b) { return a - b; }
Long left(Long value, unsigned by) { return value << by; }
Long right(Long value, unsigned by) { return value >> by; }
Long arithmetic_right(Long value, unsigned by) {
  return static_cast<Long>(static_cast<SignedLong>(value) >> by);
}

template <class Unsigned>
int leading_zeros(Unsigned value) {
  return std::countl_zero(value);
}
template <class Unsigned>
int trailing_zeros(Unsigned value) {
  return std::countr_zero(value);
}
template <class Unsigned>
int first_set(Unsigned value) {
  return value == 0 ? 0 : std::countr_zero(value) + 1;
}
template <class Unsigned>
int set_bits(Unsigned value) {
  return std::popcount(value);
}
template <class Unsigned>
int redundant_signs(Unsigned value) {
  return std::countl_zero(static_cast<Unsigned>(value >> (8 * sizeof value - 1) != 0 ? ~value : value)) - 1;
}
int parity(Word value) { return std::popcount(value) % 2; }

// 0, 1, 2 for less, equal, greater.
void compare_signed(RomCall& call) {
  const auto a = static_cast<SignedLong>(call.argument64(0)), b = static_cast<SignedLong>(call.argument64(2));
  call.result(a < b ? 0 : a == b ? 1 : 2);
}
void compare_unsigned(RomCall& call) {
  const Long a = call.argument64(0), b = call.argument64(2);
  call.result(a < b ? 0 : a == b ? 1 : 2);
}
void divide_with_remainder(RomCall& call) {
  const Long a = call.argument64(0), b = call.argument64(2);
  if (const Word place = call.argument(4); place != 0) {
    const Long rest = remainder(a, b);
    call.store(place, static_cast<Word>(rest));
    call.store(place + 4, static_cast<Word>(rest >> 32));
  }
  call.result64(divide(a, b));
}
void negate_long(RomCall& call) { call.result64(Long{0} - call.argument64(0)); }
void absolute(RomCall& call) { call.result(magnitude(call.argument(0))); }
void absolute_long(RomCall& call) { call.result64(magnitude(call.argument64(0))); }
void negate(RomCall& call) { call.result(Word{0} - call.argument(0)); }
void swap_bytes(RomCall& call) { call.result(std::byteswap(call.argument(0))); }
void swap_bytes_long(RomCall& call) { call.result64(std::byteswap(call.argument64(0))); }
// { quotient, remainder }, which registers return.
void answer_div(RomCall& call) {
  const Word a = call.argument(0), b = call.argument(1);
  call.result64(signed_divide(a, b) | Long{signed_remainder(a, b)} << 32);
}

constexpr unsigned division = 80;  // of 64 bits, from SRAM; long operands take more

constexpr std::array answers = std::to_array<RomAnswer>({
    {"__divdi3", of_longs<signed_divide<Long>>, division},
    {"__udivdi3", of_longs<divide<Long>>, division},
    {"__moddi3", of_longs<signed_remainder<Long>>, division},
    {"__umoddi3", of_longs<remainder<Long>>, division},
    {"__udivmoddi4", divide_with_remainder, division},
    {"__divsi3", of_words<signed_divide<Word>>, 15},
    {"__udivsi3", of_words<divide<Word>>, 15},
    {"__modsi3", of_words<signed_remainder<Word>>, 15},
    {"__umodsi3", of_words<remainder<Word>>, 15},
    {"__mulsi3", of_words<multiply>, 5},
    {"__muldi3", of_longs<multiply_long>, 12},
    {"__addvdi3", of_longs<add_long>, 10},
    {"__subvdi3", of_longs<subtract_long>, 10},
    {"__mulvdi3", of_longs<multiply_long>, 30},
    {"__addvsi3", of_words<add>, 6},
    {"__subvsi3", of_words<subtract>, 6},
    {"__mulvsi3", of_words<multiply>, 10},
    {"__negdi2", negate_long, 5},
    {"__negvdi2", negate_long, 8},
    {"__negvsi2", negate, 5},
    {"__absvdi2", absolute_long, 8},
    {"__absvsi2", absolute, 5},
    {"__ashldi3", shifted<left>, 10},
    {"__ashrdi3", shifted<arithmetic_right>, 10},
    {"__lshrdi3", shifted<right>, 10},
    {"__cmpdi2", compare_signed, 10},
    {"__ucmpdi2", compare_unsigned, 10},
    {"__bswapsi2", swap_bytes, 12},
    {"__bswapdi2", swap_bytes_long, 24},
    {"__clzsi2", of_word_to_int<leading_zeros<Word>>, 15},
    {"__clzdi2", of_long_to_int<leading_zeros<Long>>, 18},
    {"__ctzsi2", of_word_to_int<trailing_zeros<Word>>, 15},
    {"__ctzdi2", of_long_to_int<trailing_zeros<Long>>, 18},
    {"__clrsbsi2", of_word_to_int<redundant_signs<Word>>, 18},
    {"__clrsbdi2", of_long_to_int<redundant_signs<Long>>, 20},
    {"__ffssi2", of_word_to_int<first_set<Word>>, 18},
    {"__ffsdi2", of_long_to_int<first_set<Long>>, 20},
    {"__popcountsi2", of_word_to_int<set_bits<Word>>, 20},
    {"__popcountdi2", of_long_to_int<set_bits<Long>>, 30},
    {"__paritysi2", of_word_to_int<parity>, 15},
    {"__clear_cache", answer_nothing, 4},  // decoded code follows memory by itself
    {"abs", absolute, 4},
    {"labs", absolute, 4},
    {"div", answer_div, 25},
    {"ldiv", answer_div, 25},
});

}  // namespace

std::span<const RomAnswer> arithmetic_answers() { return answers; }

}  // namespace ferry::board

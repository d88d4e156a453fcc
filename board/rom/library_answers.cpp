// What else of the C library the ROM has: sorting, numbers in text, random numbers, jumps.
#include "board/rom/answers.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

namespace ferry::board {

namespace {

// ---- qsort: the program's comparison is called between two steps. Shell's method needs no more memory than
// where it stands; which order equal elements end up in is not defined, there as here.

struct SortFrame {
  enum Place : std::uint32_t { ra, base, count, size, compare, gap, outer, inner, words = 8 };
};

std::uint32_t element(RomCall& call, std::uint32_t index) {
  return call.frame_word(SortFrame::base) + index * call.frame_word(SortFrame::size);
}

void call_comparison(RomCall& call, std::uint32_t gap, std::uint32_t inner) {
  call.cpu().set_register(abi::a0, element(call, inner - gap));
  call.cpu().set_register(abi::a1, element(call, inner));
  call.cpu().set_register(abi::ra, address_of(RomStep::sort));
  call.go_on_at(call.frame_word(SortFrame::compare));
}

void answer_qsort(RomCall& call) {
  const std::uint32_t base = call.argument(0), count = call.argument(1), size = call.argument(2),
                      compare = call.argument(3);
  if (count < 2 || size == 0) return;
  const std::uint32_t gap = count / 2;
  const std::array frame{base, count, size, compare, gap, gap, gap};
  if (call.open_frame(SortFrame::words, frame)) call_comparison(call, gap, gap);
}

void exchange(RomCall& call, std::uint32_t one, std::uint32_t other, std::uint32_t size) {
  std::array<std::byte, 64> a, b;
  for (std::uint32_t done = 0; done < size && !call.faulted(); done += a.size()) {
    const std::uint32_t count = std::min<std::uint32_t>(size - done, a.size());
    call.read(one + done, std::span(a).first(count));
    call.read(other + done, std::span(b).first(count));
    call.write(one + done, std::span(b).first(count));
    call.write(other + done, std::span(a).first(count));
  }
}

// After a comparison: a0 is its result.
void sort_step(RomCall& call) {
  const auto order = static_cast<std::int32_t>(call.argument(0));
  std::uint32_t gap = call.frame_word(SortFrame::gap), outer = call.frame_word(SortFrame::outer),
                inner = call.frame_word(SortFrame::inner);
  if (order > 0) {
    exchange(call, element(call, inner - gap), element(call, inner), call.frame_word(SortFrame::size));
    inner -= gap;
  }
  if (order <= 0 || inner < gap) {
    if (++outer >= call.frame_word(SortFrame::count)) {
      gap /= 2;
      outer = gap;
    }
    inner = outer;
  }
  call.spend(20);
  if (gap == 0 || call.faulted()) return call.close_frame(SortFrame::words);
  call.set_frame_word(SortFrame::gap, gap);
  call.set_frame_word(SortFrame::outer, outer);
  call.set_frame_word(SortFrame::inner, inner);
  call_comparison(call, gap, inner);
}

// ---- Numbers in text

std::string digits(std::uint32_t value, std::uint32_t base) {
  std::string text;
  do {
    text.insert(text.begin(), "0123456789abcdefghijklmnopqrstuvwxyz"[value % base]);
    value /= base;
  } while (value != 0);
  return text;
}

template <bool is_signed>
void number_to_text(RomCall& call) {
  const std::uint32_t value = call.argument(0), place = call.argument(1), base = call.argument(2);
  std::string text;
  if (base >= 2 && base <= 36) {
    const bool negative = is_signed && base == 10 && static_cast<std::int32_t>(value) < 0;
    text = negative ? "-" + digits(0u - value, base) : digits(value, base);
  }
  call.spend(30 * text.size());
  call.write(place, std::as_bytes(std::span(text)));
  call.store(place + static_cast<std::uint32_t>(text.size()), 0, 1);
  call.result(base >= 2 && base <= 36 ? place : 0);
}

template <bool is_signed>
void text_to_number(RomCall& call, std::uint32_t end_place, std::uint32_t base) {
  const std::uint32_t start = call.argument(0);
  const std::string text = call.text(start);
  char* end = nullptr;
  const bool possible = base == 0 || (base >= 2 && base <= 36);
  const long long value = possible ? std::strtoll(text.c_str(), &end, static_cast<int>(base)) : 0;
  if (end_place != 0) {
    const auto consumed = static_cast<std::uint32_t>(end == nullptr ? 0 : end - text.c_str());
    call.store(end_place, start + consumed);
  }
  if constexpr (is_signed) {
    using Limits = std::numeric_limits<std::int32_t>;
    call.result(static_cast<std::uint32_t>(std::clamp<long long>(value, Limits::min(), Limits::max())));
  } else {
    constexpr long long largest = std::numeric_limits<std::uint32_t>::max();
    call.result(value > largest || value < -largest ? ~0u : static_cast<std::uint32_t>(value));
  }
}
void answer_strtol(RomCall& call) { text_to_number<true>(call, call.argument(1), call.argument(2)); }
void answer_strtoul(RomCall& call) { text_to_number<false>(call, call.argument(1), call.argument(2)); }
void answer_atoi(RomCall& call) { text_to_number<true>(call, 0, 10); }

// ---- Random numbers, by the generators that newlib documents in its sources

void answer_srand(RomCall& call) {
  call.store(rom_data::random_low, call.argument(0));
  call.store(rom_data::random_high, 0);
}

void answer_rand(RomCall& call) {
  constexpr std::uint64_t factor = 6'364'136'223'846'793'005;
  std::uint64_t state = call.load(rom_data::random_low) | std::uint64_t{call.load(rom_data::random_high)}
                                                              << 32;
  state = state * factor + 1;
  call.store(rom_data::random_low, static_cast<std::uint32_t>(state));
  call.store(rom_data::random_high, static_cast<std::uint32_t>(state >> 32));
  call.result(static_cast<std::uint32_t>(state >> 32) & 0x7FFF'FFFF);
}

// Lehmer's generator with 16807, modulo 2^31 - 1.
void answer_rand_r(RomCall& call) {
  constexpr std::int64_t modulus = 2'147'483'647;
  const std::uint32_t place = call.argument(0);
  std::int64_t seed = static_cast<std::int32_t>(call.load(place));
  if (seed == 0) seed = 0x1234'5987;
  seed = seed * 16'807 % modulus;
  if (seed < 0) seed += modulus;
  call.store(place, static_cast<std::uint32_t>(seed));
  call.result(static_cast<std::uint32_t>(seed) & 0x7FFF'FFFF);
}

// ---- Jumps: ra, s0 to s11, sp

constexpr std::array saved_registers{abi::ra,     abi::s0,     9u,          abi::s2,     abi::s2 + 1,
                                     abi::s2 + 2, abi::s2 + 3, abi::s2 + 4, abi::s2 + 5, abi::s2 + 6,
                                     abi::s2 + 7, abi::s2 + 8, abi::s2 + 9, abi::sp};

void answer_setjmp(RomCall& call) {
  std::uint32_t place = call.argument(0);
  for (const unsigned number : saved_registers) {
    call.store(place, call.cpu().register_value(number));
    place += 4;
  }
  call.result(0);
}

void answer_longjmp(RomCall& call) {
  std::uint32_t place = call.argument(0);
  const std::uint32_t value = call.argument(1);
  std::array<std::uint32_t, saved_registers.size()> saved{};
  for (std::uint32_t& word : saved) {
    word = call.load(place);
    if (call.faulted()) return;
    place += 4;
  }
  // The stack pointer first: who hears of it sees by the other registers who has called.
  call.cpu().jump_stack(saved.back());
  for (std::size_t index = 0; index + 1 < saved.size(); ++index)
    call.cpu().set_register(saved_registers[index], saved[index]);
  call.result(value == 0 ? 1 : value);
  call.go_on_at(call.cpu().register_value(abi::ra));
}

constexpr std::array answers = std::to_array<RomAnswer>({
    {"qsort", answer_qsort, 30},
    {"itoa", number_to_text<true>, 30},
    {"utoa", number_to_text<false>, 30},
    {"atoi", answer_atoi, 60},
    {"atol", answer_atoi, 60},
    {"strtol", answer_strtol, 80},
    {"strtoul", answer_strtoul, 80},
    {"srand", answer_srand, 6},
    {"rand", answer_rand, 25},
    {"rand_r", answer_rand_r, 35},
    {"setjmp", answer_setjmp, 2},
    {"longjmp", answer_longjmp, 4},
    {"esp_rom_newlib_init_common_mutexes", answer_nothing, 10},
});
constexpr std::array steps = std::to_array<RomStepAnswer>({{RomStep::sort, sort_step}});

}  // namespace

std::span<const RomAnswer> library_answers() { return answers; }
std::span<const RomStepAnswer> library_steps() { return steps; }

}  // namespace ferry::board

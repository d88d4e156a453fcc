// What it means to hold a peripheral: a token that exists once and can be moved, not copied.
//
// Who makes a driver moves the token into it, `Master{std::move(chip.spi2), …}`; so a peripheral has one
// owner. That it is moved once only, the compiler does not see: the language has no rule against moving
// something twice, and Clang's analysis (ferry/ownership.hpp) follows variables, not the members of a struct.
// It is found
//  * by clang-tidy, as an error: clang-analyzer-cplusplus.Move follows members, too, within a function, and
//    bugprone-use-after-move variables. tests/tidy shows what they find, and ./test has them look at every
//    program here;
//  * at run time, always and with every compiler: the second move ends the program, with the token's name and
//    the place, before anything is made of it.
#pragma once

#include "ferry/ownership.hpp"

#include <utility>

namespace ferry {

struct Peripherals;

namespace detail {

/// Prints that a token was used after it had been moved away, and where, and ends the program.
[[noreturn]] void token_is_empty(const char* name, const void* place);

// Lets ferry::take() and nobody else make tokens.
class TokenKey {
  friend struct ferry::Peripherals;
  constexpr TokenKey() = default;
};

/// Base of every token. It remembers whether it was moved from: taking from an empty token ends the program
/// at that very line instead of sharing a peripheral. There are no copies. `Named::name()` is what it is
/// called.
template <class Named>
class Token {
 public:
  /// Whether the token is still here, not moved away.
  constexpr bool held() const { return held_; }

 private:
  friend Named;

  explicit constexpr Token(TokenKey) {}
  constexpr Token(Token&& other) : held_(other.give_away()) {}
  constexpr Token& operator=(Token&& other) {
    held_ = other.give_away();
    return *this;
  }
  ~Token() = default;

  // Without arguments, so that a check costs its caller no more than a branch and a call.
  [[noreturn, gnu::noinline]] FERRY_KEPT_APART static void is_empty() {
    token_is_empty(Named::name(), __builtin_return_address(0));
  }
  constexpr bool give_away() {
    if (!held_) is_empty();
    return std::exchange(held_, false);
  }

  bool held_ = true;
};

}  // namespace detail
}  // namespace ferry

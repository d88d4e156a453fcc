// What it means to hold a peripheral: a token that exists once and can be moved, not copied.
#pragma once

#include "ferry/ownership.hpp"

#include <utility>

namespace ferry {

struct Peripherals;

namespace detail {

/// Prints that a token was used after it had been moved away, and ends the program.
[[noreturn]] FERRY_KEPT_APART void token_is_empty();

// Lets ferry::take() and nobody else make tokens.
class TokenKey {
  friend struct ferry::Peripherals;
  constexpr TokenKey() = default;
};

/// Base of every token. It remembers whether it was moved from, since the compiler does not follow members of
/// a struct: taking from an empty token ends the program at that very line instead of sharing a peripheral.
class Token {
 public:
  Token(const Token&) = delete;
  Token& operator=(const Token&) = delete;

  /// Whether the token is still here, not moved away.
  constexpr bool held() const { return held_; }

 protected:
  explicit constexpr Token(TokenKey) {}
  constexpr Token(Token&& other) : held_(other.give_away()) {}
  constexpr Token& operator=(Token&& other) {
    held_ = other.give_away();
    return *this;
  }
  ~Token() = default;

 private:
  constexpr bool give_away() {
    if (!held_) token_is_empty();
    return std::exchange(held_, false);
  }

  bool held_ = true;
};

}  // namespace detail
}  // namespace ferry

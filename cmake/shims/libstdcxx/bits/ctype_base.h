// Character classes as our own bit masks: the host's header would index the tables of glibc.

#pragma once

// clang-format off: the two macros are not statements.
namespace std _GLIBCXX_VISIBILITY(default) {
_GLIBCXX_BEGIN_NAMESPACE_VERSION

struct ctype_base {
  typedef const int* __to_type;
  typedef unsigned short mask;

  static const mask upper = 1 << 0;
  static const mask lower = 1 << 1;
  static const mask digit = 1 << 2;
  static const mask xdigit = 1 << 3;
  static const mask space = 1 << 4;
  static const mask print = 1 << 5;
  static const mask punct = 1 << 6;
  static const mask cntrl = 1 << 7;
  static const mask blank = 1 << 8;
  static const mask alpha = upper | lower;
  static const mask alnum = alpha | digit;
  static const mask graph = alnum | punct;
};

_GLIBCXX_END_NAMESPACE_VERSION
}  // namespace std
// clang-format on

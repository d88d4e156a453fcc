// The C locale is the only one. The types and the one function below are what the headers name; formatting
// of numbers through locales is not available to firmware.

#pragma once
#include <clocale>

#define _GLIBCXX_NUM_CATEGORIES 0

namespace std {

typedef int* __c_locale;

inline int __convert_from_v(const __c_locale&, char*, const int, const char*, ...) { return 0; }

}  // namespace std

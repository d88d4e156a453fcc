// Takes the host's libstdc++ configuration and withdraws what a single core without an operating system
// does not have. Everything else in it (the compiler, the language level) holds for the target as well.

#pragma once
#include_next <bits/c++config.h>

#undef _GLIBCXX_HAS_GTHREADS
#undef _GLIBCXX_HAVE_TLS
#undef _GLIBCXX_HAVE_LINUX_FUTEX
#undef _GLIBCXX_HAVE_POSIX_SEMAPHORE
#undef _GLIBCXX_HAVE_TIMESPEC_GET
#undef _GLIBCXX_USE_LFS
#undef _GLIBCXX_USE_NLS
// 64-bit hosts have these types, a 32-bit target does not.
#undef _GLIBCXX_USE_INT128
#undef _GLIBCXX_USE_FLOAT128

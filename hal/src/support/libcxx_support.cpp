// libc++ declares a few things that its compiled half (libc++.a) defines. Debian has no such library for
// rv32, and firmware needs only two of them. With libstdc++ this file is empty.

#include <version>

#ifdef _LIBCPP_VERSION

#include <algorithm>
#include <bit>
#include <functional>

// The names are libc++'s.
// NOLINTBEGIN(readability-identifier-naming)
_LIBCPP_BEGIN_NAMESPACE_STD

// What a library check calls before giving up. The message is dropped: printing it would need stdio, and
// the trap handler prints where it happened.
[[noreturn]] void __libcpp_verbose_abort(const char*, ...) { __builtin_trap(); }

// std::sort on a built-in type with the default order goes to these instances, which the header declares
// extern. ranges::less is used for the body since it is not __less and hence does not lead back here.
template <class Compare, class Iterator>
void __sort(Iterator first, Iterator last, Compare) {
  const auto count = static_cast<unsigned>(last - first);
  const int depth_limit = 2 * static_cast<int>(std::bit_width(count));
  std::__introsort<_ClassicAlgPolicy, ranges::less, Iterator, /*UseBitSetPartition=*/false>(
      first, last, ranges::less{}, depth_limit);
}

#define FERRY_SORT_INSTANCE(Type) template void __sort<__less<Type>&, Type*>(Type*, Type*, __less<Type>&);
FERRY_SORT_INSTANCE(char)
FERRY_SORT_INSTANCE(signed char)
FERRY_SORT_INSTANCE(unsigned char)
FERRY_SORT_INSTANCE(short)
FERRY_SORT_INSTANCE(unsigned short)
FERRY_SORT_INSTANCE(int)
FERRY_SORT_INSTANCE(unsigned)
FERRY_SORT_INSTANCE(long)
FERRY_SORT_INSTANCE(unsigned long)
FERRY_SORT_INSTANCE(long long)
FERRY_SORT_INSTANCE(unsigned long long)
FERRY_SORT_INSTANCE(float)
FERRY_SORT_INSTANCE(double)
#undef FERRY_SORT_INSTANCE

_LIBCPP_END_NAMESPACE_STD
// NOLINTEND(readability-identifier-naming)

#endif

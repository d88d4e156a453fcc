// Atomic read-modify-write for a core without the A extension. The C3 has one core, so nothing but an
// interrupt can come between the read and the write: each operation runs with interrupts masked, a handful of
// instructions long. Memory order needs no more than that, hence the order arguments are not looked at.
//
// Compilers call these by fixed names of two families: __atomic_* (GCC, and Clang for 8 bytes) and
// __sync_* (Clang with forced-atomics). Clang reserves the names as builtins, so the functions carry other
// names in C++ and get the fixed ones as assembler labels.
//
// For 1 and 2 bytes the families differ in what stands in the rest of the register. Clang calls __sync_* with
// anything there and takes the result as sign-extended (it compares it with a value loaded by lb); GCC takes
// the result of __atomic_* as zero-extended. So both take whole words, cut them, and extend as wanted.

#include <cstdint>

namespace {

// Masks machine interrupts for its lifetime and puts the enable bit back as it was, so it nests.
class InterruptsMasked {
 public:
  InterruptsMasked() { asm volatile("csrrci %0, mstatus, 8" : "=r"(saved_) : : "memory"); }
  ~InterruptsMasked() { asm volatile("csrs mstatus, %0" : : "r"(saved_ & 8) : "memory"); }
  InterruptsMasked(const InterruptsMasked&) = delete;
  InterruptsMasked& operator=(const InterruptsMasked&) = delete;

 private:
  std::uint32_t saved_;
};

// Stores change(old) and returns old.
template <class Value, class Change>
inline Value modify(volatile void* address, Change change) {
  const InterruptsMasked masked;
  auto* const object = static_cast<volatile Value*>(address);
  const Value old = *object;
  *object = static_cast<Value>(change(old));
  return old;
}

template <class Value>
inline Value load(const volatile void* address) {
  const InterruptsMasked masked;
  return *static_cast<const volatile Value*>(address);
}

template <class Value>
inline void store(volatile void* address, Value value) {
  const InterruptsMasked masked;
  *static_cast<volatile Value*>(address) = value;
}

// Stores `desired` if the object holds `expected`; returns what it held.
template <class Value>
inline Value compare_and_swap(volatile void* address, Value expected, Value desired) {
  const InterruptsMasked masked;
  auto* const object = static_cast<volatile Value*>(address);
  const Value old = *object;
  if (old == expected) *object = desired;
  return old;
}

}  // namespace

// Declares the function, which is where the label goes, and opens its definition.
#define FERRY_ATOMIC(Result, function, label, ...)    \
  extern "C" Result function(__VA_ARGS__) asm(label); \
  extern "C" __attribute__((used)) Result function(__VA_ARGS__)

#define FERRY_ATOMIC_FETCH(size, Unsigned, Signed, Word, SignedWord, operation, op)                        \
  FERRY_ATOMIC(Word, atomic_fetch_##operation##_##size, "__atomic_fetch_" #operation "_" #size,            \
               volatile void* address, Word value, int) {                                                  \
    return modify<Unsigned>(address, [value](Unsigned old) { return old op value; });                      \
  }                                                                                                        \
  FERRY_ATOMIC(SignedWord, sync_fetch_##operation##_##size, "__sync_fetch_and_" #operation "_" #size,      \
               volatile void* address, Word value) {                                                       \
    return static_cast<Signed>(modify<Unsigned>(address, [value](Unsigned old) { return old op value; })); \
  }

// Unsigned and Signed are the object's type, Word and SignedWord what travels in registers.
#define FERRY_ATOMICS(size, Unsigned, Signed, Word, SignedWord)                                              \
  FERRY_ATOMIC(Word, atomic_load_##size, "__atomic_load_" #size, const volatile void* address, int) {        \
    return load<Unsigned>(address);                                                                          \
  }                                                                                                          \
  FERRY_ATOMIC(void, atomic_store_##size, "__atomic_store_" #size, volatile void* address, Word value,       \
               int) {                                                                                        \
    store<Unsigned>(address, static_cast<Unsigned>(value));                                                  \
  }                                                                                                          \
  FERRY_ATOMIC(Word, atomic_exchange_##size, "__atomic_exchange_" #size, volatile void* address, Word value, \
               int) {                                                                                        \
    return modify<Unsigned>(address, [value](Unsigned) { return value; });                                   \
  }                                                                                                          \
  FERRY_ATOMIC(bool, atomic_compare_exchange_##size, "__atomic_compare_exchange_" #size,                     \
               volatile void* address, void* expected, Word desired, bool, int, int) {                       \
    auto* const wanted = static_cast<Unsigned*>(expected);                                                   \
    const Unsigned old = compare_and_swap<Unsigned>(address, *wanted, static_cast<Unsigned>(desired));       \
    if (old == *wanted) return true;                                                                         \
    *wanted = old;                                                                                           \
    return false;                                                                                            \
  }                                                                                                          \
  FERRY_ATOMIC(SignedWord, sync_exchange_##size, "__sync_lock_test_and_set_" #size, volatile void* address,  \
               Word value) {                                                                                 \
    return static_cast<Signed>(modify<Unsigned>(address, [value](Unsigned) { return value; }));              \
  }                                                                                                          \
  FERRY_ATOMIC(SignedWord, sync_compare_and_swap_##size, "__sync_val_compare_and_swap_" #size,               \
               volatile void* address, Word expected, Word desired) {                                        \
    return static_cast<Signed>(compare_and_swap<Unsigned>(address, static_cast<Unsigned>(expected),          \
                                                          static_cast<Unsigned>(desired)));                  \
  }                                                                                                          \
  FERRY_ATOMIC_FETCH(size, Unsigned, Signed, Word, SignedWord, add, +)                                       \
  FERRY_ATOMIC_FETCH(size, Unsigned, Signed, Word, SignedWord, sub, -)                                       \
  FERRY_ATOMIC_FETCH(size, Unsigned, Signed, Word, SignedWord, and, &)                                       \
  FERRY_ATOMIC_FETCH(size, Unsigned, Signed, Word, SignedWord, or, |)                                        \
  FERRY_ATOMIC_FETCH(size, Unsigned, Signed, Word, SignedWord, xor, ^)

FERRY_ATOMICS(1, std::uint8_t, std::int8_t, std::uint32_t, std::int32_t)
FERRY_ATOMICS(2, std::uint16_t, std::int16_t, std::uint32_t, std::int32_t)
FERRY_ATOMICS(4, std::uint32_t, std::int32_t, std::uint32_t, std::int32_t)
FERRY_ATOMICS(8, std::uint64_t, std::int64_t, std::uint64_t, std::int64_t)

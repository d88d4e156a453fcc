// Work for the CPU benchmark: the kinds of code firmware is made of, each with a checksum that shows it was
// done. Freestanding, and the same binary code for the board and for QEMU; only addresses differ.
#include "bench/cpu/guest/kernels.hpp"

// Written by whoever starts the program: which kernel (0 to 3) and how often.
extern "C" {
extern volatile uint32_t work_order[2];
uint32_t semihosting_call(uint32_t operation, const void* parameter);
void* memset(void* target, int value, size_t size);
void* memcpy(void* target, const void* source, size_t size);
}

namespace {

// ---- Integer work: multiplication, decisions, division, sorting

constexpr int matrix_size = 24;
int32_t matrix_a[matrix_size][matrix_size], matrix_b[matrix_size][matrix_size],
    matrix_c[matrix_size][matrix_size];

uint32_t matrix_product(Random& random) {
  for (auto& row : matrix_a)
    for (auto& cell : row) cell = static_cast<int32_t>(random.next() & 0xFF);
  for (auto& row : matrix_b)
    for (auto& cell : row) cell = static_cast<int32_t>(random.next() & 0xFF);
  uint32_t checksum = 0;
  for (int i = 0; i < matrix_size; ++i)
    for (int j = 0; j < matrix_size; ++j) {
      int32_t sum = 0;
      for (int k = 0; k < matrix_size; ++k) sum += matrix_a[i][k] * matrix_b[k][j];
      matrix_c[i][j] = sum;
      checksum = mix(checksum, static_cast<uint32_t>(sum));
    }
  return checksum;
}

// Counts numbers in a text, as a parser walks it: a character at a time through a few states.
uint32_t scan_numbers(Random& random) {
  enum class State : uint8_t { blank, digits, fraction, word };
  State state = State::blank;
  uint32_t numbers = 0, words = 0, fractions = 0;
  for (int step = 0; step < 4000; ++step) {
    const char character = "0123456789. .,abcxyz  -+"[random.next() % 24];
    const bool digit = character >= '0' && character <= '9';
    switch (state) {
      case State::blank:
        if (digit) {
          state = State::digits;
        } else if (character >= 'a' && character <= 'z') {
          state = State::word;
        }
        break;
      case State::digits:
        if (character == '.') {
          state = State::fraction;
        } else if (!digit) {
          ++numbers;
          state = State::blank;
        }
        break;
      case State::fraction:
        if (!digit) {
          ++fractions;
          state = State::blank;
        }
        break;
      case State::word:
        if (character == ' ') {
          ++words;
          state = State::blank;
        }
        break;
    }
  }
  return numbers ^ words << 10 ^ fractions << 20;
}

uint32_t collatz(uint32_t limit) {
  uint32_t longest = 0;
  for (uint32_t start = 1; start < limit; ++start) {
    uint32_t steps = 0;
    for (uint32_t value = start; value != 1; ++steps) value = (value & 1) != 0 ? 3 * value + 1 : value / 2;
    if (steps > longest) longest = steps;
  }
  return longest;
}

uint32_t greatest_common_divisors(Random& random) {
  uint32_t checksum = 0;
  for (int pair = 0; pair < 200; ++pair) {
    uint32_t a = random.next(), b = random.next() | 1;
    while (b != 0) {
      const uint32_t remainder = a % b;
      a = b;
      b = remainder;
    }
    checksum = mix(checksum, a);
  }
  return checksum;
}

uint32_t insertion_sort(Random& random) {
  static int32_t values[160];
  for (auto& value : values) value = static_cast<int32_t>(random.next());
  for (size_t i = 1; i < 160; ++i) {
    const int32_t moving = values[i];
    size_t place = i;
    for (; place > 0 && values[place - 1] > moving; --place) values[place] = values[place - 1];
    values[place] = moving;
  }
  return static_cast<uint32_t>(values[0]) ^ static_cast<uint32_t>(values[159]);
}

uint32_t integer_kernel(uint32_t seed) {
  Random random{seed};
  uint32_t checksum = matrix_product(random);
  checksum = mix(checksum, scan_numbers(random));
  checksum = mix(checksum, collatz(600));
  checksum = mix(checksum, greatest_common_divisors(random));
  return mix(checksum, insertion_sort(random));
}

// ---- Memory work: copying, checksums, bytes at a distance

constexpr size_t buffer_size = 32 * 1024;
alignas(4) uint8_t buffer_a[buffer_size], buffer_b[buffer_size];
uint32_t crc_table[256];

void make_crc_table() {
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? value >> 1 ^ 0xEDB8'8320 : value >> 1;
    crc_table[byte] = value;
  }
}

uint32_t table_crc(const uint8_t* bytes, size_t size) {
  uint32_t crc = ~0u;
  for (size_t index = 0; index < size; ++index) crc = crc_table[(crc ^ bytes[index]) & 0xFF] ^ crc >> 8;
  return ~crc;
}

uint32_t bitwise_crc(const uint8_t* bytes, size_t size) {
  uint32_t crc = ~0u;
  for (size_t index = 0; index < size; ++index) {
    crc ^= bytes[index];
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB8'8320 : crc >> 1;
  }
  return ~crc;
}

uint32_t strided_bytes() {
  uint32_t sum = 0;
  for (size_t stride = 1; stride <= 64; stride *= 4)
    for (size_t index = 0; index < buffer_size; index += stride) {
      buffer_b[index] = static_cast<uint8_t>(buffer_b[index] + stride);
      sum += buffer_b[index];
    }
  return sum;
}

uint32_t memory_kernel(uint32_t seed) {
  Random random{seed};
  for (auto& byte : buffer_a) byte = static_cast<uint8_t>(random.next());
  make_crc_table();
  memcpy(buffer_b, buffer_a, buffer_size);
  uint32_t checksum = table_crc(buffer_b, buffer_size);
  checksum = mix(checksum, bitwise_crc(buffer_a, 2048));
  return mix(checksum, strided_bytes());
}

// ---- Calls: recursion, calls through pointers, linked data

[[gnu::noinline]] uint32_t fibonacci(uint32_t n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

[[gnu::noinline]] uint32_t add_one(uint32_t value) { return value + 1; }
[[gnu::noinline]] uint32_t twist(uint32_t value) { return value ^ value >> 3; }
[[gnu::noinline]] uint32_t triple(uint32_t value) { return value * 3; }
[[gnu::noinline]] uint32_t turn(uint32_t value) { return value << 7 | value >> 25; }
uint32_t (*volatile actions[])(uint32_t) = {add_one, twist, triple, turn};

uint32_t indirect_calls(uint32_t value) {
  for (uint32_t call = 0; call < 5000; ++call) value = actions[value & 3](value);
  return value;
}

struct Node {
  Node* next;
  uint32_t key;
};
Node nodes[512];

[[gnu::noinline]] Node* merge(Node* a, Node* b) {
  Node head{nullptr, 0};
  Node* tail = &head;
  while (a != nullptr && b != nullptr) {
    Node*& smaller = a->key <= b->key ? a : b;
    tail->next = smaller;
    tail = smaller;
    smaller = smaller->next;
  }
  tail->next = a != nullptr ? a : b;
  return head.next;
}

[[gnu::noinline]] Node* sort_list(Node* list) {
  if (list == nullptr || list->next == nullptr) return list;
  Node* middle = list;
  for (Node* fast = list->next; fast != nullptr && fast->next != nullptr; fast = fast->next->next)
    middle = middle->next;
  Node* const second_half = middle->next;
  middle->next = nullptr;
  return merge(sort_list(list), sort_list(second_half));
}

uint32_t sorted_list(Random& random) {
  for (size_t index = 0; index < 512; ++index)
    nodes[index] = {index + 1 < 512 ? &nodes[index + 1] : nullptr, random.next()};
  uint32_t checksum = 0;
  for (const Node* node = sort_list(nodes); node != nullptr; node = node->next)
    checksum = mix(checksum, node->key);
  return checksum;
}

uint32_t call_kernel(uint32_t seed) {
  Random random{seed};
  uint32_t checksum = fibonacci(18);
  checksum = mix(checksum, indirect_calls(seed));
  return mix(checksum, sorted_list(random));
}

// "12ab34cd\n", the way semihosting prints it on either machine.
void print(uint32_t value) {
  constexpr uint32_t write_text = 4;
  char text[10];
  for (int digit = 0; digit < 8; ++digit) text[digit] = "0123456789abcdef"[value >> (28 - 4 * digit) & 15];
  text[8] = '\n';
  text[9] = 0;
  semihosting_call(write_text, text);
}

}  // namespace

// The compiler may call these for loops it recognises; its own versions would be library code, and differ.
extern "C" [[gnu::used]] void* memset(void* target, int value, size_t size) {
  auto* bytes = static_cast<uint8_t*>(target);
  for (size_t index = 0; index < size; ++index) {
    bytes[index] = static_cast<uint8_t>(value);
    asm volatile("");
  }
  return target;
}

extern "C" [[gnu::used]] void* memcpy(void* target, const void* source, size_t size) {
  auto* to = static_cast<uint32_t*>(target);
  const auto* from = static_cast<const uint32_t*>(source);
  for (; size >= 16; size -= 16, to += 4, from += 4) {
    const uint32_t a = from[0], b = from[1], c = from[2], d = from[3];
    to[0] = a;
    to[1] = b;
    to[2] = c;
    to[3] = d;
    asm volatile("");
  }
  auto* rest = reinterpret_cast<uint8_t*>(to);
  const auto* source_rest = reinterpret_cast<const uint8_t*>(from);
  for (size_t index = 0; index < size; ++index) {
    rest[index] = source_rest[index];
    asm volatile("");
  }
  return target;
}

extern "C" int main() {
  const uint32_t kernel = work_order[0], repetitions = work_order[1];
  uint32_t checksum = 0;
  for (uint32_t turn_number = 0; turn_number < repetitions; ++turn_number) {
    const uint32_t seed = 0x1234'5678 + turn_number;
    switch (kernel) {
      case 0:
        checksum = mix(checksum, integer_kernel(seed));
        break;
      case 1:
        checksum = mix(checksum, memory_kernel(seed));
        break;
      case 2:
        checksum = mix(checksum, call_kernel(seed));
        break;
      default:
        checksum = mix(checksum, application_kernel(seed));
        break;
    }
  }
  print(checksum);
  return 0;
}

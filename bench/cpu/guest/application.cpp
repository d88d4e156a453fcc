// The kinds of work that CoreMark puts together, since that is what processors are compared by: a linked list
// that is searched, turned and sorted, small matrices, a state machine that reads numbers, and a CRC over
// what they give.
#include "bench/cpu/guest/kernels.hpp"

namespace {

// A bit at a time, as where there is no memory for a table.
uint32_t crc16(uint32_t crc, uint32_t value, int bits) {
  for (int bit = 0; bit < bits; ++bit, value >>= 1)
    crc = ((crc ^ value) & 1) != 0 ? crc >> 1 ^ 0xA001 : crc >> 1;
  return crc;
}

// ---- A list, whose elements point to what they hold

struct Entry {
  int16_t value;
  int16_t order;
};
struct Element {
  Element* next;
  Entry* entry;
};
constexpr size_t element_count = 40;
Element elements[element_count];
Entry entries[element_count];

Element* make_list(Random& random) {
  for (size_t index = 0; index < element_count; ++index) {
    entries[index] = {static_cast<int16_t>(random.next()), static_cast<int16_t>(index)};
    elements[index] = {index + 1 < element_count ? &elements[index + 1] : nullptr, &entries[index]};
  }
  return elements;
}

[[gnu::noinline]] const Element* find(const Element* list, int16_t low_byte) {
  while (list != nullptr && (list->entry->value & 0xFF) != low_byte) list = list->next;
  return list;
}

[[gnu::noinline]] Element* reversed(Element* list) {
  Element* result = nullptr;
  while (list != nullptr) {
    Element* const next = list->next;
    list->next = result;
    result = list;
    list = next;
  }
  return result;
}

using Compare = int32_t (*)(const Entry& a, const Entry& b);
[[gnu::noinline]] int32_t by_value(const Entry& a, const Entry& b) {
  // What is compared has to be worked out first, as if it were costly to know.
  const auto weight = [](const Entry& entry) {
    return crc16(static_cast<uint32_t>(entry.order), 0x3, 2) & 0x7;
  };
  return (a.value + static_cast<int32_t>(weight(a))) - (b.value + static_cast<int32_t>(weight(b)));
}
[[gnu::noinline]] int32_t by_order(const Entry& a, const Entry& b) { return a.order - b.order; }

// From the bottom up: runs of one, of two, of four.
[[gnu::noinline]] Element* sorted(Element* list, Compare compare) {
  for (size_t length = 1;; length *= 2) {
    Element* result = nullptr;
    Element** tail = &result;
    size_t merges = 0;
    for (Element* left = list; left != nullptr; ++merges) {
      Element* right = left;
      size_t left_count = 0;
      for (; left_count < length && right != nullptr; ++left_count) right = right->next;
      size_t right_count = length;
      while (left_count > 0 || (right_count > 0 && right != nullptr)) {
        const bool takes_left = left_count > 0 && (right_count == 0 || right == nullptr ||
                                                   compare(*left->entry, *right->entry) <= 0);
        Element*& from = takes_left ? left : right;
        --(takes_left ? left_count : right_count);
        *tail = from;
        tail = &from->next;
        from = from->next;
      }
      left = right;
    }
    *tail = nullptr;
    list = result;
    if (merges <= 1) return list;
  }
}

uint32_t list_work(Random& random, uint32_t crc) {
  Element* list = make_list(random);
  uint32_t found = 0;
  for (int16_t wanted = 0; wanted < 20; ++wanted) {
    const Element* const element = find(list, static_cast<int16_t>(wanted * 13));
    found += element != nullptr ? static_cast<uint32_t>(element->entry->order) : 1;
    list = reversed(list);
  }
  list = sorted(list, by_value);
  for (const Element* element = list; element != nullptr; element = element->next)
    crc = crc16(crc, static_cast<uint16_t>(element->entry->value), 16);
  list = sorted(list, by_order);
  return crc16(crc, found + static_cast<uint32_t>(list->entry->value), 16);
}

// ---- Matrices

constexpr size_t side = 9;
using Matrix = int16_t[side][side];
using Product = int32_t[side][side];
Matrix left_matrix, right_matrix;
Product product;

[[gnu::noinline]] void add_to_all(Matrix& matrix, int16_t value) {
  for (auto& row : matrix)
    for (auto& cell : row) cell = static_cast<int16_t>(cell + value);
}

[[gnu::noinline]] void multiply(Product& result, const Matrix& a, const Matrix& b) {
  for (size_t row = 0; row < side; ++row)
    for (size_t column = 0; column < side; ++column) {
      int32_t sum = 0;
      for (size_t index = 0; index < side; ++index) sum += int32_t{a[row][index]} * b[index][column];
      result[row][column] = sum;
    }
}

// Multiplies bits from the middle of the products.
[[gnu::noinline]] void multiply_parts(Product& result, const Matrix& a, const Matrix& b) {
  for (size_t row = 0; row < side; ++row)
    for (size_t column = 0; column < side; ++column) {
      int32_t sum = 0;
      for (size_t index = 0; index < side; ++index) {
        const int32_t full = int32_t{a[row][index]} * b[index][column];
        sum += (full >> 2 & 0xF) * (full >> 5 & 0x7F);
      }
      result[row][column] = sum;
    }
}

[[gnu::noinline]] uint32_t rises(const Product& matrix, int32_t limit) {
  uint32_t result = 0;
  int32_t sum = 0, previous = 0;
  for (const auto& row : matrix)
    for (const int32_t cell : row) {
      sum += cell;
      if (sum > limit) {
        result += 10;
        sum = 0;
      } else if (cell > previous) {
        ++result;
      }
      previous = cell;
    }
  return result;
}

uint32_t matrix_work(Random& random, uint32_t crc) {
  for (size_t row = 0; row < side; ++row)
    for (size_t column = 0; column < side; ++column) {
      left_matrix[row][column] = static_cast<int16_t>(random.next() & 0x3FF);
      right_matrix[row][column] = static_cast<int16_t>(random.next() & 0xFF);
    }
  const auto constant = static_cast<int16_t>(random.next() & 0xFF);
  add_to_all(left_matrix, constant);
  multiply(product, left_matrix, right_matrix);
  crc = crc16(crc, rises(product, 4'000'000), 16);
  multiply_parts(product, left_matrix, right_matrix);
  crc = crc16(crc, rises(product, 60'000), 16);
  add_to_all(left_matrix, static_cast<int16_t>(-constant));
  return crc;
}

// ---- A state machine

enum class State : uint8_t { start, sign, integer, point, fraction, exponent, power, invalid, count };
constexpr size_t state_count = static_cast<size_t>(State::count);
char text[] = "5012,-874.5,+12e4,7.25E-3,.5,1e,--9,0x1F,300000,-0.125e+10,7,+,88.,abc,19.75,";

bool is_digit(char character) { return character >= '0' && character <= '9'; }

// Reads one number, up to behind its comma, and says what it was.
[[gnu::noinline]] State scan(const char*& place, uint32_t* visits) {
  State state = State::start;
  for (; *place != '\0'; ++place) {
    const char character = *place;
    if (character == ',') {
      ++place;
      break;
    }
    switch (state) {
      case State::start:
        state = is_digit(character)                    ? State::integer
                : character == '+' || character == '-' ? State::sign
                : character == '.'                     ? State::point
                                                       : State::invalid;
        break;
      case State::sign:
        state = is_digit(character) ? State::integer : character == '.' ? State::point : State::invalid;
        break;
      case State::integer:
        if (character == '.') {
          state = State::fraction;
        } else if (character == 'e' || character == 'E') {
          state = State::exponent;
        } else if (!is_digit(character)) {
          state = State::invalid;
        }
        break;
      case State::point:
        state = is_digit(character) ? State::fraction : State::invalid;
        break;
      case State::fraction:
        if (character == 'e' || character == 'E') {
          state = State::exponent;
        } else if (!is_digit(character)) {
          state = State::invalid;
        }
        break;
      case State::exponent:
        state = is_digit(character) || character == '+' || character == '-' ? State::power : State::invalid;
        break;
      case State::power:
        if (!is_digit(character)) state = State::invalid;
        break;
      default:
        break;
    }
    ++visits[static_cast<size_t>(state)];
  }
  return state;
}

uint32_t state_work(Random& random, uint32_t crc) {
  uint32_t visits[state_count] = {}, ends[state_count] = {};
  // Once as it is, and once with characters changed, which are put back.
  const size_t step = 3 + random.next() % 5;
  const auto change = static_cast<char>(0x10 << random.next() % 3);  // makes no comma, and leaves none
  for (int pass = 0; pass < 2; ++pass) {
    for (const char* place = text; *place != '\0';) ++ends[static_cast<size_t>(scan(place, visits))];
    for (size_t index = 0; index < sizeof text - 1; index += step)
      if (text[index] != ',') text[index] = static_cast<char>(text[index] ^ change);
  }
  for (size_t index = 0; index < state_count; ++index)
    crc = crc16(crc, visits[index] + (ends[index] << 8), 16);
  return crc;
}

}  // namespace

uint32_t application_kernel(uint32_t seed) {
  Random random{seed};
  uint32_t crc = 0xFFFF;
  for (int turn = 0; turn < 4; ++turn) {
    crc = list_work(random, crc);
    crc = matrix_work(random, crc);
    crc = state_work(random, crc);
  }
  return crc;
}

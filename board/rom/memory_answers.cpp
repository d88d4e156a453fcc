// mem*, str* and the character classes, as the C library defines them.
#include "board/rom/answers.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <string>
#include <vector>

namespace ferry::board {

namespace {

constexpr std::uint32_t chunk = 4096;

void set_bytes(RomCall& call, std::uint32_t address, std::uint8_t value, std::uint32_t length) {
  std::array<std::byte, chunk> bytes;
  bytes.fill(static_cast<std::byte>(value));
  while (length != 0 && !call.faulted()) {
    const std::uint32_t count = std::min(length, chunk);
    call.write(address, std::span(bytes).first(count));
    address += count;
    length -= count;
  }
}

void copy(RomCall& call, std::uint32_t to, std::uint32_t from, std::uint32_t length) {
  std::array<std::byte, chunk> bytes;
  // From the end where the target lies behind the source and over it.
  const bool backwards = to - from < length;
  std::uint32_t done = 0;
  while (done != length && !call.faulted()) {
    const std::uint32_t count = std::min(length - done, chunk);
    const std::uint32_t place = backwards ? length - done - count : done;
    call.read(from + place, std::span(bytes).first(count));
    if (!call.faulted()) call.write(to + place, std::span(bytes).first(count));
    done += count;
  }
}

void write_text(RomCall& call, std::uint32_t address, std::string_view text) {
  call.write(address, std::as_bytes(std::span(text)));
  call.store(address + static_cast<std::uint32_t>(text.size()), 0, 1);
}

std::uint32_t sign_of(int comparison) { return comparison < 0 ? ~0u : comparison > 0 ? 1u : 0u; }

void answer_memset(RomCall& call) {
  set_bytes(call, call.argument(0), static_cast<std::uint8_t>(call.argument(1)), call.argument(2));
}
void answer_bzero(RomCall& call) { set_bytes(call, call.argument(0), 0, call.argument(1)); }
void answer_memcpy(RomCall& call) { copy(call, call.argument(0), call.argument(1), call.argument(2)); }

void answer_memcmp(RomCall& call) {
  const std::uint32_t one = call.argument(0), other = call.argument(1), length = call.argument(2);
  std::array<std::byte, 64> a, b;
  for (std::uint32_t done = 0; done < length && !call.faulted();) {
    const std::uint32_t count = std::min<std::uint32_t>(length - done, a.size());
    call.read(one + done, std::span(a).first(count));
    call.read(other + done, std::span(b).first(count));
    if (const int difference = std::memcmp(a.data(), b.data(), count))
      return call.result(sign_of(difference));
    done += count;
  }
  call.result(0);
}

// The first or last place of a byte in [address, address + length), or 0.
template <bool last>
void find_byte(RomCall& call) {
  const std::uint32_t address = call.argument(0), length = call.argument(2);
  const auto wanted = static_cast<std::uint8_t>(call.argument(1));
  for (std::uint32_t index = 0; index < length && !call.faulted(); ++index) {
    const std::uint32_t place = address + (last ? length - 1 - index : index);
    if (call.load(place, 1) == wanted) return call.result(place);
  }
  call.result(0);
}

void answer_memccpy(RomCall& call) {
  const std::uint32_t to = call.argument(0), from = call.argument(1), length = call.argument(3);
  const auto wanted = static_cast<std::uint8_t>(call.argument(2));
  for (std::uint32_t index = 0; index < length && !call.faulted(); ++index) {
    const std::uint32_t byte = call.load(from + index, 1);
    call.store(to + index, byte, 1);
    if (byte == wanted) return call.result(to + index + 1);
  }
  call.result(0);
}

void answer_strlen(RomCall& call) {
  call.result(static_cast<std::uint32_t>(call.text(call.argument(0)).size()));
}
void answer_strnlen(RomCall& call) {
  call.result(static_cast<std::uint32_t>(call.text(call.argument(0), call.argument(1)).size()));
}

void answer_strcpy(RomCall& call) { write_text(call, call.argument(0), call.text(call.argument(1))); }

void answer_strncpy(RomCall& call) {
  const std::uint32_t to = call.argument(0), length = call.argument(2);
  const std::string text = call.text(call.argument(1), length);
  const auto size = static_cast<std::uint32_t>(text.size());
  call.write(to, std::as_bytes(std::span(text)));
  set_bytes(call, to + size, 0, length - size);
}

void answer_strlcpy(RomCall& call) {
  const std::string text = call.text(call.argument(1));
  const std::uint32_t size = call.argument(2);
  if (size != 0) write_text(call, call.argument(0), std::string_view(text).substr(0, size - 1));
  call.result(static_cast<std::uint32_t>(text.size()));
}

void answer_strcat(RomCall& call) {
  const std::uint32_t to = call.argument(0);
  const auto end = static_cast<std::uint32_t>(call.text(to).size());
  write_text(call, to + end, call.text(call.argument(1)));
}

void answer_strncat(RomCall& call) {
  const std::uint32_t to = call.argument(0);
  const auto end = static_cast<std::uint32_t>(call.text(to).size());
  write_text(call, to + end, call.text(call.argument(1), call.argument(2)));
}

void answer_strlcat(RomCall& call) {
  const std::uint32_t to = call.argument(0), size = call.argument(2);
  const auto end = static_cast<std::uint32_t>(call.text(to, size).size());
  const std::string text = call.text(call.argument(1));
  if (end < size) write_text(call, to + end, std::string_view(text).substr(0, size - end - 1));
  call.result(end + static_cast<std::uint32_t>(text.size()));
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

void answer_strcmp(RomCall& call) {
  call.result(sign_of(call.text(call.argument(0)).compare(call.text(call.argument(1)))));
}
void answer_strncmp(RomCall& call) {
  const std::uint32_t limit = call.argument(2);
  call.result(sign_of(call.text(call.argument(0), limit).compare(call.text(call.argument(1), limit))));
}
void answer_strcasecmp(RomCall& call) {
  call.result(sign_of(lower(call.text(call.argument(0))).compare(lower(call.text(call.argument(1))))));
}
void answer_strncasecmp(RomCall& call) {
  const std::uint32_t limit = call.argument(2);
  call.result(
      sign_of(lower(call.text(call.argument(0), limit)).compare(lower(call.text(call.argument(1), limit)))));
}

// A position as an address in the text at the first argument; 0 where there is none.
void result_place(RomCall& call, std::size_t position) {
  call.result(position == std::string::npos ? 0 : call.argument(0) + static_cast<std::uint32_t>(position));
}

void answer_strchr(RomCall& call) {
  const std::string text = call.text(call.argument(0));
  const auto wanted = static_cast<char>(call.argument(1));
  result_place(call, wanted == '\0' ? text.size() : text.find(wanted));
}
void answer_strrchr(RomCall& call) {
  const std::string text = call.text(call.argument(0));
  const auto wanted = static_cast<char>(call.argument(1));
  result_place(call, wanted == '\0' ? text.size() : text.rfind(wanted));
}
void answer_strstr(RomCall& call) {
  result_place(call, call.text(call.argument(0)).find(call.text(call.argument(1))));
}
void answer_strcasestr(RomCall& call) {
  result_place(call, lower(call.text(call.argument(0))).find(lower(call.text(call.argument(1)))));
}
void answer_strspn(RomCall& call) {
  const std::string text = call.text(call.argument(0));
  const std::size_t end = text.find_first_not_of(call.text(call.argument(1)));
  call.result(static_cast<std::uint32_t>(std::min(end, text.size())));
}
void answer_strcspn(RomCall& call) {
  const std::string text = call.text(call.argument(0));
  const std::size_t end = text.find_first_of(call.text(call.argument(1)));
  call.result(static_cast<std::uint32_t>(std::min(end, text.size())));
}

// Takes the text up to the next delimiter from the place that `where` points to.
void take_token(RomCall& call, std::uint32_t start, std::uint32_t delimiters, std::uint32_t where,
                bool skip_empty) {
  if (start == 0) return call.result(0);
  const std::string text = call.text(start), set = call.text(delimiters);
  const std::size_t first = skip_empty ? text.find_first_not_of(set) : 0;
  if (first == std::string::npos) {
    call.store(where, 0);
    return call.result(0);
  }
  const std::size_t end = text.find_first_of(set, first);
  if (end == std::string::npos) {
    call.store(where, 0);
  } else {
    call.store(start + static_cast<std::uint32_t>(end), 0, 1);
    call.store(where, start + static_cast<std::uint32_t>(end) + 1);
  }
  call.result(start + static_cast<std::uint32_t>(first));
}

void answer_strsep(RomCall& call) {
  const std::uint32_t where = call.argument(0);
  take_token(call, call.load(where), call.argument(1), where, false);
}
void answer_strtok_r(RomCall& call) {
  const std::uint32_t where = call.argument(2);
  const std::uint32_t given = call.argument(0);
  take_token(call, given != 0 ? given : call.load(where), call.argument(1), where, true);
}

template <int (*convert)(int)>
void convert_text(RomCall& call) {
  std::string text = call.text(call.argument(0));
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(convert(c)); });
  call.write(call.argument(0), std::as_bytes(std::span(text)));
}

template <int (*test)(int)>
void classify(RomCall& call) {
  const std::uint32_t character = call.argument(0);
  call.result(character < 128 && test(static_cast<int>(character)) != 0 ? 1 : 0);
}
template <int (*change)(int)>
void convert(RomCall& call) {
  const std::uint32_t character = call.argument(0);
  if (character < 128) call.result(static_cast<std::uint32_t>(change(static_cast<int>(character))));
}
void answer_isascii(RomCall& call) { call.result(call.argument(0) < 128 ? 1 : 0); }
void answer_toascii(RomCall& call) { call.result(call.argument(0) & 0x7F); }

constexpr std::array answers = std::to_array<RomAnswer>({
    {"memset", answer_memset, 20},
    {"bzero", answer_bzero, 20},
    {"memcpy", answer_memcpy, 20},
    {"memmove", answer_memcpy, 20},
    {"memcmp", answer_memcmp, 15},
    {"__gcc_bcmp", answer_memcmp, 15},
    {"memchr", find_byte<false>, 15},
    {"memrchr", find_byte<true>, 15},
    {"memccpy", answer_memccpy, 15},
    {"strlen", answer_strlen, 15},
    {"strnlen", answer_strnlen, 15},
    {"strcpy", answer_strcpy, 20},
    {"strncpy", answer_strncpy, 20},
    {"strlcpy", answer_strlcpy, 20},
    {"strcat", answer_strcat, 25},
    {"strncat", answer_strncat, 25},
    {"strlcat", answer_strlcat, 25},
    {"strcmp", answer_strcmp, 15},
    {"strcoll", answer_strcmp, 15},
    {"strncmp", answer_strncmp, 15},
    {"strcasecmp", answer_strcasecmp, 20},
    {"strncasecmp", answer_strncasecmp, 20},
    {"strchr", answer_strchr, 15},
    {"strrchr", answer_strrchr, 15},
    {"strstr", answer_strstr, 20},
    {"strcasestr", answer_strcasestr, 20},
    {"strspn", answer_strspn, 20},
    {"strcspn", answer_strcspn, 20},
    {"strsep", answer_strsep, 20},
    {"strtok_r", answer_strtok_r, 20},
    {"strlwr", convert_text<std::tolower>, 15},
    {"strupr", convert_text<std::toupper>, 15},
    {"isalnum", classify<std::isalnum>, 6},
    {"isalpha", classify<std::isalpha>, 6},
    {"isblank", classify<std::isblank>, 6},
    {"iscntrl", classify<std::iscntrl>, 6},
    {"isdigit", classify<std::isdigit>, 6},
    {"isgraph", classify<std::isgraph>, 6},
    {"islower", classify<std::islower>, 6},
    {"isprint", classify<std::isprint>, 6},
    {"ispunct", classify<std::ispunct>, 6},
    {"isspace", classify<std::isspace>, 6},
    {"isupper", classify<std::isupper>, 6},
    {"isascii", answer_isascii, 4},
    {"toascii", answer_toascii, 4},
    {"tolower", convert<std::tolower>, 6},
    {"toupper", convert<std::toupper>, 6},
});

}  // namespace

std::span<const RomAnswer> memory_answers() { return answers; }

}  // namespace ferry::board

#include "board/record/trace_bus.hpp"

#include "board/image/text.hpp"
#include "board/record/register_names.hpp"
#include "board/record/time_text.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace ferry::board {

namespace {

using chip::Access;

std::string padded_left(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

// Registers behind which a FIFO lies: two values have nothing to do with each other.
bool leads_to_a_fifo(const chip::RegisterInfo& info) { return info.name == "FIFO" || info.name == "EP1"; }

// Wide fields hold addresses and counters, and read better as what they look like in memory.
std::string field_value(const chip::FieldInfo& field, std::uint32_t word) {
  const std::uint32_t value = (word & field.mask()) >> field.lsb;
  return field.width < 20 ? std::to_string(value) : hex(value);
}

// Hardware takes the bit back, or never keeps it: what counts is that 1 was written.
bool acts_when_written(Access access) {
  return access == Access::write_trigger || access == Access::write_only || access == Access::self_clearing;
}

void append(std::string& text, const std::string& part) {
  if (!text.empty()) text += ", ";
  text += part;
}

// The fields that are not zero in what was read.
std::string fields_read(const chip::RegisterInfo& info, std::uint32_t word) {
  std::string text;
  for (const chip::FieldInfo& field : info.fields) {
    if ((word & field.mask()) == 0 || field.width == 32) continue;
    append(text, std::string(field.name) + ' ' + field_value(field, word));
  }
  return text;
}

// What a store changes, as far as the word before it is known, and what it triggers.
std::string fields_written(const chip::RegisterInfo& info, std::uint32_t word,
                           std::optional<std::uint32_t> before) {
  std::string text;
  for (const chip::FieldInfo& field : info.fields) {
    if (!chip::writable(field.access)) continue;
    const std::string name(field.name);
    if (before && !acts_when_written(field.access)) {
      if (((*before ^ word) & field.mask()) != 0)
        append(text, name + ' ' + field_value(field, *before) + " -> " + field_value(field, word));
    } else if ((word & field.mask()) != 0 && field.width != 32) {
      append(text, name + ' ' + field_value(field, word));
    }
  }
  if (text.empty() && before) return "changes nothing";
  return text;
}

// A loop that waits reads one register, or the status of two devices and a timer.
constexpr std::size_t longest_loop = 4;

bool same(const RegisterAccess& a, const RegisterAccess& b) {
  return a.address == b.address && a.value == b.value && a.write == b.write && a.pc == b.pc &&
         a.closed == b.closed;
}

}  // namespace

BusTrace::BusTrace(std::function<void(std::string_view)> line, std::function<Time()> now,
                   FunctionNames functions, std::set<std::string_view> blocks)
    : line_(std::move(line)),
      now_(std::move(now)),
      functions_(std::move(functions)),
      blocks_(std::move(blocks)) {}

void BusTrace::register_accessed(const RegisterAccess& access) {
  if (blocks_.empty() || blocks_.contains(name_register(access.address).block)) {
    if (repeats(access)) return;
    end_repetition();
    show({access, now_()});
  }
  remember(access);
}

void BusTrace::chip_reset(std::string_view) {
  end_repetition();
  shown_.clear();
  seen_.clear();
}

// A loop that waits for a status reads the same a thousand times; one line says it.
bool BusTrace::repeats(const RegisterAccess& access) {
  if (loop_.empty() && !starts_again(access)) return false;
  if (!same(loop_[begun_.size()], access)) return false;
  begun_.push_back({access, now_()});
  if (begun_.size() == loop_.size()) {
    ++turns_;
    last_turn_ = now_();
    begun_.clear();
  }
  return true;
}

// Whether this is where the last reads, as few as possible, began.
bool BusTrace::starts_again(const RegisterAccess& access) {
  for (std::size_t length = 1; length <= shown_.size(); ++length) {
    const auto first = shown_.end() - static_cast<std::ptrdiff_t>(length);
    if (!same(*first, access)) continue;
    loop_.assign(first, shown_.end());
    return true;
  }
  return false;
}

void BusTrace::end_repetition() {
  if (turns_ != 0) {
    const std::string what =
        loop_.size() == 1 ? std::string("the same ") : "the same " + std::to_string(loop_.size()) + " reads ";
    const std::string times = turns_ == 1 ? std::string("once more") : std::to_string(turns_) + " times more";
    line_("bus " + padded_left(seconds_text(last_turn_), 13) + " s  " + what + times + ", here the last");
  }
  loop_.clear();
  turns_ = 0;
  // A turn that was not finished was none.
  for (const Timed& timed : std::exchange(begun_, {})) show(timed);
}

void BusTrace::show(const Timed& timed) {
  const RegisterAccess& access = timed.access;
  if (access.write) {
    shown_.clear();
  } else {
    if (shown_.size() == longest_loop) shown_.erase(shown_.begin());
    shown_.push_back(access);
  }
  const RegisterName name = name_register(access.address);
  const std::uint32_t word = access.value << 8 * (access.address % 4);
  std::string text = "bus " + padded_left(seconds_text(timed.time), 13) + " s  " + hex(access.pc) + ' ';
  if (!functions_.empty()) {
    const std::string function(functions_.at(access.pc));
    function_width_ = std::max(function_width_, function.size());
    text += padded(function, function_width_) + ' ';
  }
  std::string what = name.text();
  if (access.address % 4 != 0) what += " byte " + std::to_string(access.address % 4);
  text += (access.write ? "writes " : "reads  ") + padded(what, 28) + ' ' + hex(access.value);
  if (!access.closed.empty()) {
    text += "  (" + std::string(access.closed) + ')';
  } else if (name.info != nullptr) {
    std::optional<std::uint32_t> before;
    const auto seen = seen_.find(access.address & ~3u);
    if (seen != seen_.end() && !leads_to_a_fifo(*name.info)) before = seen->second;
    const std::string fields =
        access.write ? fields_written(*name.info, word, before) : fields_read(*name.info, word);
    if (!fields.empty()) text += "  " + fields;
  }
  line_(text);
}

void BusTrace::remember(const RegisterAccess& access) {
  // SYSTEM opens, closes and resets the others: what their registers held before says nothing afterwards.
  if (access.write && name_register(access.address).block == "SYSTEM") seen_.clear();
  if (!access.closed.empty()) return;
  seen_[access.address & ~3u] = access.value << 8 * (access.address % 4);
}

}  // namespace ferry::board

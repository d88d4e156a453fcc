#include "board/record/trace_dma.hpp"

#include "board/image/text.hpp"
#include "board/record/time_text.hpp"

#include <utility>

namespace ferry::board {

namespace {

// Word 0 of a descriptor (technical reference manual, chapter 2).
struct Word0 {
  explicit Word0(std::uint32_t word)
      : size(word & 0xFFF),
        length(word >> 12 & 0xFFF),
        err_eof((word >> 28 & 1) != 0),
        suc_eof((word >> 30 & 1) != 0),
        owner((word >> 31 & 1) != 0 ? "DMA" : "CPU") {}

  std::uint32_t size, length;
  bool err_eof, suc_eof;
  std::string_view owner;
};

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

std::string fields(const Word0& word) {
  return "owner " + std::string(word.owner) + "  size " + padded(std::to_string(word.size), 4) + "  length " +
         padded(std::to_string(word.length), 4) + "  suc_eof " + (word.suc_eof ? "1" : "0");
}

// What differs between two states of word 0: "owner DMA -> CPU, length 0 -> 4095".
std::string changes(const Word0& before, const Word0& after) {
  std::string text;
  const auto add = [&text](std::string_view name, const auto& from, const auto& to) {
    if (from == to) return;
    const auto shown = [](const auto& value) {
      if constexpr (requires { std::to_string(value); }) {
        return std::to_string(value);
      } else {
        return std::string(value);
      }
    };
    text += (text.empty() ? "" : ", ") + std::string(name) + ' ' + shown(from) + " -> " + shown(to);
  };
  add("owner", before.owner, after.owner);
  add("size", before.size, after.size);
  add("length", before.length, after.length);
  add("suc_eof", before.suc_eof, after.suc_eof);
  add("err_eof", before.err_eof, after.err_eof);
  return text;
}

}  // namespace

DmaTrace::DmaTrace(std::function<void(std::string_view)> line, std::function<Time()> now)
    : line_(std::move(line)), now_(std::move(now)) {}

void DmaTrace::dma_started(unsigned channel, DmaDirection direction, std::uint32_t first_descriptor) {
  const std::string_view way = direction == DmaDirection::in ? "into memory" : "out of memory";
  say(channel, direction, "starts    " + hex(first_descriptor) + "  " + std::string(way));
}

void DmaTrace::dma_descriptor_loaded(const DmaDescriptorEvent& event) {
  loaded_[{event.channel, event.direction, event.address}] = event.word0;
  say(event.channel, event.direction,
      "reads     " + hex(event.address) + "  " + fields(Word0(event.word0)) + "  buffer " +
          hex(event.buffer) + "  next " + (event.next == 0 ? "none" : hex(event.next)));
}

void DmaTrace::dma_descriptor_closed(const DmaDescriptorEvent& event) {
  std::string what = "closes    " + hex(event.address) + "  ";
  const auto loaded = loaded_.find({event.channel, event.direction, event.address});
  if (loaded == loaded_.end()) {
    what += fields(Word0(event.word0));
  } else {
    const std::string difference = changes(Word0(loaded->second), Word0(event.word0));
    what += difference.empty() ? "nothing written back" : "writes back " + difference;
    loaded_.erase(loaded);
  }
  say(event.channel, event.direction, what);
}

void DmaTrace::dma_ended(unsigned channel, DmaDirection direction, std::string_view why) {
  std::erase_if(loaded_, [&](const auto& entry) {
    return entry.first.channel == channel && entry.first.direction == direction;
  });
  say(channel, direction, "ends      " + std::string(why));
}

void DmaTrace::chip_reset(std::string_view) { loaded_.clear(); }

void DmaTrace::say(unsigned channel, DmaDirection direction, const std::string& what) {
  line_("dma " + padded(seconds_text(now_()), 13) + " s  channel " + std::to_string(channel) +
        (direction == DmaDirection::in ? " IN   " : " OUT  ") + what);
}

}  // namespace ferry::board

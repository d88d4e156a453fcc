#include "board/watch/finding.hpp"

#include "board/image/text.hpp"
#include "board/record/time_text.hpp"

#include <array>
#include <string_view>

namespace ferry::board::watch {

namespace {

constexpr std::array<std::string_view, 11> act_names{"load",       "store", "engine-read", "engine-write",
                                                     "descriptor", "start", "select",      "spi-start",
                                                     "gate",       "stack", "end"};

std::string counted(std::uint64_t count, std::string_view what) {
  return std::to_string(count) + ' ' + std::string(what) + (count == 1 ? "" : "s");
}

std::string what_happens(const Finding& finding) {
  const Finding::Access& access = finding.access;
  const std::string address = access.address ? hex(*access.address) : std::string();
  switch (access.act) {
    case Act::load:
      return "a load of " + counted(access.width, "byte") + " from " + address;
    case Act::store:
      return "a store of " + counted(access.width, "byte") + " to " + address;
    case Act::engine_reads:
      return "GDMA reads " + counted(access.width, "byte") + " from " + address;
    case Act::engine_writes:
      return "GDMA writes " + counted(access.width, "byte") + " to " + address;
    case Act::descriptor:
      return "GDMA takes a descriptor that says " + address;
    case Act::start:
      return "START";
    case Act::select:
      return "a store of the channel's trigger";
    case Act::spi_start:
      return "USR of SPI2";
    case Act::gate:
      return "the clock is turned off";
    case Act::stack:
      return "the stack pointer rises above " + address;
    case Act::end:
      return "the program ends";
  }
  return {};
}

std::string text_of(const std::vector<Place>& places) {
  std::string text;
  for (const Place& place : places) {
    text += text.empty() ? "    in " : "    called from ";
    text += place.source.function.empty() ? hex(place.pc) : one_line(place.source.function);
    if (!place.source.file.empty())
      text += ", " + one_line(place.source.file) + ':' + std::to_string(place.source.line);
    if (text.ends_with(hex(place.pc))) {
      text += '\n';
    } else {
      text += " (" + hex(place.pc) + ")\n";
    }
  }
  return text;
}

// " in main, race.cpp:31", or as much of it as is known.
std::string innermost(const std::vector<Place>& places) {
  if (places.empty()) return {};
  const SourcePlace& source = places.front().source;
  std::string text =
      source.function.empty() ? " at " + hex(places.front().pc) : " in " + one_line(source.function);
  if (!source.file.empty()) text += ", " + one_line(source.file) + ':' + std::to_string(source.line);
  return text;
}

std::string name_of(const Finding::Owner& owner) {
  const bool receives = owner.direction == DmaDirection::in;
  return "channel " + std::to_string(owner.channel) + (receives ? " RX from " : " TX to ") + owner.peripheral;
}

std::string text_of(const Finding::Owner& owner) {
  const bool receives = owner.direction == DmaDirection::in;
  std::string text = "  transfer: " + name_of(owner) + ", started at " + seconds_text(owner.started) + " s\n";
  text += text_of(owner.places);
  if (owner.descriptor_count != 0)
    text += "    descriptor " + std::to_string(owner.descriptor_number) + " of " +
            std::to_string(owner.descriptor_count) + " at " + hex(owner.descriptor) + ", " +
            std::to_string(owner.moved) + " of " + counted(owner.bytes, "byte") +
            (receives ? " written" : " read") + " by then\n";
  if (owner.stopped) text += "    stopped at " + seconds_text(*owner.stopped) + " s\n";
  return text;
}

}  // namespace

std::string_view name_of(Act act) { return act_names[static_cast<std::size_t>(act)]; }

std::string headline_of(const Finding& finding) {
  std::string text =
      std::string(code_of(finding.rule)) + innermost(finding.access.places) + ": " + what_happens(finding);
  if (!finding.transfer) return text;
  return text + "; " + name_of(*finding.transfer) + ", started" + innermost(finding.transfer->places);
}

std::string text_of(const Finding& finding) {
  const Finding::Access& access = finding.access;
  std::string text = "dma watch: " + std::string(code_of(finding.rule)) + ": " +
                     std::string(meaning_of(finding.rule)) + "\n  at " + seconds_text(access.time) +
                     " s: " + what_happens(finding);
  if (access.offset) {
    text += ", byte " + std::to_string(*access.offset);
    if (finding.transfer) text += " of " + std::to_string(finding.transfer->bytes);
  }
  if (access.moved && finding.transfer) {
    const bool receives = finding.transfer->direction == DmaDirection::in;
    text += std::string(", which GDMA has ") + (*access.moved ? "" : "not ") +
            (receives ? "written" : "read") + (*access.moved ? " already" : " yet");
  }
  if (!access.instruction.empty()) text += ": " + access.instruction;
  text += '\n' + text_of(access.places);
  if (finding.transfer) text += text_of(*finding.transfer);
  return text;
}

}  // namespace ferry::board::watch

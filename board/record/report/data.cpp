// Times are picoseconds. In a series each start is counted from the one before it, which is shorter; data.js
// adds them up again.
#include "board/record/report/data.hpp"

#include "board/image/text.hpp"
#include "board/image/wire.hpp"
#include "board/record/report/names.hpp"
#include "board/record/time_text.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace ferry::board::report {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array directions{DmaDirection::out, DmaDirection::in};
constexpr unsigned channels = Recorder::halves / 2;

// What a span has beside its time, appended to a flat list.
void append(Json&, const Span&) {}

void append(Json& list, const Descriptor& descriptor) {
  for (const std::uint32_t word : {descriptor.address, descriptor.word0, descriptor.buffer, descriptor.next})
    list.push_back(word);
  list.push_back(descriptor.word0_closed ? Json(*descriptor.word0_closed) : Json(nullptr));
  const bool moved = descriptor.moved != 0;
  list.push_back(descriptor.moved);
  list.push_back(moved ? descriptor.first_byte - descriptor.start : 0);
  list.push_back(moved ? descriptor.last_byte - descriptor.start : 0);
}

void append(Json& list, const Transfer& transfer) {
  list.push_back(transfer.first_descriptor);
  list.push_back(transfer.ended);
}

void append(Json& list, const Phase& phase) { list.push_back(phase.name); }

void append(Json& list, const Handler& handler) {
  list.push_back(handler.line);
  list.push_back(source_names(handler.sources));
}

void append(Json& list, const Text& text) {
  std::string_view bytes = text.bytes;
  const bool ends_line = bytes.ends_with('\n');
  if (ends_line) bytes.remove_suffix(1);
  if (ends_line && bytes.ends_with('\r')) bytes.remove_suffix(1);
  list.push_back(one_line(bytes) + (ends_line ? "\n" : ""));
}

void append(Json& list, const Mark& mark) {
  list.push_back(one_line(mark.kind));
  list.push_back(one_line(mark.text));
}

void append(Json& list, const Merged& merged) {
  list.push_back(merged.count);
  list.push_back(merged.covered);
}

template <class Items>
Json flat(const Items& items) {
  Json list = Json::array();
  Time before = 0;
  for (const auto& item : items) {
    // What began earlier, as a handler around another one, is a step back.
    list.push_back(static_cast<std::int64_t>(item.start - before));
    list.push_back(item.end - item.start);
    append(list, item);
    before = item.start;
  }
  return list;
}

template <class Item>
Json series(const Series<Item>& items) {
  return {{"count", items.count()},
          {"resolution", items.resolution()},
          {"first", flat(items.first())},
          {"merged", flat(items.merged())},
          {"last", flat(items.last())}};
}

std::string dma_name(unsigned channel, DmaDirection direction) {
  return "DMA " + std::to_string(channel) + (direction == DmaDirection::out ? " OUT" : " IN");
}

// Calls `take` with the name of each series and the series.
template <class Take>
void for_each_series(const Recorder& recorder, Take take) {
  take("marks", recorder.marks());
  take("sleeps of the CPU", recorder.asleep());
  take("interrupts", recorder.handlers());
  take("phases of SPI2", recorder.phases());
  for (unsigned channel = 0; channel < channels; ++channel)
    for (const DmaDirection direction : directions) {
      const DmaLane& lane = recorder.dma(channel, direction);
      take(dma_name(channel, direction) + ": descriptors", lane.descriptors);
      take(dma_name(channel, direction) + ": transfers", lane.transfers);
    }
  for (std::size_t port = 0; port < static_cast<std::size_t>(Port::count); ++port)
    take(std::string(name_of(static_cast<Port>(port))) + ": pieces of text",
         recorder.text(static_cast<Port>(port)).texts);
  for (unsigned pin = 0; pin < chip::gpio_count; ++pin)
    take(pin_name(pin) + ": edges", recorder.pin(pin).edges);
}

}  // namespace

std::string_view name_of(Port port) {
  switch (port) {
    case Port::uart0:
      return "UART0";
    case Port::uart1:
      return "UART1";
    case Port::usb_serial_jtag:
      return "USB";
    case Port::semihosting:
      return "semihosting";
    case Port::count:
      break;
  }
  return "";
}

std::string data(const Recorder& recorder, const Pins& pins) {
  Json lanes = Json::array();
  lanes.push_back({{"kind", "marks"}, {"name", "Events"}, {"items", series(recorder.marks())}});
  lanes.push_back({{"kind", "cpu"}, {"name", "CPU"}, {"items", series(recorder.asleep())}});
  lanes.push_back({{"kind", "interrupts"}, {"name", "Interrupts"}, {"items", series(recorder.handlers())}});
  lanes.push_back({{"kind", "spi"}, {"name", "SPI2"}, {"items", series(recorder.phases())}});
  for (unsigned channel = 0; channel < channels; ++channel)
    for (const DmaDirection direction : directions) {
      const DmaLane& lane = recorder.dma(channel, direction);
      if (lane.transfers.count() == 0) continue;
      lanes.push_back({{"kind", "dma"},
                       {"name", dma_name(channel, direction)},
                       {"note", direction == DmaDirection::out ? "from memory" : "to memory"},
                       {"items", series(lane.descriptors)},
                       {"transfers", series(lane.transfers)}});
    }
  for (std::size_t port = 0; port < static_cast<std::size_t>(Port::count); ++port) {
    const TextLane& lane = recorder.text(static_cast<Port>(port));
    if (lane.texts.count() == 0) continue;
    lanes.push_back({{"kind", "text"},
                     {"name", name_of(static_cast<Port>(port))},
                     {"note", "text"},
                     {"items", series(lane.texts)}});
  }
  for (unsigned pin = 0; pin < chip::gpio_count; ++pin) {
    const PinLane& lane = recorder.pin(pin);
    if (lane.edges.count() == 0) continue;
    lanes.push_back({{"kind", "pin"},
                     {"name", pin_name(pin)},
                     {"note", signals_of(pins, pin)},
                     {"level", lane.level_at_start ? 1 : 0},
                     {"items", series(lane.edges)}});
  }
  const Json all = {{"end", recorder.end()}, {"lanes", lanes}};
  // "<" stands in strings only, where JSON has another way to write it.
  const std::string plain = all.dump(-1, ' ', true, Json::error_handler_t::replace);
  std::string text;
  for (const char character : plain) {
    if (character == '<') {
      text += "\\u003c";
    } else {
      text += character;
    }
  }
  return text;
}

std::vector<std::string> left_out(const Recorder& recorder) {
  std::vector<std::string> sentences;
  for_each_series(recorder, [&](const std::string& name, const auto& series) {
    if (series.merged().empty()) return;
    sentences.push_back(name + ": of " + std::to_string(series.count()) + " the first " +
                        std::to_string(series.first().size()) + " and the last " +
                        std::to_string(series.last().size()) +
                        " are shown one by one; of those between, how many there were in each " +
                        short_time_text(series.resolution()) + ".");
  });
  return sentences;
}

}  // namespace ferry::board::report

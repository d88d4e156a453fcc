#include "board/watch/json.hpp"

#include "board/image/text.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace ferry::board::watch {

namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

template <class T>
Json value_or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json number_or_null(std::uint64_t value) { return value != 0 ? Json(value) : Json(nullptr); }

Json json_of(const std::vector<Place>& places) {
  Json list = Json::array();
  for (const Place& place : places)
    list.push_back({{"function", text_or_null(place.source.function)},
                    {"file", text_or_null(place.source.file)},
                    {"line", number_or_null(place.source.line)},
                    {"pc", hex(place.pc)}});
  return list;
}

Json json_of(const Finding& finding) {
  const Finding::Access& access = finding.access;
  Json json = {{"rule", code_of(finding.rule)},
               {"meaning", meaning_of(finding.rule)},
               {"times", finding.times},
               {"access",
                {{"act", name_of(access.act)},
                 {"time_ps", access.time},
                 {"instruction", text_or_null(access.instruction)},
                 {"address", access.address ? Json(hex(*access.address)) : Json(nullptr)},
                 {"width", number_or_null(access.width)},
                 {"offset", value_or_null(access.offset)},
                 {"moved", value_or_null(access.moved)},
                 {"places", json_of(access.places)}}},
               {"transfer", nullptr}};
  if (!finding.transfer) return json;
  const Finding::Owner& owner = *finding.transfer;
  json["transfer"] = {
      {"channel", owner.channel},
      {"direction", owner.direction == DmaDirection::in ? "rx" : "tx"},
      {"peripheral", owner.peripheral},
      {"started_ps", owner.started},
      {"stopped_ps", value_or_null(owner.stopped)},
      {"places", json_of(owner.places)},
      {"descriptor", owner.descriptor_number != 0 ? Json(hex(owner.descriptor)) : Json(nullptr)},
      {"descriptor_number", number_or_null(owner.descriptor_number)},
      {"descriptor_count", owner.descriptor_count},
      {"bytes", owner.bytes},
      {"moved", owner.moved}};
  return json;
}

}  // namespace

std::string findings_json(std::span<const Finding> findings, std::uint64_t suppressed,
                          std::span<const std::string> unused_suppressions) {
  Json list = Json::array();
  for (const Finding& finding : findings) list.push_back(json_of(finding));
  Json unused = Json::array();
  for (const std::string& line : unused_suppressions) unused.push_back(line);
  const Json json = {
      {"findings", std::move(list)}, {"suppressed", suppressed}, {"unused_suppressions", std::move(unused)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace ferry::board::watch

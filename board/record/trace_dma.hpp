// `--trace dma`: each descriptor list as the engine walks it, in words.
#pragma once

#include "board/observer.hpp"
#include "board/timeline.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace ferry::board {

class DmaTrace final : public Observer {
 public:
  // `line` takes one line without its end; `now` is asked for the time in it.
  DmaTrace(std::function<void(std::string_view)> line, std::function<Time()> now);

  void dma_started(unsigned channel, DmaDirection direction, std::uint32_t first_descriptor) override;
  void dma_descriptor_loaded(const DmaDescriptorEvent& event) override;
  void dma_descriptor_closed(const DmaDescriptorEvent& event) override;
  void dma_ended(unsigned channel, DmaDirection direction, std::string_view why) override;
  void chip_reset(std::string_view cause) override;

 private:
  struct Key {
    unsigned channel;
    DmaDirection direction;
    std::uint32_t address;
    auto operator<=>(const Key&) const = default;
  };

  void say(unsigned channel, DmaDirection direction, const std::string& what);

  std::function<void(std::string_view)> line_;
  std::function<Time()> now_;
  std::map<Key, std::uint32_t> loaded_;  // word 0 of descriptors that are in use
};

}  // namespace ferry::board

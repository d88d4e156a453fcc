// IO_MUX: per pad the function, the pull resistors and the input buffer.
#pragma once

#include "board/pins/routing.hpp"
#include "board/register_device.hpp"

#include <cstdint>

namespace ferry::board {

class IoMux : public RegisterDevice {
 public:
  IoMux(Routing& routing, Observers& observers);

  void write(std::uint32_t offset, std::uint32_t value) override;
  void reset() override;
  void archive_state(StateArchive& archive) override;
  std::span<const Limit> limits() const override;
  bool pure(std::uint32_t) const override { return true; }

 private:
  void change_pad(unsigned pin);

  Routing& routing_;
};

}  // namespace ferry::board

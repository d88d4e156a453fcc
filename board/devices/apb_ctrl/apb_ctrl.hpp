// APB_CTRL (also called SYSCON): stored registers, and the random number generator's output.
#pragma once

#include "board/register_device.hpp"

#include <cstdint>

namespace ferry::board {

class ApbCtrl : public RegisterDevice {
 public:
  explicit ApbCtrl(Observers& observers);

  std::uint32_t read(std::uint32_t offset) override;
  void reset() override;
  void archive_state(StateArchive& archive) override;
  std::span<const Limit> limits() const override;
  bool pure(std::uint32_t offset) const override;

 private:
  std::uint64_t random_state_ = 0;
};

}  // namespace ferry::board

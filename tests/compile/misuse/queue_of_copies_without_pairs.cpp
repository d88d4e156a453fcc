// A copy goes from one buffer to another.
#include "parts.hpp"

void misuse(Copier copier FERRY_TAKES_LIVE, RxBuffer first FERRY_TAKES_LIVE,
            RxBuffer second FERRY_TAKES_LIVE) {
  // error-anywhere: a copy has two buffers: what is received into, and what is sent
  auto queue = std::move(copier).queue(std::move(first), std::move(second));
  static_cast<void>(std::move(queue).wait_into(copier, first, second));
}

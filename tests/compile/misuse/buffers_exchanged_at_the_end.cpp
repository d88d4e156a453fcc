// Each buffer comes back into the variable that it was moved out of. Of two RxBuffers nobody could tell.
#include "parts.hpp"

void misuse(MasterDma& spi, ferry::dma::SizedMemory<ferry::dma::Direction::transmit, 64, struct First> first,
            ferry::dma::SizedMemory<ferry::dma::Direction::transmit, 64, struct Second> second) {
  ferry::dma::SizedBuffer a{std::move(first)};
  ferry::dma::SizedBuffer b{std::move(second)};
  auto write = std::move(spi).write(std::move(a)).append(std::move(b));
  // error(Clang): no matching member function for call to 'wait_into'
  // error(GNU): no matching function for call to 'ferry::spi::TransferOf
  if (!std::move(write).wait_into(spi, b, a)) work();
}

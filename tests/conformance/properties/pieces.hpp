// The buffers that the programs of the properties transfer with: three pieces each way, in an arena that the
// test looks into from outside.
#pragma once

#include "ferry/ferry.hpp"
#include "tests/conformance/properties/request.hpp"

extern properties::Arena arena;

namespace properties {

using namespace ferry;

using Target = dma::Scatter<dma::RxBuffer, dma::RxBuffer, dma::RxBuffer>;
using Source = dma::Gather<dma::TxBuffer, dma::TxBuffer, dma::TxBuffer>;

FERRY_MADE_LIVE inline Target make_target() {
  return dma::scatter(dma::RxBuffer{dma::RxMemory::of<arena.rx0>()},
                      dma::RxBuffer{dma::RxMemory::of<arena.rx1>()},
                      dma::RxBuffer{dma::RxMemory::of<arena.rx2>()});
}
FERRY_MADE_LIVE inline Source make_source() {
  return dma::gather(dma::TxBuffer{dma::TxMemory::of<arena.tx0>()},
                     dma::TxBuffer{dma::TxMemory::of<arena.tx1>()},
                     dma::TxBuffer{dma::TxMemory::of<arena.tx2>()});
}

// As much of each piece as is asked for.
template <class Asked>
void use_pieces(const Asked& request, Target& target FERRY_BORROWS, Source& source FERRY_BORROWS) {
  target.use<0>(request.rx[0].length);
  target.use<1>(request.rx[1].length);
  target.use<2>(request.rx[2].length);
  source.use<0>(request.tx[0].offset, request.tx[0].length);
  source.use<1>(request.tx[1].offset, request.tx[1].length);
  source.use<2>(request.tx[2].offset, request.tx[2].length);
}

}  // namespace properties

// A function that borrows a buffer has to leave it live.
#include "parts.hpp"

// error: parameter 'rx' not in expected state when the function returns
// error: parameter 'tx' not in expected state when the function returns
// error: parameter 'spi' not in expected state when the function returns
void misuse(MasterDma& spi FERRY_BORROWS, RxBuffer& rx FERRY_BORROWS, TxBuffer& tx FERRY_BORROWS) {
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  use(transfer.is_done());
  // error: '~TransferOf' on object 'transfer' while it is in the 'unconsumed' state
}

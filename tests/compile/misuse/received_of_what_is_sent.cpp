// Nothing is received into a buffer to send from.
#include "parts.hpp"

std::uint32_t misuse(TxBuffer& tx FERRY_BORROWS) {
  // error(Clang): invalid reference to function 'received'
  // error(GNU): no matching function for call to
  return tx.received();
}

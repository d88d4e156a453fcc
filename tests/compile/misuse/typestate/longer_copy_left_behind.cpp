// A copy that was made longer is ended on every path, as any.
#include "parts.hpp"

void misuse() {
  auto copier = make_copier();
  auto to = make_rx();
  auto from = make_tx();
  auto more_to = make_rx();
  auto more_from = make_tx();
  auto copy = std::move(copier).copy(std::move(to), std::move(from));
  auto longer = std::move(copy).append(std::move(more_to), std::move(more_from));
  use(static_cast<int>(longer.is_done()));
  // error: '~CopyOf' on object 'longer' while it is in the 'unconsumed' state
}

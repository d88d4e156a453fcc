// watch: lost-transfer
// access: ferry::detail::report_exit
// run: --wire GPIO4:GPIO2
// A running transfer is put where nobody destroys it: the program ends, and GDMA does not. Clang follows
// local variables, and cannot follow this.
#include "hal_rig.hpp"

#include <optional>

namespace {

union Forgotten {
  Forgotten() : nothing{} {}
  ~Forgotten() {}
  char nothing;
  std::optional<ferry::spi::Write> transfer;
};
Forgotten place;

}  // namespace

int main() {
  auto [spi, rx, tx] = hal_rig::make();
  tx.fill(std::byte{1});
  std::construct_at(&place.transfer);
  place.transfer.emplace(std::move(spi).write(std::move(tx)));  // transfer here in main
  if (hal_rig::mended) std::destroy_at(&place.transfer);
  return 0;
}

#include "ferry/dma/engine.hpp"

#include "chip/esp32c3/memory_map.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "ferry/interrupt.hpp"
#include "hal/src/dma/events.hpp"
#include "hal/src/dma/zeros.hpp"

#include <algorithm>
#include <array>

namespace ferry::dma::detail {

namespace {

// Far more than any bus access takes. A half that does not rest after this is reset all the same, which
// leaves it nothing to touch memory with; see finish_stop().
constexpr std::uint32_t rest_polls = 10'000;

// What the end of a frame takes to reach memory is some ten cycles of the bus, more when other channels are
// served first.
constexpr std::uint32_t frame_end_polls = 1000;

[[gnu::always_inline]] inline bool is_reachable(std::uint32_t address, std::uint32_t length) {
  return chip::memory_map::dma_memory.contains(address, length);
}
[[gnu::always_inline]] inline bool is_reachable(const List& list) {
  return is_reachable(address_of(list.first), list.descriptors * std::uint32_t{sizeof(Descriptor)});
}

// What is wrong with the place of bytes that GDMA cannot reach.
[[gnu::noinline]] std::optional<Error> place_error(std::uint32_t address) {
  namespace map = chip::memory_map;
  if (map::flash_data.contains(address) || map::flash_instruction.contains(address)) return Error::in_flash;
  return Error::outside_dma_memory;
}
std::optional<Error> place_error(const List& list) { return place_error(address_of(list.first)); }

// Calls `add` with address and length of the parts of the plan's pieces that make up its first `length`
// bytes; each piece goes on where the one before it ended. Stops at the first error.
template <class Add>
std::optional<Error> for_each_part(const Plan& plan, std::uint32_t length, Add add) {
  if (length > plan.size) return Error::length_beyond_buffer;
  for (const Region* piece = plan.pieces; length != 0; ++piece) {
    const std::uint32_t part = std::min(length, piece->size);
    length -= part;
    if (part == 0) continue;
    if (!is_reachable(address_of(piece->bytes), part)) return place_error(address_of(piece->bytes));
    if (auto error = add(*piece, part, length == 0)) return error;
  }
  return {};
}

void keep_registers_clocked() { mmio::write(chip::dma::base, chip::dma::MiscConf::clk_en(1)); }

}  // namespace

constinit Engine engines[3] = {Engine{0}, Engine{1}, Engine{2}};

void open_gdma() {
  using namespace chip;
  // These two registers are everybody's, and changing a bit of them takes two accesses.
  interrupt::critical_section([] {
    mmio::modify(system::base, system::PeripClkEn1::dma_clk_en(1));
    mmio::modify(system::base, system::PeripRstEn1::dma_rst(1));
    mmio::modify(system::base, system::PeripRstEn1::dma_rst(0));
  });
  // The part that masters the bus has a reset of its own. CLK_EN: registers clocked always, not per access.
  mmio::write(chip::dma::base, chip::dma::MiscConf::ahbm_rst_inter(1) | chip::dma::MiscConf::clk_en(1));
  keep_registers_clocked();
}

void Engine::configure(const Settings& settings, List* rx_list, List* tx_list) {
  using namespace chip::dma;
  settings_ = settings;
  own_rx_list_ = rx_list;
  own_tx_list_ = tx_list;
  use_receive_list(rx_list);
  use_transmit_list(tx_list);
  rx_list->length = 0;
  tx_list->length = 0;
  tx_list->form = 0;
  // Descriptors are always fetched in a burst: three words in a row, no alignment to observe.
  in_conf0_ = (InConf0::indscr_burst_en(1) | InConf0::in_data_burst_en.run_time(settings.rx_burst)).bits;
  out_conf0_ = (OutConf0::outdscr_burst_en(1) | OutConf0::out_data_burst_en.run_time(settings.tx_burst) |
                OutConf0::out_auto_wrback.run_time(settings.auto_write_back) |
                OutConf0::out_eof_mode.run_time(!settings.eof_when_read))
                   .bits;
  write_settings();
}

void Engine::write_settings() {
  using namespace chip::dma;
  reset_and_clear();
  mmio::write(rx_registers_, InConf1::in_check_owner.run_time(settings_.owner_check));
  mmio::write(tx_registers_, OutConf1::out_check_owner.run_time(settings_.owner_check));
  mmio::write(rx_registers_, InPri::rx_pri.run_time(settings_.rx_priority));
  mmio::write(tx_registers_, OutPri::tx_pri.run_time(settings_.tx_priority));
}

void Engine::connect(chip::DmaPeripheral peripheral) {
  using namespace chip::dma;
  peripheral_ = peripheral;
  const auto number = static_cast<std::uint32_t>(peripheral);
  mmio::write(rx_registers_, InPeriSel::peri_in_sel.run_time(number));
  mmio::write(tx_registers_, OutPeriSel::peri_out_sel.run_time(number));
}

void Engine::join_halves(bool joined) {
  using chip::dma::InConf0;
  in_conf0_ = (in_conf0_ & ~InConf0::mem_trans_en.mask) | InConf0::mem_trans_en.run_time(joined).bits;
}

// A burst writes whole words: GDMA wants address and size to say so. Only behind the last byte of all there
// may be a few more that do not count.
[[gnu::always_inline]] inline bool Engine::is_misaligned(const Region& piece, std::uint32_t part,
                                                         bool last) const {
  return settings_.rx_burst &&
         (address_of(piece.bytes) % 4 != 0 || (last ? (part + 3) / 4 * 4 > piece.capacity : part % 4 != 0));
}

std::optional<Error> Engine::link_receive(const Plan& plan, std::uint32_t length, std::uint32_t form) {
  List& list = *rx_list_;
  list.length = 0;
  ListBuilder builder(
      {list.first, list.descriptors}, address_of(list.first),
      {.chunk = settings_.rx_burst ? largest_aligned_chunk : largest_chunk, .frame = form >> 1});
  if (!is_reachable(list)) return place_error(list);
  if (auto error = fill_receive(builder, plan, length)) return error;
  list.describe(plan, length, form, builder.count());
  return {};
}

// Most memory is right and fits one descriptor. Everything else, and what is wrong, the plan's way finds out.
std::optional<Error> Engine::link_receive(const Region& region, std::uint32_t length, std::uint32_t form) {
  List& list = *rx_list_;
  const std::uint32_t address = address_of(region.bytes);
  const bool in_frames = form >> 1 != 0;
  if (in_frames || length > largest_aligned_chunk || length > region.size || !is_reachable(address, length) ||
      !is_reachable(list) || is_misaligned(region, length, true))
    return link_receive(Plan{&region, 1, region.size}, length, form);
  const std::uint32_t size = settings_.rx_burst ? (length + 3) / 4 * 4 : length;
  *list.first = {.word0 = Descriptor::receiving(size), .buffer = address, .next = 0};
  list.describe(region.bytes, length, form, 1);
  return {};
}

std::optional<Error> Engine::fill_receive(ListBuilder& builder, const Plan& plan,
                                          std::uint32_t length) const {
  const auto add = [&](const Region& piece, std::uint32_t part, bool last) -> std::optional<Error> {
    if (is_misaligned(piece, part, last)) return Error::misaligned;
    if (!builder.add_receiving(address_of(piece.bytes), part)) return Error::too_few_descriptors;
    return {};
  };
  if (auto error = for_each_part(plan, length, add)) return error;
  builder.finish_receiving(settings_.rx_burst);
  return {};
}

std::optional<Error> Engine::link_transmit(const Plan& plan, std::uint32_t length, std::uint32_t form) {
  List& list = *tx_list_;
  list.length = 0;
  list.form = 0;
  // Sending knows no alignment, with or without burst.
  ListBuilder builder({list.first, list.descriptors}, address_of(list.first), {.chunk = largest_chunk});
  if (!is_reachable(list)) return place_error(list);
  if (auto error = fill_transmit(builder, plan, length)) return error;
  builder.finish_sending(form == loop_form    ? address_of(list.first)
                         : form == zeros_form ? zeros_that_follow()
                                              : 0);
  list.describe(plan, length, form, builder.count());
  return {};
}

std::optional<Error> Engine::link_transmit(const Region& region, std::uint32_t length, std::uint32_t form) {
  List& list = *tx_list_;
  const std::uint32_t address = address_of(region.bytes);
  if (!has_end(form) || length > largest_chunk || length > region.size || !is_reachable(address, length) ||
      !is_reachable(list))
    return link_transmit(Plan{&region, 1, region.size}, length, form);
  *list.first = {.word0 = Descriptor::sending(length, true), .buffer = address, .next = 0};
  list.describe(region.bytes, length, form, 1);
  return {};
}

std::optional<Error> Engine::fill_transmit(ListBuilder& builder, const Plan& plan, std::uint32_t length) {
  return for_each_part(plan, length,
                       [&](const Region& piece, std::uint32_t part, bool) -> std::optional<Error> {
                         if (!builder.add_sending(address_of(piece.bytes), part))
                           return Error::too_few_descriptors;
                         return {};
                       });
}

std::expected<std::uint32_t, Error> Engine::describe_receive(std::span<Descriptor> free, const Plan& plan,
                                                             std::uint32_t length,
                                                             std::uint32_t frame) const {
  ListBuilder builder(free, address_of(free.data()),
                      {.chunk = settings_.rx_burst ? largest_aligned_chunk : largest_chunk, .frame = frame});
  if (const std::uint32_t place = address_of(free.data()); !is_reachable(place, free.size_bytes()))
    return std::unexpected{*place_error(place)};
  if (auto error = fill_receive(builder, plan, length)) return std::unexpected{*error};
  return builder.count();
}

std::expected<std::uint32_t, Error> Engine::describe_transmit(std::span<Descriptor> free, const Plan& plan,
                                                              std::uint32_t length) {
  ListBuilder builder(free, address_of(free.data()), {.chunk = largest_chunk});
  if (const std::uint32_t place = address_of(free.data()); !is_reachable(place, free.size_bytes()))
    return std::unexpected{*place_error(place)};
  if (auto error = fill_transmit(builder, plan, length)) return std::unexpected{*error};
  builder.finish_sending(0);
  return builder.count();
}

void Engine::stop() {
  using namespace chip::dma;
  mmio::write(rx_registers_, link_address(InLink::inlink_addr, *rx_list_) | InLink::inlink_auto_ret(1) |
                                 InLink::inlink_stop(1));
  mmio::write(tx_registers_, link_address(OutLink::outlink_addr, *tx_list_) | OutLink::outlink_stop(1));
}

void Engine::end_list() {
  stop();
  reset_transmit();
}

void Engine::adopt(List* rx_list, List* tx_list) {
  use_receive_list(rx_list != nullptr ? rx_list : own_rx_list_);
  use_transmit_list(tx_list != nullptr ? tx_list : own_tx_list_);
  for (List* list : {rx_list_, tx_list_}) list->length = list->count = list->form = 0;
  out_conf0_ |= chip::dma::OutConf0::out_auto_wrback.mask;
}

void Engine::disown() {
  using chip::dma::OutConf0;
  use_receive_list(own_rx_list_);
  use_transmit_list(own_tx_list_);
  out_conf0_ = (out_conf0_ & ~OutConf0::out_auto_wrback.mask) |
               OutConf0::out_auto_wrback.run_time(settings_.auto_write_back).bits;
}

bool Engine::has_stored_a_descriptor() const {
  compiler_barrier();
  return rx_list_->first->owner() == Owner::cpu;
}

void Engine::wait_for_frame_end() const {
  using chip::dma::IntRaw;
  constexpr std::uint32_t ends =
      IntRaw::in_suc_eof.mask | IntRaw::in_dscr_empty.mask | IntRaw::in_dscr_err.mask;
  for (std::uint32_t polls = 0; (interrupts() & ends) == 0 && polls < frame_end_polls; ++polls) {
  }
}

// What GDMA gave back is given to it again; and it keeps what it comes back to. Returns the list's form.
std::uint32_t Engine::prepare_write_back(std::uint32_t form) {
  using chip::dma::OutConf0;
  rearm_transmit_list(tx_list_->in_use());
  out_conf0_ =
      (out_conf0_ & ~OutConf0::out_auto_wrback.mask) | OutConf0::out_auto_wrback.run_time(has_end(form)).bits;
  return has_end(form) ? written_back_form : form;
}

std::uint32_t Engine::finish_stop(Started started) {
  using namespace chip::dma;
  if (loss_of_gdma()) mend();
  for (std::uint32_t poll = 0; poll < rest_polls; ++poll) {
    if (receive_half_rests() && transmit_half_rests()) break;
  }
  const std::uint32_t stored = started.receives ? received_length() : 0;
  reset_and_clear();
  if (started.receives) rx_list_->length = 0;
  if (started.sends) tx_list_->length = 0;
  return stored;
}

// ---- Behind the driver's back ----

// A reset takes the registers of all channels, also of those that are at work. So GDMA is reset only if it
// has to be; after a reset that is over, each channel writes its own registers when it finds out, or two of
// them would spoil each other's transfers for ever.
void Engine::mend() {
  using namespace chip;
  const bool runs = mmio::read(system::base, system::PeripClkEn1::dma_clk_en) != 0 &&
                    mmio::read(system::base, system::PeripRstEn1::dma_rst) == 0;
  if (runs) {
    keep_registers_clocked();
    return write_registers();
  }
  open_gdma();
  // What another channel was at is lost; its driver finds its halves at rest before the end.
  for (Engine& engine : engines) {
    if (engine.own_rx_list_ != nullptr) engine.write_registers();
  }
}

void Engine::write_registers() {
  write_settings();
  connect(peripheral_);
}

Error Engine::cause(Error found, Started started) const {
  if (const auto loss = loss_of_gdma()) return *loss;
  if (started.receives && receive_half_was_stopped()) return Error::engine_stopped;
  if (started.sends && transmit_half_was_stopped()) return Error::engine_stopped;
  return found;
}

// A reset leaves the selector at its reset value, so it shows even when it is over.
std::optional<Error> Engine::loss_of_gdma() const {
  using namespace chip;
  if (mmio::read(system::base, system::PeripClkEn1::dma_clk_en) == 0) return Error::clock_off;
  if (mmio::read(system::base, system::PeripRstEn1::dma_rst) != 0) return Error::in_reset;
  if (mmio::read(rx_registers_, chip::dma::InPeriSel::peri_in_sel) != static_cast<std::uint32_t>(peripheral_))
    return Error::in_reset;
  return {};
}

// A receive half that was started rests only at the end of its list or after an error, and each has its
// event. Events are read last, here and below: the transfer may come to its end in between.
bool Engine::receive_half_was_stopped() const {
  using namespace chip::dma;
  if (!receive_half_rests()) return false;
  // The list is full, and the end of the frame has not come through yet.
  if (rx_list_->count != 0 && rx_list_->in_use().back().owner() == Owner::cpu) return false;
  return (interrupts() & (IntRaw::in_suc_eof.mask | IntRaw::in_dscr_err.mask | IntRaw::in_dscr_empty.mask)) ==
         0;
}

// A transmit half rests when it has read its list to the end; when all is sent, that has its event, if the
// last descriptor is marked as such. The one that it rests in is known by the low bits of its address.
bool Engine::transmit_half_was_stopped() const {
  using namespace chip::dma;
  if (!transmit_half_rests() || !transmit_fifo_is_empty()) return false;
  const std::uint32_t at = mmio::read(tx_registers_, OutState::outlink_dscr_addr);
  if ((interrupts() & (IntRaw::out_total_eof.mask | IntRaw::out_dscr_err.mask)) != 0) return false;
  for (const Descriptor& descriptor : tx_list_->in_use()) {
    if ((address_of(&descriptor) & OutState::outlink_dscr_addr.mask) == at)
      return descriptor.next != 0 || descriptor.suc_eof();
  }
  return true;
}

}  // namespace ferry::dma::detail

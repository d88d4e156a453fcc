#include "tests/board/watch_model/watch_model.hpp"

#include "board/cpu/cpu.hpp"
#include "board/memory.hpp"
#include "chip/esp32c3/interrupts.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace ferry::board::watch::random {

namespace {

unsigned half_of(unsigned channel, DmaDirection direction) {
  return 2 * channel + (direction == DmaDirection::out ? 1 : 0);
}

gdma::Descriptor descriptor_of(const DmaDescriptorEvent& event) {
  return {event.address, event.word0, event.buffer, event.next};
}

}  // namespace

WatchModel::WatchModel(Board& board) : board_(board), written_(board.memory()) {
  board_.observers().add(*this, Observers::only(Topic::dma) | Observers::only(Topic::register_counts));
  const std::array all{WatchedRange{.offset = Memory::offset(all_memory).value(),
                                    .length = all_memory_bytes,
                                    .reads = true,
                                    .writes = true}};
  board_.cpu().watches().set(*this, all);
}

WatchModel::~WatchModel() {
  board_.observers().remove(*this);
  board_.cpu().watches().set(*this, {});
}

void WatchModel::program_ended() {
  for (unsigned half = 0; half < halves; ++half) {
    if (!transfers_[half]) continue;
    if (transfers_.is_alive(*transfers_[half])) rules_.find(Rule::lost_transfer, half, board_.cpu().pc());
    rules_.check_addition(half);
  }
}

// ---- The engine

void WatchModel::dma_started(unsigned channel, DmaDirection direction, std::uint32_t first) {
  const unsigned half = half_of(channel, direction);
  const bool by_start = std::exchange(starting_, std::nullopt) == half && board_.bus().accessing();
  if (by_start || !transfers_[half]) {
    has_failed_[half] = false;
    return start(half, first);
  }
  go_on(half);
}

// A further frame, or more of a list: by the program's word for it, or by its first byte.
void WatchModel::go_on(unsigned half) {
  HalfTransfer& transfer = *transfers_[half];
  if (!transfer.ended && !transfer.is_left_over(half)) return;
  transfer.ended = transfer.between_frames = transfer.spi_is_known = transfer.pair_is_known = false;
  ++transfer.round;
  transfers_.take_back(half);
  if (transfer.edited) rules_.find(Rule::desc_edit, half, *transfer.edited);
  transfer.edited.reset();
}

void WatchModel::begin_frame(unsigned half) {
  if (transfers_[half] && transfers_[half]->awaits_frame()) go_on(half);
}

void WatchModel::begin_frame_of_spi() {
  if (const auto half = spi_.half(0)) begin_frame(*half);
}

// SPI goes on with what it had left of the list, or begins with it.
void WatchModel::begin_sending() {
  const auto half = spi_.take_up();
  if (half && transfers_[*half]->is_left_over(*half)) go_on(*half);
}

// A slave is done with it when the one transfer that it was selected for is.
void WatchModel::leave_sending() {
  using namespace chip::spi2;
  const bool is_one_of_many = DmaConf::dma_slv_seg_trans_en.get(spi_register<DmaConf>()) != 0 ||
                              User::doutdin.get(spi_register<User>()) == 0;
  if (Slave::mode.get(spi_register<Slave>()) == 0 || !is_one_of_many) spi_.leave();
}

void WatchModel::dma_descriptor_loaded(const DmaDescriptorEvent& event) {
  const unsigned half = half_of(event.channel, event.direction);
  if (!transfers_[half]) return;
  HalfTransfer& transfer = *transfers_[half];
  auto& holdings = transfer.holdings;
  const gdma::Descriptor loaded = descriptor_of(event);
  std::size_t place = transfer.current ? *transfer.current + 1 : 0;
  const auto is_it = [&](const Holding& each) { return each.descriptor == event.address; };
  if (place >= holdings.size() || !is_it(holdings[place]))
    place = static_cast<std::size_t>(std::ranges::find_if(holdings, is_it) - holdings.begin());
  const bool is_new = place == holdings.size();
  if (is_new) holdings.push_back({.number = transfers_.new_number(), .descriptor = event.address});
  transfer.current = place;
  transfer.edited.reset();
  // What the program has done with the links of its own descriptors, the engine will find.
  const bool is_withheld_one = !is_new && is_withheld(half, loaded);
  transfer.goes_to = is_withheld_one ? holdings[place].next : loaded.next;
  if (!is_withheld_one && (is_new || holdings[place].next != loaded.next))
    for (Holding& each : holdings)
      if (!transfers_.owns(each)) each.next = word(each.descriptor + 8);
  // It belongs to the CPU: the engine halts there and has taken nothing.
  if (is_withheld(half, loaded)) {
    if (is_new) take(half, holdings[place], loaded);
    return;
  }
  Holding& holding = holdings[place];
  // A round that a frame's end has filled: nothing moves before a further frame begins.
  const bool as_it_was = holding.buffer == loaded.buffer && holding.next == loaded.next &&
                         holding.length == loaded.size() && receives(half);
  const bool given_again = holding.returned && loaded.owned_by_dma();
  if (receives(half) && transfer.between_frames && holding.closed && as_it_was && !given_again &&
      transfer.is_in_circle(holding)) {
    take(half, holding, loaded);
    holding.waits = true;
    return rules_.check_descriptor(half, holding, bursts(half));
  }
  transfers_.disown(holding.number);
  if (holding.closed) holding.number = transfers_.new_number();
  holding.closed = holding.returned = false;
  holding.moved = holding.read = holding.moved_when_given_back = 0;
  holding.handed = false;
  take(half, holding, loaded);
  if (!transfer.is_lent(half, holding)) transfers_.own(half, holding);
  rules_.check_descriptor(half, holding, bursts(half));
}

void WatchModel::dma_descriptor_closed(const DmaDescriptorEvent& event) {
  const unsigned half = half_of(event.channel, event.direction);
  const gdma::Descriptor closed = descriptor_of(event);
  if (receives(half)) wishes_.note_left(closed);
  if (!transfers_[half] || !transfers_[half]->current) return;
  Holding& holding = transfers_[half]->holdings[*transfers_[half]->current];
  if (holding.descriptor != closed.address) return;
  holding.closed = true;
  holding.returned = holding.had_owner && !closed.owned_by_dma();
  transfers_[half]->closed.push_back(holding.number);
  if (receives(half) && closed.suc_eof()) proofs_.note_frame_end(half, holding.number);
}

void WatchModel::dma_ended(unsigned channel, DmaDirection direction, std::string_view why) {
  const unsigned half = half_of(channel, direction);
  if (why == "reset") return end(half);
  if (!transfers_[half]) return;
  transfers_[half]->ended = true;
  transfers_[half]->between_frames = why == "end of frame";
}

void WatchModel::dma_bytes(unsigned channel, DmaDirection direction, std::uint32_t address,
                           std::uint32_t count) {
  const unsigned half = half_of(channel, direction);
  if (receives(half)) written_.note(Memory::offset(address).value(), count);
  if (!transfers_[half] || !transfers_[half]->current) return;
  Holding& holding = transfers_[half]->holdings[*transfers_[half]->current];
  holding.moved += count;
  bool is_written = true;
  for (std::uint32_t byte = address; byte < address + count && !receives(half); ++byte)
    is_written = is_written && !written_.is_unwritten(byte, holding);
  if (!is_written) rules_.find(Rule::uninit_tx, half, transfers_[half]->pc);
  if (holding.wanted != 0 && address + count > holding.buffer + holding.wanted)
    rules_.find(Rule::rx_overrun, half, transfers_[half]->pc);
}

void WatchModel::dma_raised(unsigned channel, std::uint32_t bits) {
  using chip::dma::IntRaw;
  for (const unsigned half : {2 * channel, 2 * channel + 1}) {
    const std::uint32_t error = receives(half) ? IntRaw::in_dscr_err.mask : IntRaw::out_dscr_err.mask;
    if ((bits & error) == 0) continue;
    has_failed_[half] = true;
    if (transfers_[half]) transfers_[half]->halted = true;
  }
  proofs_.raise(channel, bits, dma_register<chip::dma::OutEofDesAddr>(channel));
}

// ---- SPI2

void WatchModel::spi_began(const SpiBeginning& beginning) {
  const auto early = spi_.begin(beginning.sends_by_dma, beginning.receives_by_dma, beginning.found_nothing);
  if (beginning.sends_by_dma) begin_sending();
  if (beginning.receives_by_dma) begin_frame_of_spi();
  if (early) rules_.find(Rule::early_start, std::nullopt, *early);
}

void WatchModel::spi_raised(std::uint32_t bits) {
  serve_as_slave();
  if ((bits & chip::spi2::DmaIntRaw::trans_done_int_raw.mask) != 0) leave_sending();
  spi_.raise(bits);
}

void WatchModel::spi_phase(std::string_view phase) {
  using namespace chip::spi2;
  const bool slave = Slave::mode.get(spi_register<Slave>()) != 0;
  const bool both_ways = User::doutdin.get(spi_register<User>()) != 0;
  const bool selected = phase == "data" && slave && both_ways;
  if (selected && DmaConf::dma_rx_ena.get(spi_register<DmaConf>()) != 0) begin_frame_of_spi();
  if (selected && DmaConf::dma_tx_ena.get(spi_register<DmaConf>()) != 0) begin_sending();
  if (phase == "done" && Slave::usr_conf.get(spi_register<Slave>()) == 0) leave_sending();
  if (phase != "idle") return;
  serve_as_slave();
  leave_sending();
  spi_.rest();
}

void WatchModel::spi_reset() { spi_.reset(); }

void WatchModel::serve_as_slave() {
  using namespace chip::spi2;
  const std::uint32_t enabled = spi_register<DmaConf>();
  if (Slave::mode.get(spi_register<Slave>()) != 0)
    spi_.serve(DmaConf::dma_tx_ena.get(enabled) != 0, DmaConf::dma_rx_ena.get(enabled) != 0);
}

// ---- Interrupts, clocks

void WatchModel::interrupt_taken(unsigned line) {
  const std::uint64_t sources = board_.interrupt_sources(line);
  for (unsigned channel = 0; channel < halves / 2; ++channel) {
    if ((sources >> (static_cast<unsigned>(chip::InterruptSource::dma_channel0) + channel) & 1) != 0)
      proofs_.see(channel, dma_register<chip::dma::IntSt>(channel));
    if (line == line_of_channel0 + channel) proofs_.see_kept(channel);
  }
  if (line == line_of_spi) spi_.see_kept();
  if (line == line_of_sha) sha_.see_kept();
  if ((sources >> static_cast<unsigned>(chip::InterruptSource::sha) & 1) != 0)
    sha_.see_interrupt(sha_rests());
  if ((sources >> static_cast<unsigned>(chip::InterruptSource::spi2) & 1) != 0)
    spi_.see(spi_register<chip::spi2::DmaIntSt>());
}

void WatchModel::gate_changed(std::string_view device, bool clock, bool reset) {
  const bool dma = device == "DMA";
  if (device == "SHA" && reset) sha_.reset();
  if (!dma && device != "SPI2") return;
  const auto pc = board_.bus().accessing();
  for (unsigned half = 0; half < halves; ++half) {
    if (!transfers_[half]) continue;
    const bool needs_it = dma || spi_.has(half);
    if (needs_it && pc && !clock && !reset && transfers_.is_alive(*transfers_[half]))
      rules_.find(Rule::clock_off, half, *pc);
    if (dma && reset) end(half);
  }
  if (dma && reset) proofs_.forget_all();
}

// ---- The CPU and memory

void WatchModel::cpu_accesses(const BusAccess& access, std::optional<std::uint32_t> stored) {
  const bool write = stored.has_value();
  if (write && access.address > announced && access.address <= announced + 4 * most_frames)
    return rules_.raise_stack(board_.cpu().register_value(2),
                              frame_bytes * ((access.address - announced) / 4), access.pc + 4);
  const auto first = Memory::offset(access.address);
  if (!first) return;
  const std::uint32_t end = *first + access.width;
  if (!write && is_marker(access.pc)) return leave_out(*first);
  for (unsigned half = 0; half < halves; ++half) {
    if (!transfers_[half]) continue;
    const auto tail = write ? taken_up(half, access, *first, *stored) : std::nullopt;
    rules_.touch(half, *first, end, access.pc, write, stored && changes_nothing(access, *stored),
                 stored && keeps_what_is_at_hand(half, access, *first, *stored), tail);
    if (tail) take_up(half, *tail, *stored, access.pc);
  }
  if (!write) return proofs_.read_owners(*first, end);
  hand_back(access, *first, *stored);
  read_links(access, *first, *stored);
  proofs_.forget_owners(*first, end);
  written_.note(*first, access.width);
  for (std::uint32_t byte = 0; byte < access.width; ++byte) wishes_.store(access.address + byte);
}

bool WatchModel::changes_nothing(const BusAccess& access, std::uint32_t stored) const {
  const std::uint32_t low_bytes = access.width == 4 ? ~0u : (1u << (8 * access.width)) - 1;
  const std::uint32_t shift = 8 * (access.address % 4);
  return (word(access.address & ~3u) >> shift & low_bytes) == (stored & low_bytes);
}

// Of the descriptor that the engine has, all that matters once it is read.
bool WatchModel::keeps_what_is_at_hand(unsigned half, const BusAccess& access, std::uint32_t first,
                                       std::uint32_t stored) const {
  if (!transfers_[half]->current) return false;
  const Holding& at_hand = transfers_[half]->holdings[*transfers_[half]->current];
  const gdma::Descriptor descriptor = descriptor_behind(at_hand.descriptor, access, first, stored);
  const std::uint32_t length = receives(half) ? descriptor.size() : descriptor.length();
  return descriptor.buffer == at_hand.buffer && descriptor.next == transfers_[half]->goes_to &&
         length == at_hand.length;
}

bool WatchModel::is_marker(std::uint32_t pc) const {
  constexpr std::uint32_t opcode_and_destination = 0xFFF, load_into_zero = 0x003;
  return (word(pc) & opcode_and_destination) == load_into_zero && word(pc + 4) == 0x5A50'7013;
}

void WatchModel::leave_out(std::uint32_t byte) {
  for (const auto& [number, owner] : transfers_.owners_of(byte))
    if (owner.use != Use::list) transfers_[owner.half]->on_purpose = true;
}

}  // namespace ferry::board::watch::random

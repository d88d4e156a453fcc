#include "board/watch/dma_watch.hpp"

#include "board/bus.hpp"
#include "board/cpu/cpu.hpp"
#include "board/cpu/decode.hpp"
#include "board/memory.hpp"
#include "board/reset.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ferry::board::watch {

namespace dma = chip::dma;
namespace spi2 = chip::spi2;

namespace {

gdma::Descriptor descriptor_of(const DmaDescriptorEvent& event) {
  return {event.address, event.word0, event.buffer, event.next};
}

}  // namespace

DmaWatch::DmaWatch(Board& board, const SourcePlaces& places, std::span<const Symbol> symbols)
    : board_(board), variables_(symbols), unwritten_(board.memory()), ways_(places) {
  asked_by_.fill({.time = 0, .way = std::make_shared<Way>()});  // nobody has
  board_.observers().add(*this, topics);
  board_.cpu().tell_of_stacks(this);
  note_stack_at(board_.cpu().register_value(stack_pointer_register));
}

DmaWatch::~DmaWatch() {
  board_.observers().remove(*this);
  board_.cpu().watches().set(*this, {});
  board_.cpu().follow_stack(nullptr);
  board_.cpu().tell_of_stacks(nullptr);
}

void DmaWatch::went_back(const WrittenBytes* written) {
  forget_transfers();
  unwritten_.go_back(written);
  note_stack_at(board_.cpu().register_value(stack_pointer_register));
}

void DmaWatch::forget_transfers() {
  ownership_ = Ownership();
  starting_.reset();
  restarts_ = {};
  spi_start_.reset();
  spi_runs_ = spi_sends_ = spi_receives_ = false;
  sha_run_ = {};
  left_lengths_ = {};
  board_.cpu().watches().set(*this, {});
  board_.cpu().follow_stack(nullptr);
}

// What the CPU's accesses are looked at for.
void DmaWatch::rearm() {
  AccessWatches& watches = board_.cpu().watches();
  for (const Extent& bytes : ownership_.lost())
    watches.remove(*this, {.offset = bytes.offset, .length = bytes.length, .reads = true, .writes = true});
  for (const Extent& bytes : ownership_.lost())
    left_lengths_.for_each_in_doubt(bytes, [&](const Extent& extent) { watch_stores(extent); });
  ownership_.for_each_gained([&](const Extent& extent, bool reads, bool writes) {
    watches.add(*this, {.offset = extent.offset, .length = extent.length, .reads = reads, .writes = writes});
  });
  ownership_.take_changes();
  watch_stack();
}

void DmaWatch::watch_stores(const Extent& bytes) {
  board_.cpu().watches().add(*this, {.offset = bytes.offset, .length = bytes.length, .writes = true});
}

// What ferry/watch.hpp calls on_purpose(): a load into the register that is always zero, and behind it an
// instruction without an effect that no compiler emits. The load alone could be one whose value nobody wants.
bool DmaWatch::is_marker(std::uint32_t pc) {
  const auto [entry, fresh] = markers_.try_emplace(pc);
  if (fresh) {
    constexpr std::uint32_t andi_zero_zero_0x5a5 = 0x5A50'7013;
    const Instruction instruction = decode(board_.memory().instruction_word(pc).value_or(0));
    entry->second = is_load(instruction.operation) && instruction.destination == 0 &&
                    board_.memory().instruction_word(pc + 4) == andi_zero_zero_0x5a5;
  }
  return entry->second;
}

void DmaWatch::cpu_accesses(const BusAccess& access, std::optional<std::uint32_t> stored) {
  const auto bytes = extent_of(access.address, access.width);
  if (!bytes) return;
  const bool write = stored.has_value();
  if (!write && is_marker(access.pc)) return ownership_.leave_out(*bytes);
  for (const Hit& hit : ownership_.access(*bytes, write)) {
    Transfer* const transfer = ownership_.find(hit.half);
    if (transfer == nullptr) continue;
    const Piece& piece = transfer->pieces[hit.piece];
    // On the data bus, whichever the access takes; its own first byte, which need not be owned.
    const std::uint32_t owned = hit.in_list ? piece.descriptor : piece.buffer;
    const std::uint32_t address = owned + (bytes->offset - extent_of(owned, 1)->offset);
    if (hit.adds && !hit.late && take_up(*transfer, hit, access, *stored)) continue;
    // Who hands a descriptor back by storing all of its words stores its first one first, maybe.
    constexpr std::uint32_t first_word = 4;
    if (hit.in_list && piece.handed && hit.first >= first_word && stored && changes_nothing(access, *stored))
      continue;
    if (hit.late) {
      // What a frame has filled is given back like this, too: then the engine has read what counts.
      if (piece.held_ready && reads_the_same(hit.half, piece, *bytes, *stored)) continue;
      if (!transfer->late_edit || (transfer->late_edit->link_only && !hit.adds))
        transfer->late_edit = {
            .origin = here(access.pc), .address = address, .piece = hit.piece, .link_only = hit.adds};
      continue;
    }
    if (hit.adds) {
      if (std::ranges::find(transfer->additions, hit.piece, &Transfer::Addition::piece) ==
          transfer->additions.end())
        transfer->additions.push_back({.origin = here(access.pc), .address = address, .piece = hit.piece});
      continue;
    }
    if (was_told(*transfer, hit.rule, access.pc)) continue;
    report(hit.rule, transfer,
           {.act = write ? Act::store : Act::load,
            .origin = here(access.pc),
            .address = address,
            .width = access.width,
            .piece = hit.piece,
            .byte = hit.in_list ? std::nullopt : std::optional(hit.first)});
  }
  if (stored) {
    left_lengths_.stored(*bytes);
    take_back(access, *bytes, *stored);
    take_linked(access, *bytes, *stored);
  }
  arm();
}

bool DmaWatch::changes_nothing(const BusAccess& access, std::uint32_t stored) const {
  const std::byte* const memory = board_.memory().readable(access.address, access.width);
  for (std::uint32_t byte = 0; memory != nullptr && byte < access.width; ++byte)
    if (memory[byte] != static_cast<std::byte>(stored >> (8 * byte))) return false;
  return memory != nullptr;
}

// Whether the engine would find behind a store what it has read before: an owner bit does not matter any
// more.
bool DmaWatch::reads_the_same(Half half, const Piece& piece, const Extent& bytes, std::uint32_t value) const {
  const Piece now = piece_of(half, descriptor_behind(piece.descriptor, bytes, value));
  return now.buffer == piece.buffer && now.length == piece.length &&
         now.next == ownership_.find(half)->goes_to;
}

// A descriptor as a store will leave it.
gdma::Descriptor DmaWatch::descriptor_behind(std::uint32_t address, const Extent& bytes,
                                             std::uint32_t value) const {
  std::array<std::byte, Piece::descriptor_bytes> memory{};
  board_.memory().read(address, memory);
  const std::uint32_t place = bytes.offset - extent_of(address, Piece::descriptor_bytes)->offset;
  for (std::uint32_t byte = 0; byte < bytes.length; ++byte)
    if (place + byte < memory.size()) memory[place + byte] = static_cast<std::byte>(value >> (8 * byte));
  return gdma::Descriptor::from(address, memory);
}

// A stream through a list with an end: what came back is appended to the end, to which the engine has not
// come yet, so that it needs no RESTART. It may take it from now on.
bool DmaWatch::take_up(Transfer& transfer, const Hit& hit, const BusAccess& access, std::uint32_t value) {
  constexpr std::uint32_t whole = 4;
  const bool is_at_tail = transfer.loaded && transfer.current == hit.piece;
  if (transfer.stop || is_at_tail || access.width != whole) return false;
  const auto head = ownership_.layout(transfer.half).find(value);
  if (!head || !transfer.pieces[*head].released) return false;
  const std::vector<Piece> added = walk(transfer.half, value);
  ownership_.append(transfer.half, hit.piece, value, added);
  for (const Piece& piece : added) note_other_stack(transfer, piece);
  check_added(transfer, added, [&] { return here(access.pc); });
  return true;
}

// A store that gives a descriptor of a circle to the engine again, or one that it has not had: it may take it
// from now on.
void DmaWatch::take_back(const BusAccess& access, const Extent& bytes, std::uint32_t value) {
  for (const auto& [half, index] : ownership_.handed_back(bytes, value)) {
    Transfer& transfer = *ownership_.find(half);
    const auto descriptor = descriptor_behind(transfer.pieces[index].descriptor, bytes, value);
    const Piece piece = piece_of(half, descriptor);
    ownership_.hand_back(half, index, piece);
    note_other_stack(transfer, piece);
    if (!transfer.pieces[index].released) check_overlap(transfer, index, [&] { return here(access.pc); });
  }
}

// A store to a link that leads the engine to further descriptors: it may take those that say that they are
// its own.
void DmaWatch::take_linked(const BusAccess& access, const Extent& bytes, std::uint32_t value) {
  const auto given = ownership_.note_links(bytes, [&](Half half, std::uint32_t address) {
    if (!chip::memory_map::dma_memory.contains(address, Piece::descriptor_bytes))
      return std::optional<Piece>();
    const auto descriptor = descriptor_behind(address, bytes, value);
    Piece piece = piece_of(half, descriptor);
    piece.withheld = piece.released = !descriptor.owned_by_dma();
    return std::optional(piece);
  });
  for (const auto& [half, index] : given) {
    Transfer& transfer = *ownership_.find(half);
    note_other_stack(transfer, transfer.pieces[index]);
    check_overlap(transfer, index, [&] { return here(access.pc); });
  }
}

// ---- The engine

void DmaWatch::dma_started(unsigned channel, DmaDirection direction, std::uint32_t first) {
  const Half half{channel, direction};
  const bool by_start = board_.bus().accessing() && starting_ == half;
  starting_.reset();
  Transfer* const before = ownership_.find(half);
  if (before != nullptr && !by_start) {
    ownership_.go_on(half);
    report_late_edit(half);
    return arm();
  }
  restarts_[half.index()] = true;
  begin(half, first, !by_start);
}

// A list that the last START or RESTART of its half has asked for. `loaded`: the engine has its first
// descriptor.
void DmaWatch::begin(Half half, std::uint32_t first, bool loaded) {
  const unsigned channel = half.channel;
  const bool receives = half.direction == DmaDirection::in;
  const auto selected = receives ? dma::InPeriSel::peri_in_sel.get(dma_register<dma::InPeriSel>(channel))
                                 : dma::OutPeriSel::peri_out_sel.get(dma_register<dma::OutPeriSel>(channel));
  const std::uint32_t in_conf0 = dma_register<dma::InConf0>(channel);
  Transfer& transfer = ownership_.start({.half = half,
                                         .peripheral = selected,
                                         .to_memory = dma::InConf0::mem_trans_en.get(in_conf0) != 0,
                                         .start = asked_by_[half.index()],
                                         .pieces = walk(half, first)});
  transfer.loaded = loaded;
  if (loaded && !transfer.pieces.empty()) transfer.goes_to = transfer.pieces.front().next;
  if (transfer.to_memory && !receives) begin_frame({channel, DmaDirection::in});
  // It says nothing of a list that it has not been asked for yet.
  if (transfer.is_of(chip::DmaPeripheral::sha) && sha_rests()) sha_run_.unseen = false;
  note_stack(transfer);
  check_trigger(transfer, Act::start, transfer.start);
  for (std::size_t piece = 0; piece < transfer.pieces.size(); ++piece)
    if (!transfer.pieces[piece].withheld) check_overlap(transfer, piece, [&] { return transfer.start; });
  if (!chip::memory_map::dma_memory.contains(first, Piece::descriptor_bytes))
    report(Rule::region, &transfer,
           {.act = Act::descriptor, .origin = asked_by_[half.index()], .address = first});
  arm();
}

void DmaWatch::dma_descriptor_loaded(const DmaDescriptorEvent& event) {
  const Half half{event.channel, event.direction};
  const Piece piece = piece_of(half, descriptor_of(event));
  ownership_.load(half, piece, [&](std::uint32_t descriptor) { return descriptor_at(descriptor).next; });
  Transfer* const transfer = ownership_.find(half);
  if (transfer == nullptr) return;
  if (!piece.withheld) check_reach(*transfer, piece);
  if (note_other_stack(*transfer, piece)) watch_stack();
  arm();
}

void DmaWatch::dma_descriptor_closed(const DmaDescriptorEvent& event) {
  const Half half{event.channel, event.direction};
  const gdma::Descriptor closed = descriptor_of(event);
  const Transfer* const transfer = ownership_.find(half);
  const bool had_owner = transfer != nullptr && transfer->loaded &&
                         (transfer->pieces[transfer->current].word0 & gdma::Descriptor::owner_bit) != 0;
  const bool receives = event.direction == DmaDirection::in;
  if (receives)
    if (const auto told_by = left_lengths_.note(closed)) watch_stores(*told_by);
  ownership_.close(half, closed.address, had_owner && !closed.owned_by_dma(), receives && closed.suc_eof());
}

void DmaWatch::dma_ended(unsigned channel, DmaDirection direction, std::string_view why) {
  const Half half{channel, direction};
  if (why == "reset") {
    ownership_.reset(half);
    return arm();
  }
  ownership_.end(half, why == "end of frame");
}

void DmaWatch::dma_bytes(unsigned channel, DmaDirection direction, std::uint32_t address,
                         std::uint32_t count) {
  const Half half{channel, direction};
  const auto place = ownership_.move(half, address, count);
  if (!place) return;
  Transfer& transfer = *ownership_.find(half);
  const Piece& piece = transfer.pieces[transfer.current];
  if (direction == DmaDirection::out) {
    const auto bytes = extent_of(address, count);
    if (!bytes || !unwritten_.may_find(*bytes)) return;
    const auto whole = extent_of(piece.buffer, piece.length);
    const auto unwritten = whole ? unwritten_.find(*bytes, *whole) : std::nullopt;
    if (unwritten)
      report(Rule::uninit_tx, &transfer,
             {.act = Act::engine_reads,
              .origin = transfer.start,
              .address = address + (*unwritten - bytes->offset),
              .width = 1,
              .byte = *place + (*unwritten - bytes->offset)});
    return;
  }
  if (piece.asked == 0 || *place + count <= piece.asked) return;
  const std::uint32_t first = std::max(*place, piece.asked);
  report(Rule::rx_overrun, &transfer,
         {.act = Act::engine_writes,
          .origin = transfer.start,
          .address = piece.buffer + first,
          .width = *place + count - first,
          .byte = first});
}

void DmaWatch::dma_raised(unsigned channel, std::uint32_t bits) {
  if ((bits & dma::IntRaw::in_dscr_err.mask) != 0) restarts_[Half{channel, DmaDirection::in}.index()] = false;
  if ((bits & dma::IntRaw::out_dscr_err.mask) != 0)
    restarts_[Half{channel, DmaDirection::out}.index()] = false;
  const bool at_end = (bits & dma::IntRaw::out_eof.mask) != 0;
  ownership_.raise(channel, bits, at_end ? dma_register<dma::OutEofDesAddr>(channel) : 0);
}

// From here on the rest of a list that receives is the engine's again: when the first byte comes is a matter
// of time.
void DmaWatch::begin_frame(Half half) {
  ownership_.begin_frame(half);
  report_late_edit(half);
}

// ---- SPI2

void DmaWatch::begin_frame_of_spi(DmaDirection direction) {
  if (const auto half = ownership_.half_of_spi(direction)) return begin_frame(*half);
  if (direction == DmaDirection::out) ownership_.forget_sender();
}

void DmaWatch::spi_began(const SpiBeginning& beginning) {
  const bool first = !spi_runs_;
  spi_sends_ = beginning.sends_by_dma || (spi_runs_ && spi_sends_);
  spi_receives_ = beginning.receives_by_dma || (spi_runs_ && spi_receives_);
  spi_runs_ = true;
  ownership_.begin_spi(spi_sends_, spi_receives_);
  const auto half = ownership_.half_of_spi(DmaDirection::out);
  Transfer* const sender = half ? ownership_.find(*half) : nullptr;
  if (beginning.sends_by_dma) begin_frame_of_spi(DmaDirection::out);
  if (beginning.receives_by_dma) begin_frame_of_spi(DmaDirection::in);
  arm();
  if (!first || !spi_start_ || !beginning.sends_by_dma) return;
  if (spi_start_->list_started && !beginning.found_nothing) return;
  report(Rule::early_start, sender, {.act = Act::spi_start, .origin = spi_start_->origin});
}

void DmaWatch::spi_raised(std::uint32_t bits) {
  constexpr std::uint32_t ends =
      spi2::DmaIntRaw::trans_done_int_raw.mask | spi2::DmaIntRaw::dma_seg_trans_done_int_raw.mask;
  if ((bits & ends) == 0) return;
  note_what_a_slave_does();
  if ((bits & spi2::DmaIntRaw::trans_done_int_raw.mask) != 0) rest_sender();
  ownership_.finish_spi(spi_sends_, spi_receives_, bits);
}

// The end of SPI's transfer is the end of what it sends, how much of the list it may have left. A slave in
// half duplex takes part in transfers that are none of the list's, and one in segments is not done with it
// when one of them ends.
void DmaWatch::rest_sender() {
  const bool segments = spi2::DmaConf::dma_slv_seg_trans_en.get(spi_register(spi2::DmaConf::offset)) != 0;
  if (spi_sends_ && (!is_slave() || (is_selected_both_ways() && !segments))) ownership_.rest_sender();
}

// A slave's transfers have no beginning of their own: GDMA does what is enabled.
void DmaWatch::note_what_a_slave_does() {
  if (spi_runs_ || !is_slave()) return;
  const std::uint32_t enabled = spi_register(spi2::DmaConf::offset);
  spi_sends_ = spi2::DmaConf::dma_tx_ena.get(enabled) != 0;
  spi_receives_ = spi2::DmaConf::dma_rx_ena.get(enabled) != 0;
}

void DmaWatch::spi_phase(std::string_view phase) {
  if (phase == "data" && is_selected_both_ways()) ask_for_frame();
  // A frame that is received may end before SPI does.
  if (phase == "done" && spi2::Slave::usr_conf.get(spi_register(spi2::Slave::offset)) == 0) rest_sender();
  if (phase != "idle") return;
  note_what_a_slave_does();
  rest_sender();
  ownership_.finish_spi(spi_sends_, spi_receives_, 0);
  spi_runs_ = false;
}

// That it rests then says nothing of what it was asked for.
void DmaWatch::spi_reset() { ownership_.forget_spi_rest(); }

// ---- Clocks, interrupts

void DmaWatch::gate_changed(std::string_view device, bool clock, bool reset) {
  const bool gdma = device == "DMA";
  // They rest then, whatever they were asked for.
  if (device == "SHA" && reset) sha_run_ = {};
  if (!gdma && device != "SPI2") return;
  const auto pc = board_.bus().accessing();
  for (unsigned index = 0; index < Half::count; ++index) {
    Transfer* const transfer = ownership_.find(Half::at(index));
    const bool concerned = transfer != nullptr && (gdma || transfer->is_of_spi());
    if (concerned && pc && !clock && !reset && transfer->alive())
      report(Rule::clock_off, transfer, {.act = Act::gate, .origin = here(*pc)});
    if (gdma && reset) ownership_.reset(Half::at(index));
  }
  arm();
}

// A reset ends the program, be it asked for or a watchdog's; switching on does not: that is done by who runs
// the board.
void DmaWatch::chip_reset(std::string_view cause) {
  if (cause != name_of(ResetCause::power_on)) program_ended();
  forget_transfers();
}

// Who takes an interrupt knows which bits have raised it, also those that were cleared since then.
void DmaWatch::interrupt_taken(unsigned line) {
  using enum chip::InterruptSource;
  if (!ownership_.any()) return;
  const std::uint64_t sources = board_.interrupt_sources(line);
  const auto up = [sources](chip::InterruptSource source) {
    return (sources >> static_cast<unsigned>(source) & 1) != 0;
  };
  const auto was_kept = [&](chip::InterruptSource source) {
    return line_of(source) == line && keeps_edge(source);
  };
  for (unsigned channel = 0; channel < Half::count / 2; ++channel) {
    const auto source = source_of(channel);
    if (up(source)) ownership_.see_status(channel, dma_register<dma::IntSt>(channel));
    if (was_kept(source)) ownership_.see_kept(channel);
  }
  if (up(spi2)) ownership_.see_spi_status(spi_register(chip::spi2::DmaIntSt::offset));
  if (was_kept(spi2)) ownership_.see_spi_kept();
  const bool by_sha = (up(sha) && sha_run_.raises && sha_rests()) || (was_kept(sha) && sha_run_.kept);
  if (by_sha) see_sha_rest();
  arm();
}

}  // namespace ferry::board::watch

#include "board/board.hpp"

#include "board/boot_state.hpp"
#include "board/bus.hpp"
#include "board/clocks.hpp"
#include "board/cpu/abi_registers.hpp"
#include "board/cpu/cpu.hpp"
#include "board/devices/apb_ctrl/apb_ctrl.hpp"
#include "board/devices/apb_saradc/apb_saradc.hpp"
#include "board/devices/efuse/efuse.hpp"
#include "board/devices/extmem/extmem.hpp"
#include "board/devices/gdma/gdma.hpp"
#include "board/devices/gpio/gpio.hpp"
#include "board/devices/interrupt_matrix/interrupt_matrix.hpp"
#include "board/devices/io_mux/io_mux.hpp"
#include "board/devices/regi2c/regi2c.hpp"
#include "board/devices/rtc_cntl/rtc_cntl.hpp"
#include "board/devices/sha/sha.hpp"
#include "board/devices/spi2/spi2.hpp"
#include "board/devices/spi_mem/spi_mem.hpp"
#include "board/devices/system/system.hpp"
#include "board/devices/systimer/systimer.hpp"
#include "board/devices/timg/timg.hpp"
#include "board/devices/uart/uart.hpp"
#include "board/devices/usb_serial_jtag/usb_serial_jtag.hpp"
#include "board/flash/flash_chip.hpp"
#include "board/image/second_stage.hpp"
#include "board/memory.hpp"
#include "board/parts/circuit.hpp"
#include "board/pins/cpu_gpio.hpp"
#include "board/pins/input_path.hpp"
#include "board/pins/routing.hpp"
#include "board/record/run_meter.hpp"
#include "board/reset.hpp"
#include "board/rom/rom.hpp"
#include "chip/esp32c3/regi2c.hpp"
#include "chip/esp32c3/registers/apb_ctrl.hpp"
#include "chip/esp32c3/registers/apb_saradc.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/efuse.hpp"
#include "chip/esp32c3/registers/extmem.hpp"
#include "chip/esp32c3/registers/gpio.hpp"
#include "chip/esp32c3/registers/interrupt_core0.hpp"
#include "chip/esp32c3/registers/io_mux.hpp"
#include "chip/esp32c3/registers/rtc_cntl.hpp"
#include "chip/esp32c3/registers/sha.hpp"
#include "chip/esp32c3/registers/spi0.hpp"
#include "chip/esp32c3/registers/spi1.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "chip/esp32c3/registers/systimer.hpp"
#include "chip/esp32c3/registers/timg.hpp"
#include "chip/esp32c3/registers/uart.hpp"
#include "chip/esp32c3/registers/usb_serial_jtag.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <stdexcept>
#include <utility>
#include <vector>

namespace ferry::board {

namespace chip = ferry::chip;

// Everything on the chip, in an order in which each part finds what it is built on.
struct Board::Parts {
  explicit Parts(const BoardOptions& with);
  ~Parts();
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  void connect_bus();
  void attach_gated(Device& device, chip::memory_map::Region registers, ClockedBlock block, GateNames names);
  void reset_devices();
  void start_image();
  void start(std::uint32_t entry, const std::vector<Segment>& segments, const std::vector<MappedPage>& pages,
             bool second_stage);
  void fill_flash();
  bool has_boot_loader() const;
  void reset_chip(ResetCause cause, ResetScope scope);
  void archive_state(StateArchive& archive);
  std::string names_of_parts() const;

  const BoardOptions options;
  Timeline timeline;
  Observers observers;
  Clocks clocks;
  Memory memory;
  Pins pins{observers};
  Routing routing{pins};
  InputPath input_path{timeline, clocks, pins};
  CpuGpio cpu_gpio{pins};
  Bus bus{memory, observers};
  Cpu cpu{bus, memory, timeline, clocks, observers};
  RunMeter meter{timeline, cpu};

  InterruptMatrix interrupts{[this](unsigned line) { cpu.set_interrupt(line); }, observers};
  System system{clocks, interrupts, observers};
  std::function<void(ResetCause, ResetScope)> restart = [this](auto cause, auto scope) {
    reset_chip(cause, scope);
  };
  RtcCntl rtc_cntl{timeline, interrupts, observers, restart};
  Timg timg0{0, timeline, clocks, interrupts, observers, restart};
  Timg timg1{1, timeline, clocks, interrupts, observers, restart};
  Systimer systimer{timeline, interrupts, observers};
  Gpio gpio{pins, routing, interrupts, observers};
  IoMux io_mux{routing, observers};
  Uart uart0{0, timeline, clocks, pins, interrupts, observers};
  Uart uart1{1, timeline, clocks, pins, interrupts, observers};
  UsbSerialJtag usb_serial_jtag{timeline, interrupts, observers, options.usb_host};
  Efuse efuse{timeline, interrupts, observers};
  ApbCtrl apb_ctrl{observers};
  Regi2c regi2c{timeline, observers, [this](bool running) { system.set_pll_running(running); }};
  ApbSaradc apb_saradc{timeline, pins, interrupts, observers,
                       [this](const auto& field) { return regi2c.field(field); }};
  FlashChip flash{timeline};
  Extmem extmem{timeline, memory, flash, interrupts, observers};
  MmuTable mmu_table{extmem};
  Spi0 spi0{observers};
  Spi1 spi1{timeline, flash, observers};
  Rom rom{memory, flash};
  Gdma gdma{timeline, clocks, memory, interrupts, observers};
  Spi2 spi2{timeline, clocks, pins, gdma.port(chip::DmaPeripheral::spi2), interrupts, observers};
  Sha sha{timeline, gdma.port(chip::DmaPeripheral::sha), interrupts, observers};
  Circuit circuit{timeline, pins, observers, [this] { cpu.request_stop(); }};

  std::shared_ptr<const Image> image = std::make_shared<const Image>();
  unsigned resets = 0;
  bool straps_latched = false;
  std::vector<std::shared_ptr<Action>> actions;  // what at() was asked for and is not done
  bool runs = false;
};

Board::Parts::Parts(const BoardOptions& with) : options(with) {
  observers.add(meter, RunMeter::topics);
  bus.set_strict_alignment(options.strict_alignment);
  cpu.skip_idle_loops(options.skip_idle);
  bus.set_read_only_watcher(&extmem);
  cpu.set_rom(&rom);
  bus.set_known_rom(Rom::constants());
  rtc_cntl.set_flash_boot(options.flash_boot);
  timg0.set_flash_boot(options.flash_boot);
  rtc_cntl.on_pll_power([this](bool powered) { regi2c.set_pll_power(powered); });
  rtc_cntl.on_pad_hold([this](std::uint32_t pads) { pins.hold(pads); });
  routing.set_input_path(input_path);
  rtc_cntl.set_watchdog_delay(Efuse::watchdog_delay_select);
  memory.fill();
  connect_bus();
  rtc_cntl.reset();
  reset_devices();
  cpu.set_dedicated_gpio(&cpu_gpio);
}

// A snapshot may keep actions for longer than the board is there.
Board::Parts::~Parts() {
  for (const auto& action : actions) {
    action->event.cancel();
    action->board = nullptr;
  }
}

void Board::Parts::attach_gated(Device& device, chip::memory_map::Region registers, ClockedBlock block,
                                GateNames names) {
  bus.attach(device, registers.start, registers.size, &system.gate(block), names);
  system.on_gate_change(block, [this, &device](const Gate& gate) {
    if (gate.reset) device.reset();
    device.gate_changed(gate);
    observers.tell(&Observer::gate_changed, device.name(), gate.clock, gate.reset);
  });
}

// A block of registers has 4 KiB to itself, but for RTC_CNTL and EFUSE, which share one.
void Board::Parts::connect_bus() {
  constexpr std::uint32_t block_size = 0x1000;
  attach_gated(uart0, {chip::uart::base_0, block_size}, ClockedBlock::uart0,
               {"PERIP_CLK_EN0.UART_CLK_EN", "PERIP_RST_EN0.UART_RST"});
  attach_gated(spi1, {chip::spi1::base, block_size}, ClockedBlock::spi01,
               {"PERIP_CLK_EN0.SPI01_CLK_EN", "PERIP_RST_EN0.SPI01_RST"});
  attach_gated(spi0, {chip::spi0::base, block_size}, ClockedBlock::spi01,
               {"PERIP_CLK_EN0.SPI01_CLK_EN", "PERIP_RST_EN0.SPI01_RST"});
  bus.attach(gpio, chip::gpio::base, block_size - 0x100);  // sigma-delta modulation has the rest
  bus.attach(rtc_cntl, chip::rtc_cntl::base, block_size / 2);
  attach_gated(efuse, {chip::efuse::base, block_size / 2}, ClockedBlock::efuse,
               {"PERIP_CLK_EN0.EFUSE_CLK_EN", "PERIP_RST_EN0.EFUSE_RST"});
  bus.attach(io_mux, chip::io_mux::base, block_size);
  bus.attach(regi2c, chip::regi2c::base, block_size);
  attach_gated(uart1, {chip::uart::base_1, block_size}, ClockedBlock::uart1,
               {"PERIP_CLK_EN0.UART1_CLK_EN", "PERIP_RST_EN0.UART1_RST"});
  attach_gated(timg0, {chip::timg::base_0, block_size}, ClockedBlock::timg0,
               {"PERIP_CLK_EN0.TIMERGROUP_CLK_EN", "PERIP_RST_EN0.TIMERGROUP_RST"});
  attach_gated(timg1, {chip::timg::base_1, block_size}, ClockedBlock::timg1,
               {"PERIP_CLK_EN0.TIMERGROUP1_CLK_EN", "PERIP_RST_EN0.TIMERGROUP1_RST"});
  attach_gated(systimer, {chip::systimer::base, block_size}, ClockedBlock::systimer,
               {"PERIP_CLK_EN0.SYSTIMER_CLK_EN", "PERIP_RST_EN0.SYSTIMER_RST"});
  attach_gated(spi2, {chip::spi2::base, block_size}, ClockedBlock::spi2,
               {"PERIP_CLK_EN0.SPI2_CLK_EN", "PERIP_RST_EN0.SPI2_RST"});
  bus.attach(apb_ctrl, chip::apb_ctrl::base, block_size);
  attach_gated(apb_saradc, {chip::apb_saradc::base, block_size}, ClockedBlock::apb_saradc,
               {"PERIP_CLK_EN0.APB_SARADC_CLK_EN", "PERIP_RST_EN0.APB_SARADC_RST"});
  attach_gated(gdma, {chip::dma::base, block_size}, ClockedBlock::dma,
               {"PERIP_CLK_EN1.DMA_CLK_EN", "PERIP_RST_EN1.DMA_RST"});
  attach_gated(sha, {chip::sha::base, block_size}, ClockedBlock::sha,
               {"PERIP_CLK_EN1.CRYPTO_SHA_CLK_EN", "PERIP_RST_EN1.CRYPTO_SHA_RST"});
  attach_gated(usb_serial_jtag, {chip::usb_serial_jtag::base, block_size}, ClockedBlock::usb_device,
               {"PERIP_CLK_EN0.USB_DEVICE_CLK_EN", "PERIP_RST_EN0.USB_DEVICE_RST"});
  bus.attach(system, chip::system::base, block_size);
  bus.attach(interrupts, chip::interrupt_core0::base, block_size);
  bus.attach(extmem, chip::extmem::base, block_size);
  bus.attach(mmu_table, chip::memory_map::mmu_table, 4 * chip::memory_map::flash_page_count);
}

// All but RTC_CNTL, whose reset depends on the cause. SYSTEM comes last: it tells the others about their
// gates.
void Board::Parts::reset_devices() {
  pins.reset();
  for (Device* device : std::initializer_list<Device*>{
           &gpio,       &io_mux, &uart0, &uart1,  &usb_serial_jtag, &efuse, &apb_ctrl,
           &apb_saradc, &regi2c, &timg0, &timg1,  &systimer,        &gdma,  &spi2,
           &sha,        &spi0,   &spi1,  &extmem, &interrupts,      &system})
    device->reset();
}

// Whether the boot ROM would find something where it looks. An application image alone leaves that place
// empty.
bool Board::Parts::has_boot_loader() const {
  constexpr std::size_t header = 8;
  return std::ranges::any_of(flash.page(0).first(header),
                             [](std::byte byte) { return byte != std::byte{0xFF}; });
}

// What the boot ROM and, for a program in flash, the second stage do before they jump.
void Board::Parts::start_image() {
  extmem.reset();
  uart0.set_up_as_boot_rom();
  if (!image->boots_from_flash)
    return start(image->entry, image->segments, image->pages, image->second_stage);
  if (rom.real() && has_boot_loader()) {
    rom.reset(0);
    return cpu.reset(chip::memory_map::rom0.start);
  }
  const auto found = start_from_flash(flash.read(0, flash.size()));
  if (found) return start(found->entry, found->segments, found->pages, found->second_stage);
  observers.tell(&Observer::notice, std::string_view("nothing in flash starts any more: " + found.error()));
  cpu.request_stop();
}

void Board::Parts::start(std::uint32_t entry, const std::vector<Segment>& segments,
                         const std::vector<MappedPage>& pages, bool second_stage) {
  constexpr std::uint32_t rom_mhz = 20;
  rom.reset(second_stage ? second_stage_mhz : rom_mhz);
  if (second_stage) leave_as_second_stage(system, rtc_cntl, timg0, regi2c);
  for (const Segment& segment : segments) memory.write(segment.address, segment.bytes);
  for (const MappedPage& page : pages) extmem.set_entry(page.window, page.flash);
  if (!pages.empty()) extmem.open();
  cpu.reset(entry);
  cpu.set_register(stack_pointer_register, chip::memory_map::rom_stack_top);
  // What the ROM's own start code leaves on: interrupts, with every line masked and a threshold, and the
  // performance counter, counting cycles. esp-hal's programs count on both.
  cpu.set_csr(csr::mstatus, 1u << 3);
  interrupts.write(chip::interrupt_core0::CpuIntEnable::offset, 0);  // a reset of the CPU alone leaves them
  interrupts.write(chip::interrupt_core0::CpuIntThresh::offset, 1);
  cpu.set_csr(csr::mpcer, performance_event::cycle);
  cpu.set_csr(csr::mpcmr, 1);
}

void Board::Parts::fill_flash() {
  flash.set_size(image->flash_size);
  for (const FlashPart& part : image->flash) flash.load(part.address, part.bytes);
  flash.keep_as_origin();
}

void Board::Parts::reset_chip(ResetCause cause, ResetScope scope) {
  ++resets;
  observers.tell(&Observer::chip_reset, name_of(cause));
  meter.stop();
  if (scope != ResetScope::cpu) reset_devices();
  rtc_cntl.reset_by(cause, scope);
  if (scope >= ResetScope::system) gpio.latch_straps();
  start_image();
}

// The timeline comes first: putting it back cancels what is due, before the devices bring what was.
void Board::Parts::archive_state(StateArchive& archive) {
  archive(timeline, clocks, memory, pins, routing, input_path, bus, cpu, meter, interrupts, system, rtc_cntl,
          timg0, timg1, systimer, gpio, io_mux, uart0, uart1, usb_serial_jtag, efuse, apb_ctrl, apb_saradc,
          regi2c, flash, extmem, spi0, spi1, gdma, spi2, sha, circuit, resets, straps_latched);
  archive.derived(observers, image, actions,
                  runs);  // not of the chip: the snapshot itself, or nobody, keeps them
}

Board::Board(const BoardOptions& options) : parts_(std::make_unique<Parts>(options)) {}
Board::~Board() = default;

void Board::set_rom(std::vector<std::byte> content) {
  parts_->rom.set_image(std::move(content));
  parts_->cpu.set_rom(nullptr);
  parts_->bus.set_known_rom(std::nullopt);
}

void Board::load(Image image) {
  parts_->image = std::make_shared<const Image>(std::move(image));
  parts_->fill_flash();
  parts_->start_image();
}

void Board::wire(unsigned pin_a, unsigned pin_b) { parts_->pins.wire(pin_a, pin_b); }

void Board::at(Time when, std::function<void()> action) {
  std::erase_if(parts_->actions, [](const auto& each) { return each->done; });
  parts_->actions.push_back(std::make_shared<Action>(parts_->timeline, parts_.get(), std::move(action)));
  parts_->actions.back()->event.at(when);
}

void Board::force_interrupt(chip::InterruptSource source, std::optional<bool> level) {
  parts_->interrupts.force_source(source, level);
}

void Board::send_to_uart0(std::span<const std::byte> bytes, Time when) {
  std::vector<std::byte> copy(bytes.begin(), bytes.end());
  at(when, [this, copy = std::move(copy)] {
    for (const std::byte byte : copy) parts_->uart0.receive(static_cast<std::uint8_t>(byte));
  });
}

Board::Stop Board::run_until(Time time, Opportunity each) {
  parts_->circuit.start();
  // Power comes when everything is wired.
  if (!parts_->straps_latched) parts_->gpio.latch_straps();
  parts_->straps_latched = true;
  struct Running {
    explicit Running(bool& flag) : runs(flag) { runs = true; }
    ~Running() { runs = false; }
    bool& runs;
  } const running(parts_->runs);
  switch (parts_->cpu.run(time, each == Opportunity::instruction)) {
    case StopReason::reached_time:
      return Stop::reached_time;
    case StopReason::exited:
      return Stop::exited;
    case StopReason::deadlock:
      return Stop::deadlock;
    case StopReason::trap_loop:
      return Stop::trap_loop;
    case StopReason::requested:
      return Stop::requested;
    case StopReason::breakpoint:
      return Stop::breakpoint;
    case StopReason::exception:
      return Stop::exception;
    case StopReason::rom_call:
      return Stop::rom_call;
  }
  std::unreachable();
}

void Board::request_stop() { parts_->cpu.request_stop(); }

Snapshot Board::snapshot() {
  if (parts_->runs) throw std::logic_error("a snapshot of a board that runs");
  std::erase_if(parts_->actions, [](const auto& action) { return action->done; });
  Snapshot snapshot;
  snapshot.now_ = now();
  snapshot.image_ = parts_->image;
  snapshot.actions_ = parts_->actions;
  constexpr std::size_t devices = 32'768;  // about what they need
  snapshot.state_.reserve(Memory::size + devices);
  StateArchive archive(snapshot.state_);
  BoardOptions options = parts_->options;
  std::string parts = parts_->names_of_parts();
  archive(options, parts, *parts_);
  for (const auto& action : snapshot.actions_) archive(action->event);
  return snapshot;
}

std::string Board::Parts::names_of_parts() const {
  std::string names;
  for (const Placement& placement : circuit.parts()) names += placement.id + '\n';
  return names;
}

void Board::archive_state(StateArchive& archive) { parts_->archive_state(archive); }
std::span<const std::byte> Board::object() const { return std::as_bytes(std::span(parts_.get(), 1)); }

void Board::restore(const Snapshot& snapshot) {
  if (parts_->runs) throw std::logic_error("a board that runs is to be put back to a snapshot");
  StateArchive archive(std::span<const std::byte>(snapshot.state_));
  BoardOptions options;
  std::string parts;
  archive(options, parts);
  if (options != parts_->options || parts != parts_->names_of_parts())
    throw std::logic_error("the snapshot is one of another kind of board");
  for (const auto& action : snapshot.actions_)
    if (action->board != parts_.get())
      throw std::logic_error("something is still to happen on the board that the snapshot was taken of");
  if (parts_->image != snapshot.image_) {
    parts_->image = snapshot.image_;
    if (parts_->image) parts_->fill_flash();
  }
  archive(*parts_);
  parts_->actions = snapshot.actions_;
  for (const auto& action : parts_->actions) {
    action->done = false;
    archive(action->event);
  }
}

void Board::reset() {
  parts_->reset_chip(ResetCause::power_on, ResetScope::chip);
  parts_->circuit.power_cycle();
}
int Board::exit_code() const { return parts_->cpu.exit_code(); }
Time Board::now() const { return parts_->timeline.now(); }

Counters Board::counters() const {
  const Cpu::Counters cpu = parts_->cpu.counters();
  const RunMeter::Totals meter = parts_->meter.totals();
  return {.instructions = cpu.instructions,
          .cycles = cpu.cycles,
          .idle = cpu.idle,
          .register_loads = cpu.register_loads,
          .register_stores = cpu.register_stores,
          .dma_bytes_in = meter.bytes_in,
          .dma_bytes_out = meter.bytes_out,
          .interrupts = meter.interrupts,
          .resets = parts_->resets,
          .dma_time = meter.running,
          .dma_cpu_idle = meter.cpu_idle,
          .dma_register_cycles = meter.register_cycles,
          .dma_cycles = meter.cpu_cycles};
}

std::uint64_t Board::interrupt_sources(unsigned line) const { return parts_->interrupts.sources_of(line); }

Observers& Board::observers() { return parts_->observers; }
Pins& Board::pins() { return parts_->pins; }
Circuit& Board::circuit() { return parts_->circuit; }
Bus& Board::bus() { return parts_->bus; }
Memory& Board::memory() { return parts_->memory; }
Cpu& Board::cpu() { return parts_->cpu; }
FlashChip& Board::flash() { return parts_->flash; }
std::string Board::rom_function(std::uint32_t pc) { return std::string(Rom::name_of(pc)); }

}  // namespace ferry::board

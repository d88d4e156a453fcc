#include "board/devices/spi2/plan.hpp"

#include "chip/esp32c3/registers/spi2.hpp"

#include <algorithm>

namespace ferry::board::spi2 {

using namespace chip::spi2;

std::uint32_t Configuration::data_bits() const { return MsDlen::ms_data_bitlen.get(length) + 1; }
bool Configuration::idle_high() const { return Misc::ck_idle_edge.get(misc) != 0; }
bool Configuration::keeps_select() const { return Misc::cs_keep_active.get(misc) != 0; }
bool Configuration::sends_by_dma() const { return DmaConf::dma_tx_ena.get(dma) != 0; }
bool Configuration::receives_by_dma() const { return DmaConf::dma_rx_ena.get(dma) != 0; }
bool Configuration::sends_lsb_first() const { return Ctrl::wr_bit_order.get(control) != 0; }
bool Configuration::receives_lsb_first() const { return Ctrl::rd_bit_order.get(control) != 0; }

bool Configuration::delays_inputs() const {
  return (din_mode & (DinMode::din0_mode.mask | DinMode::din1_mode.mask | DinMode::din2_mode.mask |
                      DinMode::din3_mode.mask)) != 0;
}
bool Configuration::swaps_inputs() const { return Misc::quad_din_pin_swap.get(misc) != 0; }

bool Plan::receives() const {
  return std::any_of(phases.begin(), phases.begin() + phase_count,
                     [](const Phase& phase) { return phase.receives; });
}

bool Plan::sends_data() const {
  return std::any_of(phases.begin(), phases.begin() + phase_count,
                     [](const Phase& phase) { return phase.sends && phase.kind == PhaseKind::data; });
}

namespace {

// The counter runs from 0 to N with the pre-divided clock; the output rises when it leaves L and falls when
// it leaves H. A master has L = N and H = (N + 1) / 2 - 1.
void plan_clock(Plan& plan, const Configuration& configuration, Time source_period) {
  const bool idle_high = configuration.idle_high();
  plan.period = source_period;
  Time high = source_period / 2;
  if (Clock::clk_equ_sysclk.get(configuration.clock) == 0) {
    const std::uint32_t steps = Clock::clkcnt_n.get(configuration.clock) + 1;
    const std::uint32_t rise = Clock::clkcnt_l.get(configuration.clock);
    const std::uint32_t fall = Clock::clkcnt_h.get(configuration.clock);
    const Time step = source_period * (Clock::clkdiv_pre.get(configuration.clock) + 1);
    plan.period = step * steps;
    plan.square = rise < steps && fall < steps && rise != fall;
    high = plan.square ? step * ((fall + steps - rise) % steps) : plan.period / 2;
  }
  plan.active = idle_high ? plan.period - high : high;
  plan.inactive = plan.period - plan.active;
  // CPOL = CK_IDLE_EDGE, CPHA = CK_IDLE_EDGE xor CK_OUT_EDGE.
  plan.samples_second_edge = idle_high != (User::ck_out_edge.get(configuration.user) != 0);
}

// Every bit takes a whole period with the edge that samples in its middle. In modes 0 and 2 the clock rests
// first, in modes 1 and 3 it moves at once. PREP (CS_SETUP) and DONE (CS_HOLD) add whole periods in front and
// behind: so chip select is (TIME + 1.5) periods away from the nearest sampling edge with them, half a period
// without (manual, 27.6).
void plan_select(Plan& plan, const Configuration& configuration) {
  const auto extra = [&plan](bool enabled, std::uint32_t time) {
    return enabled ? (time + 1) * plan.period : 0;
  };
  plan.setup =
      extra(User::cs_setup.get(configuration.user) != 0, User1::cs_setup_time.get(configuration.user1));
  plan.hold = extra(User::cs_hold.get(configuration.user) != 0, User1::cs_hold_time.get(configuration.user1));
  (plan.samples_second_edge ? plan.hold : plan.setup) += plan.inactive;
}

unsigned line_count(bool dual, bool quad, bool qpi) {
  if (quad || qpi) return 4;
  return dual ? 2 : 1;
}

// What drives the data lines while the master sends on `lines` of them, and while it reads from them. With
// one line Q is the other side's; with SIO D is for both.
std::uint8_t drives_to_send(unsigned lines) { return lines == 1 ? idle_drives : idle_drives | line_q; }
std::uint8_t drives_to_receive(unsigned lines, bool sio) {
  if (lines == 4) return 0;
  return lines == 2 || sio ? line_wp | line_hd : idle_drives;
}

// A dummy before data that come in is where the bus turns round: it lets go of the lines that these data
// need, unless DUMMY_OUT keeps them driven.
void plan_dummy(Plan& plan, const Configuration& configuration, const Phase& data_in) {
  Phase dummy{.kind = PhaseKind::dummy,
              .clocked = User::usr_dummy_idle.get(configuration.user) == 0,
              .bits = User1::usr_dummy_cyclelen.get(configuration.user1) + 1,
              .drives = idle_drives};
  if (data_in.receives && !data_in.sends)
    dummy.drives =
        Ctrl::dummy_out.get(configuration.control) != 0 ? drives_to_send(data_in.lines) : data_in.drives;
  plan.add(dummy);
}

// DIN_MODE and DIN_NUM (manual, register 27.14): latched by falling edges of the engine's clock, or by rising
// edges of clk_hclk and one more edge of the engine's clock. The sampling edge is a rising one of that clock.
Time input_delay(unsigned mode, unsigned number, Time source, Time hclk) {
  switch (mode) {
    case 1:
      return number * source + source / 2;
    case 2:
      return (number + 1) * hclk + source;
    case 3:
      return (number + 1) * hclk + source / 2;
    default:
      return 0;
  }
}

void plan_delays(Plan& plan, const Configuration& configuration, Time source, Time bus) {
  const bool hclk_runs = DinMode::timing_hclk_active.get(configuration.din_mode) != 0;
  static_assert(DinMode::din3_mode.lsb == 6 && DinNum::din3_num.lsb == 6, "two bits for each line, D first");
  for (unsigned line = 0; line < data_line_count; ++line)
    plan.input_delay[line] = input_delay(configuration.din_mode >> 2 * line & 3,
                                         configuration.din_num >> 2 * line & 3, source, hclk_runs ? bus : 0);
  plan.output_delay = source / 2;
}

}  // namespace

void Plan::add(const Phase& phase) { phases[phase_count++] = phase; }

Plan make_plan(const Configuration& configuration, Time source_period, Time bus_period) {
  Plan plan;
  plan_clock(plan, configuration, source_period);
  plan_select(plan, configuration);
  plan_delays(plan, configuration, source_period, bus_period);
  const std::uint32_t user = configuration.user, control = configuration.control;
  const bool qpi = User::qpi_mode.get(user) != 0;
  const auto sending = [](PhaseKind kind, std::uint32_t bits, unsigned lines) {
    return Phase{.kind = kind,
                 .sends = true,
                 .bits = whole_clocks(bits, lines),
                 .lines = lines,
                 .drives = drives_to_send(lines)};
  };
  if (User::usr_command.get(user) != 0)
    plan.add(sending(PhaseKind::command, User2::usr_command_bitlen.get(configuration.user2) + 1,
                     line_count(Ctrl::fcmd_dual.get(control) != 0, Ctrl::fcmd_quad.get(control) != 0, qpi)));
  if (User::usr_addr.get(user) != 0)
    plan.add(
        sending(PhaseKind::address, User1::usr_addr_bitlen.get(configuration.user1) + 1,
                line_count(Ctrl::faddr_dual.get(control) != 0, Ctrl::faddr_quad.get(control) != 0, qpi)));

  const bool full_duplex = User::doutdin.get(user) != 0;
  const unsigned out_lines =
      line_count(User::fwrite_dual.get(user) != 0, User::fwrite_quad.get(user) != 0, qpi);
  const unsigned in_lines =
      line_count(Ctrl::fread_dual.get(control) != 0, Ctrl::fread_quad.get(control) != 0, qpi);
  const bool sends = User::usr_mosi.get(user) != 0, receives = User::usr_miso.get(user) != 0;
  Phase out = sending(PhaseKind::data, configuration.data_bits(), full_duplex ? 1 : out_lines);
  Phase in{.receives = true,
           .bits = whole_clocks(configuration.data_bits(), in_lines),
           .lines = in_lines,
           .drives = drives_to_receive(in_lines, User::sio.get(user) != 0)};
  if (full_duplex) {
    plan.one_line_only = (sends && out_lines != 1) || (receives && in_lines != 1);
    out.sends = sends;
    out.receives = receives;
  }
  const bool reads_alone = receives && !full_duplex;
  if (User::usr_dummy.get(user) != 0) plan_dummy(plan, configuration, reads_alone && !sends ? in : Phase{});
  if (sends || (full_duplex && receives)) plan.add(out);
  if (reads_alone) plan.add(in);
  return plan;
}

}  // namespace ferry::board::spi2

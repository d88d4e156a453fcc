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

// Half a period without CS_SETUP (CS_HOLD), TIME + 1.5 periods with it.
Time select_time(bool enabled, std::uint32_t time, Time period) {
  return enabled ? (2 * time + 3) * period / 2 : period / 2;
}

}  // namespace

Plan make_plan(const Configuration& configuration, Time source_period) {
  Plan plan;
  plan_clock(plan, configuration, source_period);
  const std::uint32_t user = configuration.user, user1 = configuration.user1;
  plan.setup = select_time(User::cs_setup.get(user) != 0, User1::cs_setup_time.get(user1), plan.period);
  plan.hold = select_time(User::cs_hold.get(user) != 0, User1::cs_hold_time.get(user1), plan.period);

  const auto add = [&plan](const Phase& phase) { plan.phases[plan.phase_count++] = phase; };
  if (User::usr_command.get(user) != 0)
    add({PhaseKind::command, true, false, true, User2::usr_command_bitlen.get(configuration.user2) + 1});
  if (User::usr_addr.get(user) != 0)
    add({PhaseKind::address, true, false, true, User1::usr_addr_bitlen.get(user1) + 1});
  if (User::usr_dummy.get(user) != 0)
    add({PhaseKind::dummy, false, false, User::usr_dummy_idle.get(user) == 0,
         User1::usr_dummy_cyclelen.get(user1) + 1});
  const bool sends = User::usr_mosi.get(user) != 0, receives = User::usr_miso.get(user) != 0;
  if (User::doutdin.get(user) != 0) {
    if (sends || receives) add({PhaseKind::data, sends, receives, true, configuration.data_bits()});
  } else {
    if (sends) add({PhaseKind::data, true, false, true, configuration.data_bits()});
    if (receives) add({PhaseKind::data, false, true, true, configuration.data_bits()});
  }
  return plan;
}

std::optional<std::string_view> not_modelled(const Configuration& configuration) {
  const std::uint32_t control = configuration.control, user = configuration.user;
  constexpr std::uint32_t many_lines = Ctrl::faddr_dual.mask | Ctrl::faddr_quad.mask | Ctrl::fcmd_dual.mask |
                                       Ctrl::fcmd_quad.mask | Ctrl::fread_dual.mask | Ctrl::fread_quad.mask;
  if ((control & many_lines) != 0) return "phases on two or four lines (CTRL.F*_DUAL, CTRL.F*_QUAD)";
  if ((user & (User::fwrite_dual.mask | User::fwrite_quad.mask | User::qpi_mode.mask)) != 0)
    return "phases on two or four lines (USER.FWRITE_DUAL, USER.FWRITE_QUAD, USER.QPI_MODE)";
  if (User::usr_conf_nxt.get(user) != 0) return "segmented transfers (USER.USR_CONF_NXT)";
  return std::nullopt;
}

}  // namespace ferry::board::spi2

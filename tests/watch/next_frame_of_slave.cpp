// watch: rx-read
// watch: rx-read
// A slave whose list takes a frame by each of its descriptors. Its master may begin the second one as soon as
// the slave is armed for it by USR, and has begun it when it selects the slave, armed or not: from there on
// what lies behind the first frame is the engine's, long before a byte has come.
#include "chip/esp32c3/registers/gpio.hpp"
#include "rig.hpp"

namespace {

constexpr std::uint32_t frame_bytes = 16;
alignas(4) std::array<std::array<std::byte, frame_bytes>, 2> to;
std::array<rig::Descriptor, 2> list;

// The master's lines are the matrix's constants.
void set_line(std::uint32_t signal, bool level) {
  using chip::gpio::FuncInSelCfg;
  constexpr std::uint32_t high = 0x1E, low = 0x1F;
  ferry::mmio::write_word<FuncInSelCfg>(chip::gpio::base, FuncInSelCfg::sel.mask | (level ? high : low),
                                        signal);
}

void select(bool selected) { set_line(chip::signal::fspics0, !selected); }

void clock_frame() {
  for (std::uint32_t bit = 0; bit < 8 * frame_bytes; ++bit) {
    set_line(chip::signal::fspiclk, true);
    set_line(chip::signal::fspiclk, false);
  }
}

void be_slave() {
  using namespace chip::spi2;
  select(false);
  set_line(chip::signal::fspiclk, false);
  rig::store_spi<ClkGate>(ClkGate::clk_en.mask);
  rig::store_spi<Slave>(Slave::mode.mask);
  rig::store_spi<User>(User::doutdin.mask);
  rig::store_spi<DmaConf>(DmaConf::dma_rx_ena.mask | DmaConf::dma_afifo_rst.mask |
                          DmaConf::rx_afifo_rst.mask | DmaConf::buf_afifo_rst.mask);
}

[[gnu::noinline]] unsigned first_of(const std::array<std::byte, frame_bytes>& bytes) {
  return std::to_integer<unsigned>(
      *static_cast<const volatile std::byte*>(bytes.data()));  // access here in first_of
}

bool take_first_frame() {
  rig::reset_channel(0);
  list[1] = rig::receiving(to[1].data(), frame_bytes);
  list[0] = rig::receiving(to[0].data(), frame_bytes, &list[1]);
  rig::start_in(0, list[0]);  // transfer here in take_first_frame
  rig::start_spi();
  select(true);
  clock_frame();
  select(false);
  const bool taken = rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  rig::store<chip::dma::IntClr>(0, ~0u);
  (void)first_of(to[0]);
  (void)first_of(to[1]);  // which nobody has been armed for
  return taken;
}

bool take_second_frame(bool armed) {
  if (armed) rig::start_spi();
  if (armed && !rig::mended) (void)first_of(to[1]);
  select(true);
  if (!armed && !rig::mended) (void)first_of(to[1]);
  clock_frame();
  select(false);
  const bool taken = rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  (void)first_of(to[1]);
  return taken;
}

}  // namespace

int main() {
  rig::connect_spi();
  be_slave();
  for (const bool armed : {true, false})
    if (!take_first_frame() || !take_second_frame(armed)) return 1;
  return 0;
}

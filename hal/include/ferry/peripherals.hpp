// The chip's peripherals as things to own: `auto chip = ferry::take();`, then move what a driver needs into
// it.
#pragma once

#include "ferry/gpio.hpp"
#include "ferry/token.hpp"

namespace ferry {

namespace peripheral {

#define FERRY_PERIPHERAL(Name)                                    \
  class Name : public detail::Token<Name> {                       \
   public:                                                        \
    static constexpr const char* name() { return #Name; }         \
    explicit constexpr Name(detail::TokenKey key) : Token(key) {} \
    constexpr Name(Name&&) = default;                             \
    constexpr Name& operator=(Name&&) = default;                  \
  }

/// GDMA with its three channels.
FERRY_PERIPHERAL(Dma);
/// The general-purpose SPI controller.
FERRY_PERIPHERAL(Spi2);
/// UART0. ferry::print and ferry::uart use it without the token, as every program may print; the token is for
/// a driver that takes the port over.
FERRY_PERIPHERAL(Uart0);
/// The system timer's comparators 1 and 2 and counter unit 1. Comparator 0 belongs to ferry::delay, counter
/// unit 0 to ferry::time.
FERRY_PERIPHERAL(SysTimer);
/// Peripherals without a driver here so far. Each has a trigger of GDMA, which a dma::Copier can take.
FERRY_PERIPHERAL(Uhci0);
FERRY_PERIPHERAL(I2s0);
FERRY_PERIPHERAL(Aes);
FERRY_PERIPHERAL(Sha);
FERRY_PERIPHERAL(ApbSaradc);

#undef FERRY_PERIPHERAL

}  // namespace peripheral

struct Peripherals;

/// All peripherals, once. A second call is fatal: it would make two owners. Does not block.
[[nodiscard]] Peripherals take();

/// What take() gives. Members are moved out one by one. Taking one that is gone compiles; it ends the
/// program, and clang-tidy finds it before (see ferry/token.hpp).
struct Peripherals {
  peripheral::Dma dma;
  peripheral::Spi2 spi2;
  peripheral::Uart0 uart0;
  peripheral::SysTimer sys_timer;
  peripheral::Uhci0 uhci0;
  peripheral::I2s0 i2s0;
  peripheral::Aes aes;
  peripheral::Sha sha;
  peripheral::ApbSaradc apb_saradc;

  gpio::Gpio<0> gpio0;
  gpio::Gpio<1> gpio1;
  gpio::Gpio<2> gpio2;
  gpio::Gpio<3> gpio3;
  gpio::Gpio<4> gpio4;
  gpio::Gpio<5> gpio5;
  gpio::Gpio<6> gpio6;
  gpio::Gpio<7> gpio7;
  gpio::Gpio<8> gpio8;
  gpio::Gpio<9> gpio9;
  gpio::Gpio<10> gpio10;
  gpio::Gpio<11> gpio11;
  gpio::Gpio<12> gpio12;  // flash on most boards, up to gpio17
  gpio::Gpio<13> gpio13;
  gpio::Gpio<14> gpio14;
  gpio::Gpio<15> gpio15;
  gpio::Gpio<16> gpio16;
  gpio::Gpio<17> gpio17;
  gpio::Gpio<18> gpio18;  // USB D−
  gpio::Gpio<19> gpio19;  // USB D+
  gpio::Gpio<20> gpio20;  // U0RXD
  gpio::Gpio<21> gpio21;  // U0TXD

  Peripherals(const Peripherals&) = delete;
  Peripherals& operator=(const Peripherals&) = delete;
  constexpr Peripherals(Peripherals&&) = default;

 private:
  friend Peripherals take();

  constexpr Peripherals() : Peripherals(detail::TokenKey{}) {}
  explicit constexpr Peripherals(detail::TokenKey key)
      : dma(key),
        spi2(key),
        uart0(key),
        sys_timer(key),
        uhci0(key),
        i2s0(key),
        aes(key),
        sha(key),
        apb_saradc(key),
        gpio0(key),
        gpio1(key),
        gpio2(key),
        gpio3(key),
        gpio4(key),
        gpio5(key),
        gpio6(key),
        gpio7(key),
        gpio8(key),
        gpio9(key),
        gpio10(key),
        gpio11(key),
        gpio12(key),
        gpio13(key),
        gpio14(key),
        gpio15(key),
        gpio16(key),
        gpio17(key),
        gpio18(key),
        gpio19(key),
        gpio20(key),
        gpio21(key) {}
};

}  // namespace ferry

// Half duplex: a command, an address and a pause before the data, each on as many lines as a device wants it.
//
//   spi.half_duplex_read({.command = {0x9F, 8}}, id);                               // a flash's identity
//   spi.half_duplex_read({.command = {0xEB, 8},                                     // its content, four
//   lines
//                         .address = {address << 8, 32, ferry::spi::Lines::four},
//                         .dummy_cycles = 4,
//                         .data_lines = ferry::spi::Lines::four}, bytes);
//
// Values of command and address, and lines, may be any variables. Numbers of bits and of cycles are checked
// by the compiler, so they are constants, or come from at_run_time(), as for a driver that is told by the
// device:
//
//   const auto dummy_cycles = ferry::spi::DummyCycles::at_run_time(parameters.dummy_cycles);
//   if (!dummy_cycles) return Error::unknown_device;
//   spi.half_duplex_read({.command = {parameters.read, 8}, …, .dummy_cycles = *dummy_cycles}, bytes);
#pragma once

#include "ferry/units.hpp"

#include <cstdint>

namespace ferry::spi {

/// The data lines of a phase. What has more than one goes both ways and needs lines from Master::with_sio0()
/// to with_sio3().
enum class Lines : std::uint8_t {
  one,            ///< to the device on MOSI, back on MISO
  one_both_ways,  ///< both on SIO0: three wires with clock and CS
  two,            ///< SIO0 and SIO1; SIO1 has the upper bit of two
  four,           ///< SIO0 to SIO3; SIO3 has the uppermost bit of four
};

/// How long the phases are, in bits and in clocks. Constants convert to them, and what is not known before
/// run time is checked by their at_run_time(), which gives nothing if it is out of range.
using CommandBits = UpTo<16>;
using AddressBits = UpTo<32>;
using DummyCycles = UpTo<256>;

/// 1 to 16 bits in front of everything else, in the bit order of writing. With 0 bits there is none.
struct Command {
  std::uint16_t value = 0;
  CommandBits bits = 0;
  Lines lines = Lines::one;
};

/// 1 to 32 bits behind the command, in the bit order of writing. With 0 bits there is none.
struct Address {
  std::uint32_t value = 0;
  AddressBits bits = 0;
  Lines lines = Lines::one;
};

/// What comes before the data of a half-duplex operation, and on which lines the data are. Each phase can be
/// left out, and each has its own lines. A value with more bits than its phase, and bits that do not fill the
/// lines to the last clock (nine on two lines), are refused by the operation, with an error.
struct Phases {
  Command command = {};
  Address address = {};
  /// Clocks between address and data in which nobody says anything. Before data that come in they are the
  /// time in which the bus turns round: the lines are let go of.
  DummyCycles dummy_cycles = 0;
  Lines data_lines = Lines::one;
};

}  // namespace ferry::spi

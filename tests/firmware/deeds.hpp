// What somebody may do to SPI2 and to GDMA, with its channel 0, behind a driver's back, and what the driver
// has to call it.
#pragma once

#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"

#include <optional>
#include <string_view>

namespace deed {

namespace gdma = ferry::chip::dma;
namespace spi2 = ferry::chip::spi2;
namespace system = ferry::chip::system;
using ferry::dma::Error;
using ferry::mmio::modify;

struct Deed {
  void (*done)();
  std::optional<Error> error;  // none: nothing is lost

  void operator()() const { done(); }
};

inline constexpr Deed nothing{[] {}, {}};

inline constexpr Deed stop_spi{[] { modify(system::base, system::PeripClkEn0::spi2_clk_en(0)); },
                               Error::clock_off};
inline constexpr Deed stop_bus_clock{[] { ferry::mmio::write(spi2::base, spi2::ClkGate::clk_en(1)); },
                                     Error::clock_off};
inline constexpr Deed hold_spi_in_reset{[] { modify(system::base, system::PeripRstEn0::spi2_rst(1)); },
                                        Error::in_reset};
inline constexpr Deed reset_spi{[] {
                                  hold_spi_in_reset();
                                  modify(system::base, system::PeripRstEn0::spi2_rst(0));
                                },
                                Error::in_reset};
inline constexpr Deed to_spi[] = {stop_spi, hold_spi_in_reset, reset_spi};

inline constexpr Deed stop_gdma{[] { modify(system::base, system::PeripClkEn1::dma_clk_en(0)); },
                                Error::clock_off};
inline constexpr Deed hold_gdma_in_reset{[] { modify(system::base, system::PeripRstEn1::dma_rst(1)); },
                                         Error::in_reset};
inline constexpr Deed reset_gdma{[] {
                                   hold_gdma_in_reset();
                                   modify(system::base, system::PeripRstEn1::dma_rst(0));
                                 },
                                 Error::in_reset};
inline constexpr Deed to_gdma[] = {stop_gdma, hold_gdma_in_reset, reset_gdma};

inline constexpr Deed stop_receiving{[] { modify(gdma::base, gdma::InLink::inlink_stop(1)); },
                                     Error::engine_stopped};
inline constexpr Deed stop_sending{[] { modify(gdma::base, gdma::OutLink::outlink_stop(1)); },
                                   Error::engine_stopped};

/// An error's name, "ok" where there is none.
inline std::string_view in_words(std::optional<Error> error) { return error ? name(*error) : "ok"; }
std::string_view in_words(const auto& outcome) { return outcome ? "ok" : name(outcome.error()); }

}  // namespace deed

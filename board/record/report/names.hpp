// What the report calls pins' signals and interrupt sources: the manual's names.
#pragma once

#include "board/pins/pins.hpp"

#include <cstdint>
#include <string>

namespace ferry::board::report {

// The peripheral signals that a pad meets: "FSPID", "in FSPIQ". Empty for a plain GPIO.
std::string signals_of(const Pins& pins, unsigned pin);

// "DMA_CH0_INT, UART_INTR" for a set of sources, a bit each by their number.
std::string source_names(std::uint64_t sources);

}  // namespace ferry::board::report

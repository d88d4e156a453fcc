// What the start code calls, once and in this order. Not for programs.
#pragma once

namespace ferry::detail {

// The boot ROM uses some lines and leaves them set up.
void unroute_all_interrupts();

// Brings CPU and bus from the crystal to the PLL: 160 and 80 MHz. If the PLL does not come up, the chip stays
// on the crystal, which clock::cpu_frequency then says. Uses no static variables.
void start_cpu_clock();

void start_system_timer();

// 115200 baud, 8 data bits, no parity, 1 stop bit, on GPIO21 and GPIO20.
void start_uart0();

}  // namespace ferry::detail

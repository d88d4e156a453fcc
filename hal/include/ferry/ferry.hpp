// Everything of Ferry. Each header can be included alone as well.
#pragma once

#include "ferry/fatal.hpp"
#include "ferry/gpio.hpp"
#include "ferry/literals.hpp"
#include "ferry/peripherals.hpp"
#include "ferry/time.hpp"
#include "ferry/units.hpp"

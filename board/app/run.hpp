// `ferry run`: one firmware on one board.
#pragma once

#include "board/app/options.hpp"

namespace ferry::app {

// Runs to the end and prints what the options ask for. Gives the exit status; a mistake in the options' files
// has been reported in one line by then.
int run(const RunOptions& options);

}  // namespace ferry::app

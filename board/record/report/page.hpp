// `--report`: one page that shows a run on a time axis.
#pragma once

#include "board/pins/pins.hpp"
#include "board/record/report/recorder.hpp"
#include "board/record/summary.hpp"

#include <string>
#include <string_view>

namespace ferry::board::report {

// The whole HTML file, for a recorder that has finished. `firmware` is the name in its title. `pins` say what
// the pads were connected to at the end. It asks for nothing from elsewhere, and what the firmware printed is
// text in it whatever it looks like. The same run gives the same page, but for the summary's wall time.
std::string page(std::string_view firmware, const RunSummary& summary, const Recorder& recorder,
                 const Pins& pins);

}  // namespace ferry::board::report

// The lanes of the time axis, as the page's script reads them.
#pragma once

#include "board/pins/pins.hpp"
#include "board/record/report/recorder.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ferry::board::report {

std::string_view name_of(Port port);

// JSON that can stand in a script element: ASCII without "<".
std::string data(const Recorder& recorder, const Pins& pins);

// One sentence for each series of which not everything is kept one by one.
std::vector<std::string> left_out(const Recorder& recorder);

}  // namespace ferry::board::report

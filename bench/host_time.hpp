// What this computer takes.
#pragma once

#include <vector>

namespace ferry::bench {

// CPU time of this process so far.
double process_seconds();

double median(std::vector<double> values);

}  // namespace ferry::bench

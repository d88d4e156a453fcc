// Its end would be sent, too.
// error-anywhere: a string literal would bring its terminating zero along
#include "parts.hpp"

constexpr char text[] = "hello";

void misuse() { static_cast<void>(ferry::dma::ConstSource::of<text>()); }

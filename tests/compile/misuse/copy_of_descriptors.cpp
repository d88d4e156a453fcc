// A descriptor list belongs to one channel.
#include "parts.hpp"

// error(Clang): call to implicitly-deleted copy constructor of
// error(GNU): use of deleted function
ferry::dma::RxDescriptors misuse(ferry::dma::RxDescriptors& list) { return ferry::dma::RxDescriptors{list}; }

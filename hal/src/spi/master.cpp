#include "ferry/spi/master.hpp"

#include "ferry/spi/dma.hpp"

namespace ferry::spi {

Master::Master(peripheral::Spi2 token, const Config& config) : port_(&detail::dma_port2.port()) {
  static_cast<void>(token);  // it ends here: there is no second Master
  gpio::detail::disconnect_input(chip::signal::fspiq, gpio::Level::low);
  port_->open(config);
}

MasterDma Master::with_dma(dma::ConfiguredChannel channel FERRY_TAKES_LIVE) && {
  give_away();
  detail::dma_port2.attach(dma::detail::ChannelAccess::take_engine(channel));
  return MasterDma{&detail::dma_port2};
}

MasterDma Master::with_dma(dma::ConfiguredHalves halves FERRY_TAKES_LIVE) && {
  give_away();
  detail::dma_port2.attach(dma::detail::ChannelAccess::take_engine(halves));
  return MasterDma{&detail::dma_port2};
}

Master MasterDma::without_dma(dma::ConfiguredHalves& halves FERRY_REFILLS) && {
  detail::DmaPort* port = give_away();
  halves = dma::detail::ChannelAccess::make_channel<false>(port->detach());
  return Master{&port->port()};
}

Master MasterDma::without_dma(dma::ConfiguredChannel& channel FERRY_REFILLS) && {
  detail::DmaPort* port = give_away();
  channel = dma::detail::ChannelAccess::make_channel(port->detach());
  return Master{&port->port()};
}

}  // namespace ferry::spi

#include "ferry/spi/slave.hpp"

#include "ferry/spi/slave_dma.hpp"

namespace ferry::spi {

Slave::Slave(peripheral::Spi2 token, const SlaveConfig& config) : port_(&detail::slave_port2) {
  static_cast<void>(token);  // it ends here: there is no second driver of SPI2
  gpio::detail::disconnect_input(chip::signal::fspics0, gpio::Level::high);
  gpio::detail::disconnect_input(chip::signal::fspiclk, gpio::Level::low);
  gpio::detail::disconnect_input(chip::signal::fspid, gpio::Level::low);
  port_->open(config);
}

SlaveDma Slave::with_dma(dma::ConfiguredChannel channel FERRY_TAKES_LIVE) && {
  detail::SlavePort* port = give_away();
  port->attach(dma::detail::ChannelAccess::take_engine(channel));
  return SlaveDma{port};
}

SlaveDma Slave::with_dma(dma::ConfiguredHalves halves FERRY_TAKES_LIVE) && {
  detail::SlavePort* port = give_away();
  port->attach(dma::detail::ChannelAccess::take_engine(halves));
  return SlaveDma{port};
}

Slave SlaveDma::without_dma(dma::ConfiguredChannel& channel FERRY_REFILLS) && {
  detail::SlavePort* port = give_away();
  channel = dma::detail::ChannelAccess::make_channel(port->detach());
  return Slave{port};
}

Slave SlaveDma::without_dma(dma::ConfiguredHalves& halves FERRY_REFILLS) && {
  detail::SlavePort* port = give_away();
  halves = dma::detail::ChannelAccess::make_channel<false>(port->detach());
  return Slave{port};
}

}  // namespace ferry::spi

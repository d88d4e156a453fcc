// What the cases start from: a driver with DMA and a pair of buffers, each in a variable the compiler
// follows.
#pragma once

#include "ferry/ferry.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

using namespace ferry::literals;
using ferry::dma::Copier;
using ferry::dma::RxBuffer;
using ferry::dma::TxBuffer;
using ferry::spi::MasterDma;
using ferry::spi::SlaveDma;
using ferry::spi::SlaveTransfer;
using ferry::spi::Transfer;

bool condition();
void work();
void use(int value);

FERRY_MADE_LIVE MasterDma make_spi();
FERRY_MADE_LIVE SlaveDma make_slave();
FERRY_MADE_LIVE Copier make_copier();
FERRY_MADE_LIVE RxBuffer make_rx();
FERRY_MADE_LIVE TxBuffer make_tx();

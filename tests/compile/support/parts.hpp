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
FERRY_MADE_LIVE ferry::dma::InPlaceBuffer make_in_place();

// Buffers of 64 bytes each, of which the compiler knows that.
struct Place;
using SizedRx = ferry::dma::SizedBuffer<ferry::dma::Direction::receive, 64, Place>;
using SizedTx = ferry::dma::SizedBuffer<ferry::dma::Direction::transmit, 64, Place>;
using SizedInPlace = ferry::dma::SizedBuffer<ferry::dma::Direction::both, 64, Place>;
FERRY_MADE_LIVE SizedRx make_sized_rx();
FERRY_MADE_LIVE SizedTx make_sized_tx();
FERRY_MADE_LIVE SizedInPlace make_sized_in_place();

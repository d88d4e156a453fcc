// How an operation ends: by itself or early, in any of the ways there are.
#pragma once

#include "ferry/ferry.hpp"
#include "tests/conformance/properties/request.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace properties {

inline Answer answer_of(const ferry::dma::Outcome& outcome) {
  return {.succeeded = outcome.has_value() ? 1u : 0u,
          .error = outcome ? 0 : static_cast<std::uint32_t>(outcome.error().reason),
          .received = ferry::dma::received(outcome)};
}

// Lets go of a running transfer in a place that no compiler follows.
template <class Transfer, class... Back>
Answer drop(ferry::Duration when, Transfer transfer FERRY_TAKES_LIVE, Back&... back FERRY_REFILLS) {
  std::optional<Transfer> place;
  place.emplace(std::move(transfer));
  ferry::delay(when);
  place.reset();
  return answer_of(Transfer::recover_into(back...));
}

template <class Transfer, class... Back>
Answer end_as(End how, std::uint32_t microseconds, Transfer transfer FERRY_TAKES_LIVE,
              Back&... back FERRY_REFILLS) {
  const ferry::Duration span = ferry::Duration::microseconds(microseconds);
  if (how == End::by_itself) return answer_of(std::move(transfer).wait_into(back...));
  if (how == End::by_a_deadline)
    return answer_of(std::move(transfer).wait_into(back..., ferry::Deadline::after(span)));
  if (how == End::dropped) return drop(span, std::move(transfer), back...);
  ferry::delay(span);
  return answer_of(std::move(transfer).cancel_into(back...));
}

}  // namespace properties

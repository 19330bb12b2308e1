// Fair values: a reference and a band for a book, and two signals (clauses FAIR-1, FAIR-2).
#pragma once
#include "book.h"

namespace gatebook {

// One side of it. edge and size as the last OPEN or CHANGE said.
struct FairSignal {
  uint64_t size;
  int32_t edge;
  bool open;
};

struct Fair {
  uint32_t fair;  // micro
  uint32_t band;  // micro
  FairSignal buy;
  FairSignal sell;
};

// FAIR-2: meaningful while the ask is present; otherwise far below any band.
inline int64_t buy_edge(const Fair& fair, const Row& row) { return fair.fair - row.cost[kAskSide]; }

// FAIR-2: 100 * bid - fee(bid) is what 1 USD leaves over the cost of NO.
inline int64_t sell_edge(const Fair& fair, const Row& row) {
  return static_cast<int64_t>(kMicroOne) - row.cost[kBidSide] - fair.fair;
}

}  // namespace gatebook

// What the engine keeps of one book: state, best levels, published row.
#pragma once
#include "generated/contract.h"

namespace gatebook {

constexpr uint32_t kNoSlot = 0xffff;

// Cost of a leg that is missing. Added to the total of a basket it makes the edge smaller than any 32-bit min_edge:
// kPayoutMax - 2^32 < -2^31, while 256 legs that are present cost less than 2^29.
constexpr int64_t kMissingCost = int64_t{1} << 32;

// Sides are 0 bids, 1 asks. NO is bought at the bid, YES at the ask.
constexpr uint32_t kBidSide = 0;
constexpr uint32_t kAskSide = 1;
inline uint32_t side_of_outcome(uint32_t outcome) { return outcome ^ 1; }
inline uint32_t outcome_of_side(uint32_t side) { return side ^ 1; }

// ROW-1: the published row; all that baskets, fair values and TOP events ever see of a book. By side.
struct Row {
  uint64_t size[2];  // 0: absent
  int64_t cost[2];  // micro, of NO and of YES; kMissingCost with the side absent
  uint16_t price[2];  // 1e-4 USD; 0 where absent
};

constexpr Row kEmptyRow = {{0, 0}, {kMissingCost, kMissingCost}, {0, 0}};

// Two cache lines; LEVEL_SET and publishing need little more than the first.
struct alignas(128) Book {
  uint16_t open_max;  // highest level while LEVEL_SET is allowed, else 0: state and range are one comparison
  uint16_t max;  // 10,000 / tick - 1; 0 while EMPTY
  uint16_t tick;  // 0 while EMPTY
  BookState state;
  bool dirty;
  uint16_t best[2];  // lowest slot with a size, or kNoSlot
  uint32_t rate;
  uint64_t best_size[2];  // size at best; 0 with kNoSlot
  Row row;
  uint8_t changed;  // bit n: side n of the row may differ from the ladder
  bool mask_top;
  bool mask_fair;
  bool has_fair;
  uint32_t first_entry;  // entries of the baskets that refer to this book; 0: none
  uint32_t last_entry;
  uint32_t entries;
  uint64_t held[2][2];  // bit n of 128: page n of the side is held
};
static_assert(sizeof(Book) == 128, "a book is two cache lines");

constexpr uint8_t kBothSides = 3;  // of `changed`, where side n is n + 1

// ROW-3: what a share costs that is bought at `paid` (1e-4 USD): the ask for YES, 10,000 - bid for NO. The fee is the
// same for a price P and for 10,000 - P. The product stays below 2^49, the fee below 97,657 micro.
inline int64_t cost_at(uint64_t paid, uint64_t rate) {
  const uint64_t fee = (rate * (paid * (kPriceOne - paid)) + 0xffffffffULL) >> 32;
  return static_cast<int64_t>(kMicroPerPrice * paid + fee);
}

}  // namespace gatebook

// Signals of baskets and fair values (clauses BSK-3, BSK-4, FAIR-2).
#include "engine.h"

namespace gatebook {

uint8_t* Engine::evaluate_candidates(uint64_t index, uint8_t* out) {
  const uint16_t* candidates;
  const size_t count = baskets_.take_candidates(&candidates);
  for (size_t n = 0; n < count; ++n) out = evaluate_basket(candidates[n], index, out);
  return out;
}

// BSK-3, BSK-4. A missing leg or a disarmed basket cannot meet the limit (see kMissingCost, kNeverOpen).
uint8_t* Engine::evaluate_basket(uint32_t id, uint64_t index, uint8_t* out) {
  Basket& basket = baskets_[id];
  bool open = false;
  if (!basket.open) basket.watch = basket.limit;  // the limit may be new
  int32_t edge = basket.edge;
  uint64_t size = basket.size;
  if (basket.total <= basket.limit) {
    const uint64_t smallest = baskets_.smallest_size(basket, books_.data());
    if (smallest >= basket.min_size) {
      open = true;
      edge = static_cast<int32_t>(basket.payout - basket.total);
      size = smallest;
    }
  }
  SignalAction action = SignalAction::kChange;
  if (open != basket.open) {
    action = open ? SignalAction::kOpen : SignalAction::kClose;  // CLOSE repeats edge and size
  } else if (!open || (edge == basket.edge && size == basket.size)) {
    return out;
  }
  basket.open = open;
  basket.watch = open ? kAlways : basket.limit;
  basket.edge = edge;
  basket.size = size;
  uint64_t event[4];
  put_signal(event, static_cast<uint32_t>(action), id, edge, index & kCounterMask, basket.kind, size);
  write_event(out, event);
  return basket.mask_signal ? out : out + emit_bytes_;  // BSK-6
}

// FAIR-2: buy before sell. An absent side makes its edge about -2^32: below any band.
uint8_t* Engine::evaluate_fair(uint32_t id, uint64_t index, uint8_t* out) {
  const Fair& fair = fairs_[id];
  const Row& row = books_[id].row;
  const int64_t buy = buy_edge(fair, row);
  const int64_t sell = sell_edge(fair, row);
  out = step_fair(id, SignalKind::kFairBuy, buy >= fair.band, buy, row.size[kAskSide], index, out);
  return step_fair(id, SignalKind::kFairSell, sell >= fair.band, sell, row.size[kBidSide], index, out);
}

// Takes one signal to where it should be, as BSK-4 says. edge and size count only while `open`.
uint8_t* Engine::step_fair(uint32_t id, SignalKind kind, bool open, int64_t edge, uint64_t size, uint64_t index,
                           uint8_t* out) {
  FairSignal& signal = kind == SignalKind::kFairBuy ? fairs_[id].buy : fairs_[id].sell;
  SignalAction action = SignalAction::kClose;
  if (open) {
    action = signal.open ? SignalAction::kChange : SignalAction::kOpen;
    if (signal.open && edge == signal.edge && size == signal.size) return out;
    signal.edge = static_cast<int32_t>(edge);
    signal.size = size;
  } else if (!signal.open) {
    return out;
  }
  signal.open = open;
  uint64_t event[4];
  put_signal(event, static_cast<uint32_t>(action), id, signal.edge, index & kCounterMask, static_cast<uint32_t>(kind),
             signal.size);
  write_event(out, event);
  return books_[id].mask_fair ? out : out + emit_bytes_;
}

}  // namespace gatebook

// Every command but a valid LEVEL_SET.
#include <algorithm>
#include <array>
#include <iterator>

#include "engine.h"

namespace gatebook {
namespace {

using ReservedTable = std::array<ReservedBits, 256>;

constexpr ReservedTable make_reserved_table() {
  ReservedTable table{};
  for (uint32_t opcode = 0; opcode < 256; ++opcode) table[opcode] = reserved_bits(opcode);
  return table;
}

constexpr ReservedTable kReserved = make_reserved_table();

bool commits(Opcode opcode, uint64_t lo) {
  // REC-3: only the commands that touch a book have the flag; elsewhere the bit has been refused or is another field.
  return opcode <= Opcode::kBookFee && (lo & kCommitBit) != 0;
}

}  // namespace

uint8_t* Engine::control(const Record& record, uint8_t* out) {
  const Opcode opcode = static_cast<Opcode>(record.lo & 0xff);
  index_ = record.index + 1;  // REC-6: refused records count too
  // REC-5: opcode, reserved bits, then the refusals of the command.
  const ReservedBits& reserved = kReserved[record.lo & 0xff];
  if (!reserved.defined) return refuse(record, ErrorCode::kUnknownOpcode, out);  // REC-2
  if (((record.lo & reserved.lo) | (record.hi & reserved.hi)) != 0) {
    return refuse(record, ErrorCode::kReservedBits, out);  // REC-3
  }
  if (opcode == Opcode::kRestoreEnd) return restore_end(record, out);
  const Refusal refusal = apply(record, &out);
  quick_bound_ = (3 + size_t{baskets_.most_candidates()}) * kEventBytes;
  if (refusal != kAccepted) return refuse(record, refusal, out);
  return commits(opcode, record.lo) ? publish(record.index, out) : out;  // MSG-2
}

Refusal Engine::apply(const Record& record, uint8_t** out) {
  switch (static_cast<Opcode>(record.lo & 0xff)) {
    case Opcode::kBookBegin: return book_begin(record.lo);
    case Opcode::kBookLive: return book_live(record.lo);
    case Opcode::kBookStale: return book_stale(record.lo);
    case Opcode::kBookFee: return book_fee(record.lo);
    case Opcode::kBookMask: return book_mask(record.lo);
    case Opcode::kBasketCreate: return basket_create(record);
    case Opcode::kBasketLeg: return basket_leg(record.lo);
    case Opcode::kBasketArm: return basket_arm(record, out);
    case Opcode::kBasketDisarm: return basket_disarm(record, out);
    case Opcode::kBasketRemove: return basket_remove(record, out);
    case Opcode::kBasketMask: return basket_mask(record.lo);
    case Opcode::kFairSet: return fair_set(record, out);
    case Opcode::kFairClear: return fair_clear(record, out);
    case Opcode::kRestoreBegin: return restore_begin(*out);
    case Opcode::kRestoreCounts: return restore_counts(record);
    case Opcode::kFence: return fence(record, out);
    case Opcode::kBookDigest: return book_digest(record, out);
    case Opcode::kLevelSet:
    case Opcode::kRestoreEnd: break;
  }
  return ErrorCode::kUnknownOpcode;  // not reached: both have been handled
}

// REC-4: one event, or inside a restore none (RST-2). Nothing else has changed.
uint8_t* Engine::refuse(const Record& record, Refusal refusal, uint8_t* out) {
  if (restoring_) {
    if (first_refusal_ == kAccepted) {
      first_refusal_ = refusal;
      first_refused_ = static_cast<uint32_t>(record.index);  // the index starts at 0 behind RESTORE_BEGIN
    }
    return out;
  }
  uint64_t event[4];
  put_refused(event, static_cast<uint32_t>(refusal), level_set_book(record.lo), 0, record.index & kCounterMask, 0,
              record.lo, record.hi);
  return write_event(out, event);
}

Refusal Engine::book_begin(uint64_t lo) {
  const uint32_t id = book_begin_book(lo);
  const uint32_t tick = book_begin_tick(lo);
  if (id >= profile_.books) return ErrorCode::kBookRange;
  if (std::find(std::begin(kTicks), std::end(kTicks), tick) == std::end(kTicks)) return ErrorCode::kTickInvalid;
  if (tick < profile_.finest_tick) return ErrorCode::kTickTooFine;  // BOOK-2
  Book& book = use_book(id);
  if (!may_touch(book)) return ErrorCode::kMessageLimit;
  touch(book, id);
  ladder_.clear(book, id);  // BOOK-2: fee rate, mask, fair value and legs stay
  book.state = BookState::kBuilding;
  book.tick = static_cast<uint16_t>(tick);
  book.max = static_cast<uint16_t>(kPriceOne / tick - 1);
  book.open_max = book.max;
  book.changed = kBothSides;
  return kAccepted;
}

Refusal Engine::book_live(uint64_t lo) {
  const uint32_t id = book_live_book(lo);
  if (id >= profile_.books) return ErrorCode::kBookRange;
  Book& book = books_[id];
  if (book.state != BookState::kBuilding && book.state != BookState::kStale) return ErrorCode::kBookState;  // BOOK-1
  if (!may_touch(book)) return ErrorCode::kMessageLimit;
  touch(book, id);
  book.state = BookState::kLive;
  book.open_max = book.max;
  book.changed = kBothSides;
  return kAccepted;
}

Refusal Engine::book_stale(uint64_t lo) {
  const uint32_t id = book_stale_book(lo);
  if (id >= profile_.books) return ErrorCode::kBookRange;
  Book& book = books_[id];
  if (book.state != BookState::kLive) return ErrorCode::kBookState;  // BOOK-1
  if (!may_touch(book)) return ErrorCode::kMessageLimit;
  touch(book, id);
  book.state = BookState::kStale;
  book.open_max = 0;  // BOOK-3: the levels stay
  book.changed = kBothSides;
  return kAccepted;
}

Refusal Engine::book_fee(uint64_t lo) {
  const uint32_t id = book_fee_book(lo);
  if (id >= profile_.books) return ErrorCode::kBookRange;
  Book& book = use_book(id);
  if (!may_touch(book)) return ErrorCode::kMessageLimit;
  touch(book, id);
  book.rate = book_fee_rate(lo);  // BOOK-7: the row learns it when it is published
  book.changed = kBothSides;
  return kAccepted;
}

Refusal Engine::book_mask(uint64_t lo) {
  const uint32_t id = book_mask_book(lo);
  if (id >= profile_.books) return ErrorCode::kBookRange;
  Book& book = use_book(id);  // BOOK-8: not touched
  book.mask_top = book_mask_mask_top(lo) != 0;
  book.mask_fair = book_mask_mask_fair(lo) != 0;
  return kAccepted;
}

Refusal Engine::basket_create(const Record& record) {
  const uint32_t id = basket_create_basket(record.lo);
  const uint32_t payout = basket_create_payout(record.lo);
  const uint32_t kind = basket_create_kind(record.hi);
  if (id >= profile_.baskets) return ErrorCode::kBasketRange;
  if (baskets_[id].exists) return ErrorCode::kBasketExists;
  const bool basket_kind = kind >= static_cast<uint32_t>(SignalKind::kCross) &&
                           kind <= static_cast<uint32_t>(SignalKind::kTwoVenue);
  if (!basket_kind) return ErrorCode::kKindInvalid;
  if (payout < 1 || payout > kPayoutMax) return ErrorCode::kPayoutRange;
  baskets_.create(id, payout, kind);
  return kAccepted;
}

Refusal Engine::basket_leg(uint64_t lo) {
  const uint32_t id = basket_leg_basket(lo);
  const uint32_t book_id = basket_leg_book(lo);
  if (id >= profile_.baskets) return ErrorCode::kBasketRange;
  if (!baskets_[id].exists) return ErrorCode::kBasketAbsent;
  if (baskets_[id].armed) return ErrorCode::kBasketArmed;
  if (book_id >= profile_.books) return ErrorCode::kBookRange;
  const Refusal refusal = baskets_.leg_refusal(id, book_id, basket_leg_outcome(lo));
  if (refusal != kAccepted) return refusal;
  use_book(book_id);
  baskets_.add_leg(books_.data(), id, book_id, basket_leg_outcome(lo));
  return kAccepted;
}

// BSK-5: sets both thresholds, arms and evaluates, on rows as last published (MSG-6).
Refusal Engine::basket_arm(const Record& record, uint8_t** out) {
  const uint32_t id = basket_arm_basket(record.lo);
  if (id >= profile_.baskets) return ErrorCode::kBasketRange;
  Basket& basket = baskets_[id];
  if (!basket.exists) return ErrorCode::kBasketAbsent;
  if (basket.legs == 0) return ErrorCode::kBasketNoLegs;
  basket.armed = true;
  basket.limit = int64_t{basket.payout} - basket_arm_min_edge(record.lo);
  basket.min_size = basket_arm_min_size(record.hi);
  *out = evaluate_basket(id, record.index, *out);
  return kAccepted;
}

Refusal Engine::basket_disarm(const Record& record, uint8_t** out) {
  const uint32_t id = basket_disarm_basket(record.lo);
  if (id >= profile_.baskets) return ErrorCode::kBasketRange;
  Basket& basket = baskets_[id];
  if (!basket.exists) return ErrorCode::kBasketAbsent;
  basket.armed = false;
  basket.limit = kNeverOpen;
  *out = evaluate_basket(id, record.index, *out);  // BSK-5: an open signal closes
  return kAccepted;
}

Refusal Engine::basket_remove(const Record& record, uint8_t** out) {
  const Refusal refusal = basket_disarm(record, out);
  if (refusal == kAccepted) baskets_.remove(books_.data(), basket_remove_basket(record.lo));
  return refusal;
}

Refusal Engine::basket_mask(uint64_t lo) {
  const uint32_t id = basket_mask_basket(lo);
  if (id >= profile_.baskets) return ErrorCode::kBasketRange;
  if (!baskets_[id].exists) return ErrorCode::kBasketAbsent;
  baskets_[id].mask_signal = basket_mask_mask_signal(lo) != 0;  // BSK-6
  return kAccepted;
}

Refusal Engine::fair_set(const Record& record, uint8_t** out) {
  const uint32_t id = fair_set_book(record.lo);
  if (id >= profile_.books) return ErrorCode::kBookRange;
  if (fair_set_fair(record.lo) > kFairMax) return ErrorCode::kFairRange;
  if (fair_set_band(record.hi) > kFairMax) return ErrorCode::kBandRange;
  // FAIR-1: the limit counts books that have one; replacing needs no room.
  if (!books_[id].has_fair && fair_count_ >= profile_.fairs) return ErrorCode::kFairLimit;
  Book& book = use_book(id);
  if (!book.has_fair) fair_count_++;
  book.has_fair = true;
  fairs_[id].fair = fair_set_fair(record.lo);
  fairs_[id].band = fair_set_band(record.hi);
  *out = evaluate_fair(id, record.index, *out);
  return kAccepted;
}

Refusal Engine::fair_clear(const Record& record, uint8_t** out) {
  const uint32_t id = fair_clear_book(record.lo);
  if (id >= profile_.books) return ErrorCode::kBookRange;
  Book& book = books_[id];
  if (!book.has_fair) return ErrorCode::kFairAbsent;
  // FAIR-1: open signals close, buy before sell.
  *out = step_fair(id, SignalKind::kFairBuy, false, 0, 0, record.index, *out);
  *out = step_fair(id, SignalKind::kFairSell, false, 0, 0, record.index, *out);
  fairs_[id] = Fair{};
  book.has_fair = false;
  fair_count_--;
  return kAccepted;
}

// INT-2: everything before it; the answer joins count and CRC when it is settled itself.
Refusal Engine::fence(const Record& record, uint8_t** out) {
  if (restoring_) return ErrorCode::kInRestore;  // RST-2
  settle(*out);
  uint64_t event[4];
  put_fence(event, fence_token(record.lo), record.index & kCounterMask, (record.index + 1) & kCounterMask,
            events_ & kCounterMask, crc_);
  *out = write_event(*out, event);
  return kAccepted;
}

// INT-3: as applied, committed or not.
Refusal Engine::book_digest(const Record& record, uint8_t** out) {
  const uint32_t id = book_digest_book(record.lo);
  if (restoring_) return ErrorCode::kInRestore;  // RST-2
  if (id >= profile_.books) return ErrorCode::kBookRange;
  const Book& book = books_[id];
  const LadderDigest digest = ladder_.digest(book, id);
  uint64_t event[4];
  put_book_digest(event, static_cast<uint32_t>(book.state), id, digest.crc, record.index & kCounterMask, book.tick,
                  digest.bids, digest.asks, book.rate, book.mask_top ? 1 : 0, book.mask_fair ? 1 : 0);
  *out = write_event(*out, event);
  return kAccepted;
}

// RST-1: clears and mutes. RST-5: what follows is an ordinary stream; nothing below asks whether it is replayed.
Refusal Engine::restore_begin(const uint8_t* out) {
  clear_everything();  // index_ is 0: inside a restore it is the ordinal
  settled_ = out;  // what came before is of no CRC any more
  restoring_ = true;
  emit_bytes_ = 0;
  return kAccepted;
}

Refusal Engine::restore_counts(const Record& record) {
  if (!restoring_) return ErrorCode::kNotRestoring;
  has_counts_ = true;  // RST-3: the last one counts
  restored_index_ = restore_counts_index(record.lo);
  restored_events_ = restore_counts_events(record.hi);
  return kAccepted;
}

uint8_t* Engine::restore_end(const Record& record, uint8_t* out) {
  if (!restoring_) return refuse(record, ErrorCode::kNotRestoring, out);
  if (!has_counts_) refuse(record, ErrorCode::kCountsMissing, out);  // RST-4: remembered unless another was first
  if (first_refusal_ != kAccepted) {
    const uint32_t error = static_cast<uint32_t>(first_refusal_);
    clear_everything();  // RST-4
    index_ = 1;  // this is record 0
    uint64_t event[4];
    put_refused(event, static_cast<uint32_t>(ErrorCode::kRestoreFailed), level_set_book(record.lo), first_refused_, 0,
                error, record.lo, record.hi);
    return write_event(out, event);
  }
  // RST-3: nothing has been emitted since RESTORE_BEGIN, so that settled_ is `out`. Dirty books stay dirty.
  restoring_ = false;
  emit_bytes_ = kEventBytes;
  index_ = restored_index_;
  events_ = restored_events_;
  crc_ = restore_end_crc(record.lo);
  return out;
}

}  // namespace gatebook

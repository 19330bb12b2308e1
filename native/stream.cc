// The hot path, in one piece for the compiler: LEVEL_SET, commit, rows and TOP events.
#include <cstring>

#include "engine.h"

namespace gatebook {
namespace {

constexpr ReservedBits kLevelSetReserved = reserved_bits(static_cast<uint32_t>(Opcode::kLevelSet));


// Brings one side of the row to what the ladder says. Returns whether its price or size differ from before.
// Level 1 of the asks costs one tick, and so does NO at the highest bid: on both sides slot n costs (n + 1) * tick.
inline bool publish_side(Book& book, uint32_t side, int64_t* cost_difference) {
  // ROW-2: a book that is not LIVE has no side. best_size is 0 where the ladder has none.
  const uint64_t size = book.state == BookState::kLive ? book.best_size[side] : 0;
  int64_t cost = kMissingCost;
  uint32_t price = 0;
  if (size != 0) {
    const uint32_t paid = (book.best[side] + 1U) * book.tick;
    cost = cost_at(paid, book.rate);  // ROW-3
    const uint32_t bids = side - 1;  // all ones for the bids, whose price is 10,000 - paid
    price = (paid ^ bids) + ((static_cast<uint32_t>(kPriceOne) + 1) & bids);
  }
  Row& row = book.row;
  const bool differs = ((price ^ row.price[side]) | (size ^ row.size[side])) != 0;
  *cost_difference = cost - row.cost[side];
  row.size[side] = size;
  row.cost[side] = cost;
  row.price[side] = static_cast<uint16_t>(price);
  return differs;
}

}  // namespace

// ROW-4
inline uint8_t* Engine::emit_top(const Book& book, uint32_t id, uint64_t index, uint8_t* out) {
  const Row& row = book.row;
  uint64_t event[4];
  put_top(event, id, row.price[kBidSide], row.price[kAskSide], index & kCounterMask, row.size[kBidSide],
          row.size[kAskSide]);
  write_event(out, event);
  return book.mask_top ? out : out + emit_bytes_;  // BOOK-8
}

// MSG-3, for one book. A side that has not changed is in the row as it should be.
inline uint8_t* Engine::publish_book(Book& book, uint32_t id, uint64_t index, uint8_t* out) {
  int64_t differences[2] = {0, 0};
  bool top = false;
  for (uint32_t side = 0; side < 2; ++side) {
    if (((book.changed >> side) & 1) != 0) top |= publish_side(book, side, &differences[side]);
  }
  if (top) out = emit_top(book, id, index, out);
  if (book.first_entry != 0 && book.changed != 0) {
    baskets_.add_difference(book, outcome_of_side(kBidSide), differences[kBidSide]);
    baskets_.add_difference(book, outcome_of_side(kAskSide), differences[kAskSide]);
  }
  book.changed = 0;
  return out;
}

// MSG-3, MSG-4 for a message of one book that has changed on one side only.
inline uint8_t* Engine::publish_one(Book& book, uint32_t id, uint32_t side, uint64_t index, uint8_t* out) {
  int64_t difference;
  if (publish_side(book, side, &difference)) out = emit_top(book, id, index, out);
  if (book.first_entry != 0) {
    baskets_.add_difference(book, outcome_of_side(side), difference);
    if (baskets_.has_candidates()) out = evaluate_candidates(index, out);
  }
  return book.has_fair ? evaluate_fair(id, index, out) : out;
}

// MSG-2
uint8_t* Engine::publish(uint64_t index, uint8_t* out) {
  // MSG-3: rows and TOP events, in order of first touch.
  const uint32_t count = dirty_count_;
  for (uint32_t n = 0; n < count; ++n) {
    Book& book = books_[dirty_[n]];
    book.dirty = false;
    out = publish_book(book, dirty_[n], index, out);
  }
  dirty_count_ = 0;
  // MSG-4: baskets in ascending id, on the rows as phase one left them; then the fair values of the dirty books.
  if (baskets_.has_candidates()) out = evaluate_candidates(index, out);
  if (fair_count_ != 0) {
    for (uint32_t n = 0; n < count; ++n) {
      if (books_[dirty_[n]].has_fair) out = evaluate_fair(dirty_[n], index, out);
    }
  }
  return out;
}

inline uint8_t* Engine::level_set(uint64_t lo, uint64_t size, uint64_t index, uint8_t* out) {
  const uint32_t id = level_set_book(lo);
  if (__builtin_expect(id >= profile_.books, 0)) return refuse({lo, size, index}, ErrorCode::kBookRange, out);
  Book& book = books_[id];
  // BOOK-3: open_max is 0 in EMPTY and STALE.
  const uint32_t level = level_set_level(lo);
  const uint32_t max = book.open_max;
  if (__builtin_expect(level - 1 >= max, 0)) {
    return refuse({lo, size, index}, max == 0 ? ErrorCode::kBookState : ErrorCode::kLevelRange, out);
  }
  const uint32_t side = level_set_side(lo);
  const uint32_t slot = Ladder::slot_of(side, max, level);
  uint32_t* const entry = ladder_.entry_of(id, side, slot);
  Page* page = &ladder_.page_of(entry);
  const bool commit = (lo & kCommitBit) != 0;
  // BOOK-4: an unchanged size touches nothing; its commit flag acts.
  if (Ladder::size_at(*page, slot) == size) return commit ? publish(index, out) : out;
  const bool alone = commit && dirty_count_ == 0;  // a message of its own: published at once, so never noted as dirty
  if (!alone && !may_touch(book)) return refuse({lo, size, index}, ErrorCode::kMessageLimit, out);
  if (__builtin_expect(!ladder_.is_held(*page), 0)) {
    if (!ladder_.take_page(book, side, entry, slot)) return refuse({lo, size, index}, ErrorCode::kPageLimit, out);
    page = &ladder_.page_of(entry);
  }
  const bool touched = ladder_.write(book, side, entry, *page, slot, size);
  if (alone) return touched ? publish_one(book, id, side, index, out) : out;
  if (touched) book.changed = static_cast<uint8_t>(book.changed | (side + 1));
  touch(book, id);
  return commit ? publish(index, out) : out;  // MSG-2
}

// Many books do not fit the caches near the processor. Commands that stand in the batch already say what they will
// need: three steps, each on what the one before has fetched. Harmless for any command: nothing is read beyond a table.
GATEBOOK_PREFETCH inline void Engine::prefetch(const uint8_t* at, size_t left) {
  constexpr size_t kStep = 4 * kCommandBytes;
  uint64_t lo;
  if (left <= 3 * kStep) return;
  std::memcpy(&lo, at + 3 * kStep, 8);
  const uint32_t far = level_set_book(lo);
  if (far < profile_.books) {
    __builtin_prefetch(&books_[far], 1);
    __builtin_prefetch(reinterpret_cast<const uint8_t*>(&books_[far]) + 64, 1);
  }
  std::memcpy(&lo, at + 2 * kStep, 8);
  const uint32_t middle = level_set_book(lo);
  if (middle < profile_.books) ladder_.prefetch_entry(books_[middle], middle, level_set_side(lo), level_set_level(lo));
  std::memcpy(&lo, at + kStep, 8);
  const uint32_t near = level_set_book(lo);
  if (near < profile_.books) ladder_.prefetch_level(books_[near], near, level_set_side(lo), level_set_level(lo));
}

// Not inline: in one function with its sibling both get slower.
template <bool kPrefetch>
__attribute__((noinline)) const uint8_t* Engine::consume_records(const uint8_t* at, const uint8_t* end,
                                                                 uint8_t** out_at, uint8_t* out_end) {
  uint8_t* out = *out_at;
  // Before this place the events of any command fit.
  const size_t all_room = static_cast<size_t>(out_end - out);
  const uint8_t* const tight = all_room < max_event_bytes() ? out : out_end - max_event_bytes() + 1;
  uint64_t index = index_;
  for (; at != end; at += kCommandBytes) {
    uint64_t lo;
    uint64_t hi;
    std::memcpy(&lo, at, 8);
    std::memcpy(&hi, at + 8, 8);
    if (kPrefetch) prefetch(at, static_cast<size_t>(end - at));
    if (__builtin_expect(out >= tight, 0)) {
      const size_t room = static_cast<size_t>(out_end - out);
      if (room < quick_bound() && room < event_bound(lo) * kEventBytes) break;
    }
    // REC-2, REC-3: the bits of a valid LEVEL_SET; anything else takes the long way.
    const uint64_t other = (lo ^ static_cast<uint64_t>(Opcode::kLevelSet)) & (kLevelSetReserved.lo | 0xff);
    if (__builtin_expect((other | (hi & kLevelSetReserved.hi)) == 0, 1)) {
      out = level_set(lo, hi, index, out);
      index++;
    } else {
      out = control({lo, hi, index}, out);
      index = index_;  // a restore moves it
    }
  }
  index_ = index;
  *out_at = out;
  return at;
}

size_t Engine::consume(const uint8_t* commands, size_t bytes, size_t from, uint8_t* out, size_t out_bytes,
                       size_t* event_bytes) {
  const uint8_t* at = commands + from;
  const uint8_t* const end = commands + bytes;
  uint8_t* out_at = out;
  settled_ = out;
  if (ladder_.used_pages() < prefetch_from_) {
    at = consume_records<false>(at, end, &out_at, out + out_bytes);
  } else {
    at = consume_records<true>(at, end, &out_at, out + out_bytes);
  }
  settle(out_at);
  *event_bytes = static_cast<size_t>(out_at - out);
  return static_cast<size_t>(at - commands);
}

}  // namespace gatebook

#include "baskets.h"

#include <algorithm>

namespace gatebook {

void Baskets::create(uint32_t id, uint32_t payout, uint32_t kind) {
  Basket& basket = baskets_[id];
  basket = Basket{};  // BSK-1: no legs, disarmed, unmasked
  basket.limit = kNeverOpen;
  basket.watch = kNeverOpen;
  basket.payout = payout;
  basket.kind = static_cast<uint8_t>(kind);
  basket.exists = true;
  baskets_used_ = std::max(baskets_used_, id + 1);
}

uint32_t Baskets::entry_of(const Basket& basket, uint32_t book_id) const {
  uint32_t at = basket.first_entry;
  while (at != 0 && entries_[at].book != book_id) at = entries_[at].next_of_basket;
  return at;
}

ErrorCode Baskets::leg_refusal(uint32_t id, uint32_t book_id, uint32_t outcome) const {
  // BSK-2: each outcome once; the limit of the basket before the limit of all.
  const Basket& basket = baskets_[id];
  const uint32_t at = entry_of(basket, book_id);
  if (at != 0 && ((links_[at].outcomes >> outcome) & 1) != 0) return ErrorCode::kLegDuplicate;
  if (basket.legs >= basket_leg_limit_) return ErrorCode::kBasketLegsLimit;
  if (leg_count_ >= leg_limit_) return ErrorCode::kLegsLimit;
  return ErrorCode{0};
}

void Baskets::add_leg(Book* books, uint32_t id, uint32_t book_id, uint32_t outcome) {
  Basket& basket = baskets_[id];
  Book& book = books[book_id];
  uint32_t at = entry_of(basket, book_id);
  if (at == 0) {
    // An entry holds at least one leg, so the legs of the profile are entries enough.
    if (free_entry_ != 0) {
      at = free_entry_;
      free_entry_ = entries_[at].next_of_basket;
    } else {
      at = ++entries_used_;
    }
    entries_[at] = {book.last_entry, basket.first_entry, book_id};
    links_[at] = {0, static_cast<uint16_t>(id), 0};
    basket.first_entry = at;
    // At the end: baskets made in ascending order are then met in ascending order.
    if (book.last_entry != 0) links_[book.last_entry].next = at;
    if (book.first_entry == 0) book.first_entry = at;
    book.last_entry = at;
    book.entries++;
  }
  links_[at].outcomes = static_cast<uint16_t>(links_[at].outcomes | 1U << outcome);
  basket.total += book.row.cost[side_of_outcome(outcome)];  // MSG-6: rows as last published
  basket.legs++;
  leg_count_++;
}

void Baskets::remove(Book* books, uint32_t id) {
  Basket& basket = baskets_[id];
  leg_count_ -= basket.legs;  // BSK-2: gives its legs back
  for (uint32_t at = basket.first_entry; at != 0;) {
    const Entry entry = entries_[at];
    const uint32_t next_of_book = links_[at].next;
    Book& book = books[entry.book];
    if (entry.previous_of_book != 0) links_[entry.previous_of_book].next = next_of_book;
    if (next_of_book != 0) entries_[next_of_book].previous_of_book = entry.previous_of_book;
    if (book.first_entry == at) book.first_entry = next_of_book;
    if (book.last_entry == at) book.last_entry = entry.previous_of_book;
    book.entries--;
    links_[at] = BookLink{};
    entries_[at] = {0, free_entry_, 0};
    free_entry_ = at;
    const uint32_t next = entry.next_of_basket;
    at = next;
  }
  basket = Basket{};  // BSK-6: the mask goes with it
}

size_t Baskets::take_candidates(const uint16_t** ids) {
  const size_t count = candidate_count_;
  uint16_t* begin = candidates_.data();
  if (!ascending_) std::sort(begin, begin + count);
  for (size_t n = 0; n < count; ++n) baskets_[begin[n]].candidate = false;
  candidate_count_ = 0;
  ascending_ = true;
  *ids = begin;
  return count;
}

uint64_t Baskets::smallest_size(const Basket& basket, const Book* books) const {
  uint64_t smallest = kSizeMax;
  for (uint32_t at = basket.first_entry; at != 0; at = entries_[at].next_of_basket) {
    const Row& row = books[entries_[at].book].row;
    const uint32_t outcomes = links_[at].outcomes;
    if ((outcomes & kYesBit) != 0) smallest = std::min(smallest, row.size[kAskSide]);
    if ((outcomes & kNoBit) != 0) smallest = std::min(smallest, row.size[kBidSide]);
  }
  return smallest;
}

void Baskets::reset() {
  std::fill(baskets_.data(), baskets_.data() + baskets_used_, Basket{});
  if (entries_used_ != 0) {
    std::fill(entries_.data(), entries_.data() + entries_used_ + 1, Entry{});
    std::fill(links_.data(), links_.data() + entries_used_ + 1, BookLink{});
  }
  leg_count_ = 0;
  baskets_used_ = 0;
  entries_used_ = 0;
  free_entry_ = 0;
  candidate_count_ = 0;
  ascending_ = true;
}

}  // namespace gatebook

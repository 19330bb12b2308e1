// Looks at every table of an engine and says what does not fit together.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <set>
#include <vector>

#include "../engine.h"

namespace gatebook {

#define GATEBOOK_AUDIT(condition)                                                          \
  do {                                                                                     \
    if (!(condition)) {                                                                    \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);  \
      std::abort();                                                                        \
    }                                                                                      \
  } while (false)

// Recomputes everything from what is held least cleverly: sizes for the ladder, rows and legs for the signals.
struct EngineAudit {
  explicit EngineAudit(const Engine& subject) : engine(subject), profile(subject.profile_) {}

  // Takes the way of an engine that is too large for the caches.
  static void pretend_large(Engine* engine) { engine->prefetch_from_ = 0; }

  void run() {
    ladders();
    message();
    baskets();
    fairs();
  }

  void ladders() {
    const Ladder& ladder = engine.ladder_;
    std::vector<bool> seen(size_t{ladder.used_} + 1, false);
    GATEBOOK_AUDIT(ladder.used_ <= profile.pages);
    uint32_t held = 0;
    for (uint32_t id = 0; id < engine.books_used_; ++id) {
      const Book& book = engine.books_[id];
      for (uint32_t side = 0; side < 2; ++side) held += one_side(book, id, side, &seen);
      const bool open = book.state == BookState::kBuilding || book.state == BookState::kLive;
      GATEBOOK_AUDIT(book.open_max == (open ? book.max : 0));
      GATEBOOK_AUDIT(book.max == (book.tick == 0 ? 0 : 10000 / book.tick - 1));
      GATEBOOK_AUDIT((book.tick == 0) == (book.state == BookState::kEmpty));
      if (!book.dirty) row_is_current(book);
    }
    GATEBOOK_AUDIT(held + ladder.returned_count_ == ladder.used_);
    for (uint32_t n = 0; n < ladder.returned_count_; ++n) {
      const uint32_t page = ladder.returned_[n];
      GATEBOOK_AUDIT(page >= 1 && page <= ladder.used_ && !seen[page]);
      seen[page] = true;
      page_is_empty(page);
    }
    page_is_empty(0);
  }

  void page_is_empty(size_t page) {
    const Ladder& ladder = engine.ladder_;
    GATEBOOK_AUDIT(ladder.pages_[page].words[0] == 0 && ladder.pages_[page].words[1] == 0);
    for (size_t n = 0; n < 128; ++n) GATEBOOK_AUDIT(ladder.pages_[page].sizes[n] == 0);
  }

  uint32_t one_side(const Book& book, uint32_t id, uint32_t side, std::vector<bool>* seen) {
    const Ladder& ladder = engine.ladder_;
    uint32_t pages = 0;
    uint32_t best = kNoSlot;
    uint64_t best_size = 0;
    for (uint32_t position = 0; position < ladder.stride_; ++position) {
      const size_t page = ladder.tables_[(size_t{id} * 2 + side) * ladder.stride_ + position];
      const bool bit = ((book.held[side][position / 64] >> (position % 64)) & 1) != 0;
      GATEBOOK_AUDIT(bit == (page != 0));
      if (page == 0) continue;
      GATEBOOK_AUDIT(page <= ladder.used_ && !(*seen)[page]);
      (*seen)[page] = true;
      pages++;
      uint32_t levels = 0;
      for (uint32_t n = 0; n < 128; ++n) {
        const uint64_t size = ladder.pages_[page].sizes[n];
        GATEBOOK_AUDIT(size <= kSizeMax);
        GATEBOOK_AUDIT((((ladder.pages_[page].words[n / 64] >> (n % 64)) & 1) != 0) == (size != 0));
        if (size == 0) continue;
        levels++;
        GATEBOOK_AUDIT(position * 128 + n < book.max);
        if (best == kNoSlot) {
          best = position * 128 + n;
          best_size = size;
        }
      }
      GATEBOOK_AUDIT(levels != 0);
    }
    GATEBOOK_AUDIT(book.best[side] == best && book.best_size[side] == best_size);
    return pages;
  }

  // A book that is not dirty is published as it stands.
  void row_is_current(const Book& book) {
    const bool live = book.state == BookState::kLive;
    const bool has_bid = live && book.best[0] != kNoSlot;
    const bool has_ask = live && book.best[1] != kNoSlot;
    const uint64_t bid = has_bid ? uint64_t{book.max} * book.tick - uint64_t{book.best[0]} * book.tick : 0;
    const uint64_t ask = has_ask ? uint64_t{book.best[1]} * book.tick + book.tick : 0;
    GATEBOOK_AUDIT(book.row.price[0] == bid && book.row.price[1] == ask);
    GATEBOOK_AUDIT(book.row.size[0] == (has_bid ? book.best_size[0] : 0));
    GATEBOOK_AUDIT(book.row.size[1] == (has_ask ? book.best_size[1] : 0));
    GATEBOOK_AUDIT(book.row.cost[0] == (has_bid ? cost(book, 10000 - bid, bid) : kMissingCost));
    GATEBOOK_AUDIT(book.row.cost[1] == (has_ask ? cost(book, ask, ask) : kMissingCost));
    GATEBOOK_AUDIT(book.changed == 0);
  }

  static int64_t cost(const Book& book, uint64_t paid, uint64_t price) {
    const uint64_t exact = book.rate * price * (10000 - price);
    const uint64_t whole = exact / 4294967296ULL;
    return static_cast<int64_t>(100 * paid + whole + (exact % 4294967296ULL != 0 ? 1 : 0));
  }

  void message() {
    std::set<uint32_t> listed;
    for (uint32_t n = 0; n < engine.dirty_count_; ++n) listed.insert(engine.dirty_[n]);
    GATEBOOK_AUDIT(listed.size() == engine.dirty_count_ && listed.size() <= profile.books_per_message);
    for (uint32_t id = 0; id < engine.books_used_; ++id) {
      GATEBOOK_AUDIT(engine.books_[id].dirty == (listed.count(id) != 0));
    }
    GATEBOOK_AUDIT(engine.restoring_ == (engine.emit_bytes_ == 0));
  }

  void baskets() {
    const Baskets& all = engine.baskets_;
    uint32_t legs = 0;
    uint32_t entries = 0;
    GATEBOOK_AUDIT(all.candidate_count_ == 0 && all.ascending_);
    for (uint32_t id = 0; id < all.baskets_used_; ++id) {
      const Basket& basket = all.baskets_[id];
      GATEBOOK_AUDIT(!basket.candidate);
      if (!basket.exists) {
        GATEBOOK_AUDIT(basket.first_entry == 0 && basket.legs == 0 && !basket.armed && !basket.open);
        continue;
      }
      entries += one_basket(basket, id);
      legs += basket.legs;
    }
    GATEBOOK_AUDIT(legs == all.leg_count_ && legs <= profile.legs);
    uint32_t of_books = 0;
    for (uint32_t id = 0; id < engine.books_used_; ++id) of_books += entries_of_book(id);
    GATEBOOK_AUDIT(of_books == entries);
    uint32_t free = 0;
    for (uint32_t at = all.free_entry_; at != 0; at = all.entries_[at].next_of_basket) {
      GATEBOOK_AUDIT(at <= all.entries_used_ && all.links_[at].outcomes == 0 && ++free <= all.entries_used_);
    }
    GATEBOOK_AUDIT(free + entries == all.entries_used_);
  }

  uint32_t one_basket(const Basket& basket, uint32_t id) {
    std::set<uint32_t> books;
    int64_t costs = 0;
    uint32_t missing = 0;
    uint32_t legs = 0;
    uint64_t smallest = kSizeMax;
    for (uint32_t at = basket.first_entry; at != 0; at = engine.baskets_.entries_[at].next_of_basket) {
      const Entry& entry = engine.baskets_.entries_[at];
      const BookLink& link = engine.baskets_.links_[at];
      GATEBOOK_AUDIT(link.basket == id && link.outcomes >= 1 && link.outcomes <= 3);
      GATEBOOK_AUDIT(entry.book < engine.books_used_ && books.insert(entry.book).second);
      const Row& row = engine.books_[entry.book].row;
      for (uint32_t outcome = 0; outcome < 2; ++outcome) {
        if (((link.outcomes >> outcome) & 1) == 0) continue;
        const uint64_t size = row.size[1 - outcome];
        legs++;
        if (size == 0) missing++;
        if (size != 0) costs += row.cost[1 - outcome];
        if (size < smallest) smallest = size;
      }
    }
    GATEBOOK_AUDIT(legs == basket.legs && legs <= profile.legs_per_basket);
    GATEBOOK_AUDIT(basket.total % kMissingCost == costs && basket.total / kMissingCost == missing);
    GATEBOOK_AUDIT(basket.armed || basket.limit == kNeverOpen);
    GATEBOOK_AUDIT(basket.watch == (basket.open ? kAlways : basket.limit));
    const int64_t edge = basket.payout - costs;
    const bool edge_suffices = edge >= basket.payout - basket.limit;
    const bool open = basket.armed && missing == 0 && edge_suffices && smallest >= basket.min_size;
    GATEBOOK_AUDIT(basket.open == open);
    GATEBOOK_AUDIT(!open || (basket.edge == edge && basket.size == smallest));
    return static_cast<uint32_t>(books.size());
  }

  uint32_t entries_of_book(uint32_t id) {
    const Book& book = engine.books_[id];
    uint32_t count = 0;
    uint32_t previous = 0;
    for (uint32_t at = book.first_entry; at != 0; at = engine.baskets_.links_[at].next) {
      const Entry& entry = engine.baskets_.entries_[at];
      GATEBOOK_AUDIT(entry.book == id && entry.previous_of_book == previous);
      GATEBOOK_AUDIT(engine.baskets_.links_[at].outcomes != 0);
      GATEBOOK_AUDIT(++count <= book.entries);
      previous = at;
    }
    GATEBOOK_AUDIT(count == book.entries && book.last_entry == previous);
    return count;
  }

  void fairs() {
    uint32_t count = 0;
    for (uint32_t id = 0; profile.fairs != 0 && id < engine.books_used_; ++id) {
      const Book& book = engine.books_[id];
      const Fair& fair = engine.fairs_[id];
      if (!book.has_fair) {
        GATEBOOK_AUDIT(!fair.buy.open && !fair.sell.open);
        continue;
      }
      count++;
      const int64_t buy = int64_t{fair.fair} - book.row.cost[1];
      const int64_t sell = 1000000 - book.row.cost[0] - fair.fair;
      GATEBOOK_AUDIT(fair.buy.open == (book.row.size[1] != 0 && buy >= fair.band));
      GATEBOOK_AUDIT(fair.sell.open == (book.row.size[0] != 0 && sell >= fair.band));
      GATEBOOK_AUDIT(!fair.buy.open || (fair.buy.edge == buy && fair.buy.size == book.row.size[1]));
      GATEBOOK_AUDIT(!fair.sell.open || (fair.sell.edge == sell && fair.sell.size == book.row.size[0]));
    }
    GATEBOOK_AUDIT(count == engine.fair_count_ && count <= profile.fairs);
  }

  const Engine& engine;
  const Profile profile;
};

}  // namespace gatebook

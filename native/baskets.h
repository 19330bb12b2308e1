// Baskets: a payout, legs that buy YES or NO of books, and one signal (clauses BSK-1 to BSK-6).
#pragma once
#include <cstddef>

#include "book.h"
#include "memory.h"

namespace gatebook {

// Limits of a total, which is never negative.
constexpr int64_t kNeverOpen = -1;
constexpr int64_t kAlways = INT64_MAX;

struct alignas(64) Basket {
  int64_t total;  // sum of the costs of the legs; each missing leg adds kMissingCost
  int64_t limit;  // payout - min_edge while armed, else kNeverOpen: the signal needs total <= limit
  int64_t watch;  // a new row matters while total <= watch: kAlways while open, else limit
  uint64_t min_size;
  uint64_t size;  // edge and size as the last OPEN or CHANGE said
  int32_t edge;
  uint32_t payout;
  uint32_t first_entry;
  uint16_t legs;
  uint8_t kind;
  bool exists;
  bool armed;
  bool open;
  bool mask_signal;
  bool candidate;  // stands in the list of candidates of this message
};

// One basket on one book: YES, NO or both (clause BSK-2); in a list of the book and in a list of the basket. The list
// of the book is walked with every change of the row, so that what it needs lies apart: eight entries a cache line.
struct BookLink {
  uint32_t next;
  uint16_t basket;
  uint16_t outcomes;  // kYesBit, kNoBit
};

struct Entry {
  uint32_t previous_of_book;
  uint32_t next_of_basket;
  uint32_t book;
};

constexpr uint32_t kYesBit = 1;
constexpr uint32_t kNoBit = 2;

class Baskets {
 public:
  // Returns false when there is no memory.
  bool allocate(const Profile& profile) {
    leg_limit_ = profile.legs;
    basket_leg_limit_ = profile.legs_per_basket;
    return baskets_.allocate(profile.baskets) && candidates_.allocate(profile.baskets) &&
           entries_.allocate(size_t{profile.legs} + 1) && links_.allocate(size_t{profile.legs} + 1);
  }

  Basket& operator[](size_t id) { return baskets_[id]; }

  void create(uint32_t id, uint32_t payout, uint32_t kind);

  // Returns why the leg cannot be added, in the order of the command table, or ErrorCode{0}.
  ErrorCode leg_refusal(uint32_t id, uint32_t book_id, uint32_t outcome) const;
  void add_leg(Book* books, uint32_t id, uint32_t book_id, uint32_t outcome);
  void remove(Book* books, uint32_t id);

  // Adds what a new row changes in the cost of one outcome of the book; notes the baskets whose signal may change.
  void add_difference(const Book& book, uint32_t outcome, int64_t difference) {
    for (uint32_t at = book.first_entry; at != 0;) {
      const BookLink link = links_[at];
      Basket& basket = baskets_[link.basket];
      const int64_t total = basket.total + (difference & -static_cast<int64_t>((link.outcomes >> outcome) & 1));
      basket.total = total;
      if (total <= basket.watch) note(basket, link.basket);
      at = link.next;
    }
  }

  // The baskets that an evaluation can meet at most.
  uint32_t most_candidates() const { return entries_used_ < baskets_used_ ? entries_used_ : baskets_used_; }

  bool has_candidates() const { return candidate_count_ != 0; }

  // MSG-4: the baskets noted since the last call, each once, ascending. Valid until the next message.
  size_t take_candidates(const uint16_t** ids);

  // BSK-3: the smallest size at the best level over the legs; the basket is complete.
  uint64_t smallest_size(const Basket& basket, const Book* books) const;

  void reset();

 private:
  friend struct EngineAudit;

  void note(Basket& basket, uint32_t id) {
    if (basket.candidate) return;
    basket.candidate = true;
    if (candidate_count_ != 0 && candidates_[candidate_count_ - 1] > id) ascending_ = false;
    candidates_[candidate_count_++] = static_cast<uint16_t>(id);
  }

  uint32_t entry_of(const Basket& basket, uint32_t book_id) const;

  uint32_t leg_limit_ = 0;
  uint32_t basket_leg_limit_ = 0;
  uint32_t leg_count_ = 0;
  uint32_t baskets_used_ = 0;  // baskets 0..baskets_used_-1 have existed at some time
  uint32_t entries_used_ = 0;  // entries 1..entries_used_ have been in use at some time
  uint32_t free_entry_ = 0;  // chain through next_of_basket
  size_t candidate_count_ = 0;
  bool ascending_ = true;
  ZeroedArray<Basket> baskets_;
  ZeroedArray<uint16_t> candidates_;
  ZeroedArray<Entry> entries_;  // entry 0 is nobody's
  ZeroedArray<BookLink> links_;  // the other half of each entry
};

}  // namespace gatebook

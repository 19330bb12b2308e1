// The levels of all books, in pages of 128 (clause BOOK-6).
#pragma once
#include <cstddef>

#include "book.h"
#include "memory.h"

namespace gatebook {

// GCC takes a function that only prefetches for one without effect and drops its calls, unless it is inlined.
#define GATEBOOK_PREFETCH __attribute__((always_inline))

struct LadderDigest {
  uint32_t bids;
  uint32_t asks;
  uint32_t crc;
};

struct Page {
  uint64_t words[2];  // bit n of 128: level n has a size
  uint64_t sizes[kPageLevels];
};

// Page 0 is nobody's and stays empty: a page table entry of 0 reads as 128 levels of size 0.
class Ladder {
 public:
  // Returns false when there is no memory.
  bool allocate(const Profile& profile);

  // BOOK-6: the slot of a bid is max - level, of an ask level - 1, so that the best level is the lowest slot.
  // Sides come in no order, so that this must not be a branch.
  static uint32_t slot_of(uint32_t side, uint32_t max, uint32_t level) {
    const uint32_t bids = side - 1;  // all ones for a bid
    return ((level - 1) ^ bids) + (max & bids);
  }

  // The page table entry for a slot; 0 in it: no page is held.
  uint32_t* entry_of(uint32_t id, uint32_t side, uint32_t slot) {
    return &tables_[(id * 2 + side) * size_t{stride_} + slot / kSlots];
  }
  Page& page_of(const uint32_t* entry) { return pages_[*entry]; }
  bool is_held(const Page& page) const { return &page != pages_.data(); }
  static uint64_t size_at(const Page& page, uint32_t slot) { return page.sizes[slot % kSlots]; }

  // BOOK-6: takes a page for an entry without one. Returns false when every page of the profile is held (PAGE_LIMIT).
  bool take_page(Book& book, uint32_t side, uint32_t* entry, uint32_t slot);

  // BOOK-3: writes a size that differs from what is there; the page is held. Returns whether best or best_size of the
  // side may have changed. No branch on which half of the page, nor on a level coming or going: neither is foreseeable.
  bool write(Book& book, uint32_t side, uint32_t* entry, Page& page, uint32_t slot, uint64_t size) {
    const uint32_t half = (slot / 64) % 2;
    const uint64_t bit = uint64_t{1} << (slot % 64);
    const uint64_t word = (page.words[half] & ~bit) | uint64_t{size != 0} << (slot % 64);
    const uint64_t other = page.words[half ^ 1];
    page.words[half] = word;
    page.sizes[slot % kSlots] = size;
    if (__builtin_expect((word | other) == 0, 0)) return give_back(book, side, entry, slot);
    // BOOK-5: the best can only change at or before the best slot (kNoSlot is behind all). Then no page before this one
    // is held, so that the best is in this page, whether the level came or went.
    if (slot > book.best[side]) return false;
    const uint64_t first = word ^ ((word ^ other) & (0 - uint64_t{half}));
    const uint64_t skip = 0 - uint64_t{first == 0};  // all ones: the best is in the second word
    const uint32_t within = static_cast<uint32_t>(__builtin_ctzll(first | ((word | other) & skip)) + (skip & 64));
    book.best[side] = static_cast<uint16_t>(slot / kSlots * kSlots + within);
    book.best_size[side] = page.sizes[within];
    return true;
  }

  // Both may be asked for any level of any book; a level that the book does not have fetches nothing.
  GATEBOOK_PREFETCH void prefetch_entry(const Book& book, uint32_t id, uint32_t side, uint32_t level) {
    if (level - 1 < book.max) __builtin_prefetch(entry_of(id, side, slot_of(side, book.max, level)));
  }
  GATEBOOK_PREFETCH void prefetch_level(const Book& book, uint32_t id, uint32_t side, uint32_t level) {
    if (level - 1 >= book.max) return;
    const uint32_t slot = slot_of(side, book.max, level);
    const Page& page = page_of(entry_of(id, side, slot));
    __builtin_prefetch(&page.words, 1);
    __builtin_prefetch(&page.sizes[slot % kSlots], 1);
  }

  uint32_t used_pages() const { return used_; }

  // BOOK-2: sets every level of the book to 0 and gives back its pages.
  void clear(Book& book, uint32_t id);

  // Forgets the order in which pages came back; every book has been cleared before.
  void reset() {
    used_ = 0;
    returned_count_ = 0;
  }

  // INT-3, INT-4
  LadderDigest digest(const Book& book, uint32_t id) const;

 private:
  friend struct EngineAudit;
  static constexpr uint32_t kSlots = kPageLevels;

  bool give_back(Book& book, uint32_t side, uint32_t* entry, uint32_t slot);
  void find_best(Book& book, const uint32_t* table, uint32_t side);

  uint32_t limit_ = 0;  // pages of the profile
  uint32_t stride_ = 0;  // page table entries of one side of a book
  uint32_t used_ = 0;  // pages 1..used_ have been held at some time
  uint32_t returned_count_ = 0;
  ZeroedArray<uint32_t> tables_;  // page numbers, by book, side and slot / 128; 0: not held
  ZeroedArray<Page> pages_;  // a page that is not held is all 0
  ZeroedArray<uint32_t> returned_;  // pages given back, to be taken before fresh ones
};

}  // namespace gatebook

#include "ladder.h"

#include "crc32.h"

namespace gatebook {
namespace {

uint32_t lowest_bit(uint64_t word) { return static_cast<uint32_t>(__builtin_ctzll(word)); }

// INT-4: how a level goes into the CRC; bits 0..15 which, bits 16..63 its size.
constexpr uint32_t kAskBit = 0x8000;

}  // namespace

bool Ladder::allocate(const Profile& profile) {
  limit_ = profile.pages;
  const uint32_t levels = static_cast<uint32_t>(kPriceOne) / profile.finest_tick - 1;
  stride_ = (levels + kSlots - 1) / kSlots;
  return tables_.allocate(size_t{profile.books} * 2 * stride_) && pages_.allocate(size_t{limit_} + 1) &&
         returned_.allocate(limit_);
}

bool Ladder::take_page(Book& book, uint32_t side, uint32_t* entry, uint32_t slot) {
  uint32_t page;
  if (returned_count_ != 0) {
    page = returned_[--returned_count_];
  } else if (used_ != limit_) {
    page = ++used_;
  } else {
    return false;
  }
  *entry = page;
  const uint32_t position = slot / kSlots;
  book.held[side][position / 64] |= uint64_t{1} << (position % 64);
  return true;
}

// BOOK-6: given back with its last level. Returns what write() does.
bool Ladder::give_back(Book& book, uint32_t side, uint32_t* entry, uint32_t slot) {
  returned_[returned_count_++] = *entry;
  *entry = 0;
  const uint32_t position = slot / kSlots;
  book.held[side][position / 64] &= ~(uint64_t{1} << (position % 64));
  if (slot > book.best[side]) return false;
  find_best(book, entry - position, side);
  return true;
}

// `table` is the page table of the side.
void Ladder::find_best(Book& book, const uint32_t* table, uint32_t side) {
  const uint64_t* held = book.held[side];
  if ((held[0] | held[1]) == 0) {
    book.best[side] = kNoSlot;
    book.best_size[side] = 0;
    return;
  }
  const uint32_t position = held[0] != 0 ? lowest_bit(held[0]) : 64 + lowest_bit(held[1]);
  const Page& page = pages_[table[position]];
  const uint32_t within = page.words[0] != 0 ? lowest_bit(page.words[0]) : 64 + lowest_bit(page.words[1]);
  book.best[side] = static_cast<uint16_t>(position * kSlots + within);
  book.best_size[side] = page.sizes[within];
}

void Ladder::clear(Book& book, uint32_t id) {
  for (uint32_t side = 0; side < 2; ++side) {
    uint32_t* table = &tables_[(id * 2 + side) * size_t{stride_}];
    for (uint32_t half = 0; half < 2; ++half) {
      for (uint64_t left = book.held[side][half]; left != 0; left &= left - 1) {
        const uint32_t position = half * 64 + lowest_bit(left);
        pages_[table[position]] = Page{};
        returned_[returned_count_++] = table[position];
        table[position] = 0;
      }
      book.held[side][half] = 0;
    }
    book.best[side] = kNoSlot;
    book.best_size[side] = 0;
  }
}

LadderDigest Ladder::digest(const Book& book, uint32_t id) const {
  uint32_t counts[2] = {0, 0};
  uint32_t crc = 0;
  uint64_t levels[64];
  for (uint32_t side = 0; side < 2; ++side) {  // INT-4: bids, then asks; slots ascend from the best
    const uint32_t* table = &tables_[(id * 2 + side) * size_t{stride_}];
    for (uint32_t word = 0; word < stride_ * 2; ++word) {
      const Page& page = pages_[table[word / 2]];
      size_t count = 0;
      for (uint64_t left = page.words[word % 2]; left != 0; left &= left - 1) {
        const uint32_t slot = word * 64 + lowest_bit(left);
        const uint32_t level = side == kAskSide ? (slot + 1) | kAskBit : book.max - slot;
        levels[count++] = level | page.sizes[slot % kSlots] << 16;
      }
      crc = crc32(crc, reinterpret_cast<const uint8_t*>(levels), count * 8);
      counts[side] += static_cast<uint32_t>(count);
    }
  }
  return {counts[kBidSide], counts[kAskSide], crc};
}

}  // namespace gatebook

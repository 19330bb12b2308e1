#include "engine.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "crc32.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "REC-1: records are little-endian and read as they lie");

namespace gatebook {
namespace {

bool in_range(uint32_t value, uint32_t low, uint32_t high) { return value >= low && value <= high; }

}  // namespace

bool profile_is_valid(const Profile& profile) {
  const bool tick = std::find(std::begin(kTicks), std::end(kTicks), profile.finest_tick) != std::end(kTicks);
  return tick && in_range(profile.books, 1, 65536) && in_range(profile.pages, 0, 1048576) &&
         in_range(profile.baskets, 0, 65536) && in_range(profile.legs, 0, 1048576) &&
         in_range(profile.legs_per_basket, 0, 256) && in_range(profile.fairs, 0, 65536) &&
         in_range(profile.books_per_message, 1, 65536);
}

Engine::Engine(const Profile& profile) : profile_(profile) {
  const size_t most_dirty = std::min(profile.books, profile.books_per_message);
  max_events_ = most_dirty + profile.baskets + 2 * std::min<size_t>(most_dirty, profile.fairs) + 2;
  ok_ = ladder_.allocate(profile) && baskets_.allocate(profile) && books_.allocate(profile.books) &&
        fairs_.allocate(profile.fairs == 0 ? 0 : profile.books) && dirty_.allocate(most_dirty);
}

// The events that the next command may cause, from the state; only asked for near the end of the room.
size_t Engine::event_bound(uint64_t lo) const {
  const uint64_t opcode = lo & 0xff;
  const bool fair = opcode == static_cast<uint64_t>(Opcode::kFairSet) ||
                    opcode == static_cast<uint64_t>(Opcode::kFairClear);
  if (fair) return 2;
  if ((lo & kCommitBit) == 0) return 1;
  size_t books = dirty_count_;
  size_t entries = 0;
  for (size_t n = 0; n < books; ++n) entries += books_[dirty_[n]].entries;
  const uint32_t id = level_set_book(lo);
  if (id < books_used_ && !books_[id].dirty) entries += books_[id].entries;
  books += 1;
  const size_t bound = books + std::min<size_t>(entries, profile_.baskets) + 2 * std::min<size_t>(books, fair_count_);
  return std::min(bound, max_events_);
}

// Books up to `id` become EMPTY ones; what lies in untouched memory is not yet one.
Book& Engine::use_book(uint32_t id) {
  for (; books_used_ <= id; ++books_used_) {
    Book& book = books_[books_used_];
    book = Book{};
    book.best[0] = kNoSlot;
    book.best[1] = kNoSlot;
    book.row = kEmptyRow;  // ROW-2
  }
  return books_[id];
}

void Engine::settle(const uint8_t* out) {
  const size_t bytes = static_cast<size_t>(out - settled_);
  if (bytes == 0) return;
  crc_ = crc32(crc_, settled_, bytes);  // INT-1
  events_ += bytes / kEventBytes;
  settled_ = out;
}

// RESET-1, RST-1. Costs what has been in use, not what the profile allows.
void Engine::clear_everything() {
  for (uint32_t id = 0; id < books_used_; ++id) {
    ladder_.clear(books_[id], id);
    books_[id] = Book{};
    if (profile_.fairs != 0) fairs_[id] = Fair{};
  }
  ladder_.reset();
  baskets_.reset();
  books_used_ = 0;
  dirty_count_ = 0;
  fair_count_ = 0;
  index_ = 0;
  events_ = 0;
  crc_ = 0;
  quick_bound_ = 3 * kEventBytes;
  emit_bytes_ = kEventBytes;
  restoring_ = false;
  has_counts_ = false;
  first_refusal_ = kAccepted;
}

void Engine::reset(uint32_t epoch, uint8_t* out) {
  clear_everything();
  uint64_t event[4];
  put_reset_done(event, epoch);  // outside index, count and CRC
  write_event(out, event);
}

}  // namespace gatebook

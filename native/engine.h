// The kernel contract as an engine: command bytes in, event bytes out (docs/contract.md). Not thread-safe.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "baskets.h"
#include "book.h"
#include "fair.h"
#include "generated/contract.h"
#include "ladder.h"
#include "memory.h"

namespace gatebook {

// What a handler answers: the error of the clause that refuses the record, or kAccepted.
using Refusal = ErrorCode;
constexpr Refusal kAccepted = Refusal{0};

// RESET-2: an engine refuses where its profile says. Returns false for a profile outside the ranges of the contract.
bool profile_is_valid(const Profile& profile);

// Appends an event. Word by word: copied as a whole it would have to be in memory first, and be read back before the
// stores of its words have settled.
inline uint8_t* write_event(uint8_t* out, const uint64_t (&words)[4]) {
  std::memcpy(out, &words[0], 8);
  std::memcpy(out + 8, &words[1], 8);
  std::memcpy(out + 16, &words[2], 8);
  std::memcpy(out + 24, &words[3], 8);
  return out + kEventBytes;
}

class Engine {
 public:
  // All memory is claimed here, and zero pages of it are committed only when touched. The profile must be valid.
  explicit Engine(const Profile& profile);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // False when there was no memory; the only call allowed then is the destructor.
  bool ok() const { return ok_; }

  // Bytes that the events of one command take at most.
  size_t max_event_bytes() const { return max_events_ * kEventBytes; }

  // Consumes commands from byte `from` on until all are consumed or `out` might not hold the events of the next one.
  // `bytes` and `from` are multiples of 16, `out_bytes` is max_event_bytes() or more; no alignment is asked for.
  // Returns the offset behind the last consumed command; *event_bytes is what was written to `out`.
  size_t consume(const uint8_t* commands, size_t bytes, size_t from, uint8_t* out, size_t out_bytes,
                 size_t* event_bytes);

  // RESET-1: clears everything and writes RESET_DONE (32 bytes) to `out`.
  void reset(uint32_t epoch, uint8_t* out);

 private:
  friend struct EngineAudit;

  // A record on its way through the engine. The handlers write events to `out`, advance it and return it.
  struct Record {
    uint64_t lo;
    uint64_t hi;
    uint64_t index;
  };

  // engine.cc
  size_t quick_bound() const { return quick_bound_ + dirty_count_ * size_t{3 * kEventBytes}; }
  size_t event_bound(uint64_t lo) const;
  Book& use_book(uint32_t id);
  void settle(const uint8_t* out);
  void clear_everything();
  // MSG-5: a book that is dirty already does not count again.
  bool may_touch(const Book& book) const { return book.dirty || dirty_count_ != profile_.books_per_message; }
  // MSG-1
  void touch(Book& book, uint32_t id) {
    if (book.dirty) return;
    book.dirty = true;
    dirty_[dirty_count_++] = static_cast<uint16_t>(id);
  }

  // stream.cc
  template <bool kPrefetch>
  const uint8_t* consume_records(const uint8_t* at, const uint8_t* end, uint8_t** out_at, uint8_t* out_end);
  void prefetch(const uint8_t* at, size_t left);
  uint8_t* level_set(uint64_t lo, uint64_t size, uint64_t index, uint8_t* out);
  uint8_t* publish(uint64_t index, uint8_t* out);
  uint8_t* publish_one(Book& book, uint32_t id, uint32_t side, uint64_t index, uint8_t* out);
  uint8_t* emit_top(const Book& book, uint32_t id, uint64_t index, uint8_t* out);
  uint8_t* publish_book(Book& book, uint32_t id, uint64_t index, uint8_t* out);

  // control.cc: every command but LEVEL_SET
  uint8_t* control(const Record& record, uint8_t* out);
  Refusal apply(const Record& record, uint8_t** out);
  uint8_t* refuse(const Record& record, Refusal refusal, uint8_t* out);
  Refusal book_begin(uint64_t lo);
  Refusal book_live(uint64_t lo);
  Refusal book_stale(uint64_t lo);
  Refusal book_fee(uint64_t lo);
  Refusal book_mask(uint64_t lo);
  Refusal basket_create(const Record& record);
  Refusal basket_leg(uint64_t lo);
  Refusal basket_arm(const Record& record, uint8_t** out);
  Refusal basket_disarm(const Record& record, uint8_t** out);
  Refusal basket_remove(const Record& record, uint8_t** out);
  Refusal basket_mask(uint64_t lo);
  Refusal fair_set(const Record& record, uint8_t** out);
  Refusal fair_clear(const Record& record, uint8_t** out);
  Refusal fence(const Record& record, uint8_t** out);
  Refusal book_digest(const Record& record, uint8_t** out);
  Refusal restore_begin(const uint8_t* out);
  Refusal restore_counts(const Record& record);
  uint8_t* restore_end(const Record& record, uint8_t* out);

  // signals.cc
  uint8_t* evaluate_candidates(uint64_t index, uint8_t* out);
  uint8_t* evaluate_basket(uint32_t id, uint64_t index, uint8_t* out);
  uint8_t* evaluate_fair(uint32_t id, uint64_t index, uint8_t* out);
  uint8_t* step_fair(uint32_t id, SignalKind kind, bool open, int64_t edge, uint64_t size, uint64_t index,
                     uint8_t* out);

  const Profile profile_;
  size_t max_events_ = 0;
  bool ok_ = false;
  uint32_t prefetch_from_ = 512;  // pages in use, about 0.5 MiB: from here on they are fetched ahead
  size_t quick_bound_ = 3 * kEventBytes;  // of a command while no book is dirty: TOP, two fair values and the baskets

  Ladder ladder_;
  Baskets baskets_;
  ZeroedArray<Book> books_;
  ZeroedArray<Fair> fairs_;  // by book
  ZeroedArray<uint16_t> dirty_;  // MSG-1: dirty books in order of first touch
  uint32_t books_used_ = 0;  // books 0..books_used_-1 have been written at some time
  uint32_t dirty_count_ = 0;
  uint32_t fair_count_ = 0;

  // REC-6: counters modulo 2^48; kept to it where they are read.
  uint64_t index_ = 0;
  uint64_t events_ = 0;  // INT-2: up to settled_
  uint32_t crc_ = 0;  // INT-1: up to settled_
  const uint8_t* settled_ = nullptr;  // events from here on are not yet in events_ and crc_

  // RST-1: bytes that an event which is not masked advances `out` by: 0 inside a restore.
  size_t emit_bytes_ = kEventBytes;
  bool restoring_ = false;
  bool has_counts_ = false;
  uint64_t restored_index_ = 0;
  uint64_t restored_events_ = 0;
  uint32_t first_refused_ = 0;  // RST-2: its ordinal
  Refusal first_refusal_ = kAccepted;  // RST-2: no record has been refused while kAccepted
};

constexpr uint64_t kCommitBit = 0x100;  // of every command that has a commit flag (REC-3)
constexpr uint64_t kCounterMask = kCounterModulo - 1;

}  // namespace gatebook

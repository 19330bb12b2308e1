// Random command programs: mostly sensible, with a share of everything that an engine has to refuse.
#pragma once
#include <cstdint>
#include <cstring>
#include <vector>

#include "../generated/contract.h"

namespace gatebook {

// xorshift64*: the same numbers everywhere for the same seed.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ULL + 1) {}
  uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1dULL;
  }
  uint32_t below(uint32_t bound) { return static_cast<uint32_t>((next() >> 33) % bound); }
  bool one_in(uint32_t n) { return below(n) == 0; }

 private:
  uint64_t state_;
};

class RandomCommands {
 public:
  RandomCommands(const Profile& profile, uint64_t seed)
      : profile_(profile), random_(seed), ticks_(profile.books, static_cast<uint16_t>(profile.finest_tick)) {
    // Few ids, so that commands meet each other; the last ids of the profile are among them.
    books_ = profile.books < kMostIds ? profile.books : kMostIds;
    baskets_ = profile.baskets < kMostIds ? profile.baskets : kMostIds;
  }

  // Writes one command of 16 bytes.
  void next(uint8_t* out) {
    uint64_t words[2] = {0, 0};
    if (restore_left_ > 0) {
      inside_restore(words);
    } else {
      make(words);
      if (random_.one_in(200)) words[random_.below(2)] ^= uint64_t{1} << random_.below(64);
    }
    std::memcpy(out, words, 16);
  }

 private:
  static constexpr uint32_t kMostIds = 24;

  static uint64_t at(uint64_t value, uint32_t bit) { return value << bit; }
  uint64_t opcode(Opcode code) { return static_cast<uint64_t>(code); }
  uint64_t commit() { return at(random_.one_in(3) ? 1 : 0, 8); }

  uint32_t id(uint32_t few, uint32_t all) {
    if (random_.one_in(300)) return random_.one_in(2) ? all & 0xffff : random_.below(65536);
    if (few == 0) return 0;
    const uint32_t n = random_.below(few);
    return n % 2 == 0 ? n : all - 1 - n / 2;  // from both ends
  }
  uint32_t book() { return id(books_, profile_.books); }
  uint32_t basket() { return id(baskets_, profile_.baskets); }

  uint64_t size() {
    switch (random_.below(8)) {
      case 0:
      case 1: return 0;
      case 2: return kSizeMax - random_.below(2);
      case 3: return random_.next() & kSizeMax;
      default: return 1 + random_.below(3);
    }
  }

  uint32_t level(uint32_t id) {
    const uint32_t tick = id < ticks_.size() ? ticks_[id] : profile_.finest_tick;
    const uint32_t max = static_cast<uint32_t>(kPriceOne) / tick - 1;
    switch (random_.below(16)) {
      case 0: return random_.below(max + 3);
      case 1: return 1;
      case 2: return max;
      case 3: return (128 * random_.below(max / 128 + 1) + random_.below(2)) & 0xffff;
      default: {
        const uint32_t middle = max / 2 + random_.below(7);
        return middle < 3 ? 1 + random_.below(max) : middle - 3;
      }
    }
  }

  uint64_t tick() {
    const uint32_t value = random_.one_in(20) ? random_.below(1200) : kTicks[random_.below(6)];
    return value < profile_.finest_tick && !random_.one_in(10) ? profile_.finest_tick : value;
  }

  void make(uint64_t* words) {
    const uint32_t dice = random_.below(1000);
    if (dice < 600) return level_set(words);
    if (dice < 720) return book_command(words, dice % 8);
    if (dice < 880) return basket_command(words, dice % 8);
    if (dice < 950) return fair_command(words);
    if (dice < 995) return query(words);
    if (dice < 998) return restore(words);
    words[0] = random_.next();
    words[1] = random_.next();
  }

  void level_set(uint64_t* words) {
    const uint32_t id = book();
    words[0] = opcode(Opcode::kLevelSet) | commit() | at(random_.below(2), 9) | at(id, 16) | at(level(id), 32);
    words[1] = size();
  }

  void book_command(uint64_t* words, uint32_t choice) {
    const uint32_t id = book();
    if (choice == 0) {
      begin(words, id, tick());
    } else if (choice <= 3) {
      words[0] = opcode(Opcode::kBookLive) | commit() | at(id, 16);
    } else if (choice <= 5) {
      const uint64_t rate = random_.one_in(4) ? random_.next() & kFeeRateMax : random_.below(3) * uint64_t{859};
      words[0] = opcode(Opcode::kBookFee) | commit() | at(id, 16) | at(rate, 32);
    } else if (choice == 6 && random_.one_in(3)) {
      words[0] = opcode(Opcode::kBookStale) | commit() | at(id, 16);
    } else {
      words[0] = opcode(Opcode::kBookMask) | at(id, 16) | at(random_.one_in(3) ? random_.below(4) : 0, 32);
    }
  }

  void begin(uint64_t* words, uint32_t id, uint64_t tick) {
    words[0] = opcode(Opcode::kBookBegin) | commit() | at(id, 16) | at(tick, 32);
    if (id < ticks_.size() && tick != 0) ticks_[id] = static_cast<uint16_t>(tick > 5000 ? 5000 : tick);
  }

  void basket_command(uint64_t* words, uint32_t choice) {
    const uint64_t where = at(basket(), 16);
    if (choice == 0) {
      const uint64_t payout = random_.one_in(20) ? random_.next() & 0xffffffff : 900000 + random_.below(300000);
      words[0] = opcode(Opcode::kBasketCreate) | where | at(payout, 32);
      words[1] = random_.one_in(20) ? random_.below(256) : 1 + random_.below(7);
    } else if (choice <= 3) {
      words[0] = opcode(Opcode::kBasketLeg) | at(random_.below(2), 9) | where | at(book(), 32);
    } else if (choice <= 5) {
      const uint32_t edge = random_.below(400000) - 300000;
      words[0] = opcode(Opcode::kBasketArm) | where | at(random_.one_in(10) ? random_.next() & 0xffffffff : edge, 32);
      words[1] = random_.one_in(2) ? 0 : size();
    } else if (choice == 6) {
      words[0] = opcode(random_.one_in(3) ? Opcode::kBasketDisarm : Opcode::kBasketRemove) | where;
      if (random_.one_in(3)) words[0] = opcode(Opcode::kBasketDisarm) | where;
    } else {
      words[0] = opcode(Opcode::kBasketMask) | where | at(random_.one_in(3) ? 1 : 0, 32);
    }
  }

  void fair_command(uint64_t* words) {
    const uint64_t where = at(book(), 16);
    if (random_.one_in(3)) {
      words[0] = opcode(Opcode::kFairClear) | where;
      return;
    }
    words[0] = opcode(Opcode::kFairSet) | where | at(random_.below(1000000) + (random_.one_in(50) ? 500000 : 0), 32);
    words[1] = random_.one_in(4) ? random_.below(1010000) : random_.below(1000);
  }

  void query(uint64_t* words) {
    words[0] = random_.one_in(2) ? opcode(Opcode::kFence) | at(random_.next() & 0xffffffff, 32)
                                 : opcode(Opcode::kBookDigest) | at(book(), 16);
  }

  // A restore in one go, half of them without a mistake; or one of its records alone.
  void restore(uint64_t* words) {
    switch (random_.below(8)) {
      case 0:
        words[0] = opcode(Opcode::kRestoreBegin);
        restore_left_ = random_.below(60) + 2;
        restore_has_mistake_ = random_.one_in(2);
        break;
      case 1: return restore_counts(words);
      default: restore_end(words);
    }
  }

  void inside_restore(uint64_t* words) {
    const uint32_t left = --restore_left_;
    if (left == 0) return restore_end(words);
    if (left == 1 && !random_.one_in(10)) return restore_counts(words);
    if (restore_has_mistake_ && random_.one_in(20)) return make(words);
    const uint32_t id = random_.below(books_);
    if (left % 3 == 0) return begin(words, id, profile_.finest_tick);
    words[0] = left % 3 == 2 ? opcode(Opcode::kBookFee) | commit() | at(id, 16) | at(random_.below(9000), 32)
                             : opcode(Opcode::kBookMask) | at(id, 16);
    if (left % 3 == 2 && profile_.books_per_message < books_) words[0] |= 0x100;  // no message gets too long
  }

  void restore_counts(uint64_t* words) {
    words[0] = opcode(Opcode::kRestoreCounts) | at((random_.next() & kSizeMax) >> random_.below(40), 16);
    words[1] = random_.one_in(2) ? kSizeMax - random_.below(3) : random_.below(1000);
  }

  void restore_end(uint64_t* words) {
    words[0] = opcode(Opcode::kRestoreEnd) | at(random_.next() & 0xffffffff, 32);
  }

  const Profile profile_;
  Random random_;
  std::vector<uint16_t> ticks_;  // of the last BOOK_BEGIN; it may have been refused
  uint32_t books_;
  uint32_t baskets_;
  uint32_t restore_left_ = 0;  // records until the end of a restore in one go
  bool restore_has_mistake_ = false;
};

}  // namespace gatebook

// Command programs for the benches. Made before the clock starts, from a seed.
#pragma once
#include <cstdint>
#include <cstring>
#include <vector>

#include "../../native/generated/contract.h"
#include "../../native/test/random_commands.h"

namespace gatebook {

struct Program {
  std::vector<uint8_t> bytes;
  size_t commands() const { return bytes.size() / kCommandBytes; }

  void add(uint64_t lo, uint64_t hi) {
    const size_t at = bytes.size();
    bytes.resize(at + kCommandBytes);
    std::memcpy(&bytes[at], &lo, 8);
    std::memcpy(&bytes[at + 8], &hi, 8);
  }
  void begin(uint32_t book, uint32_t tick) { add(1ULL | uint64_t{book} << 16 | uint64_t{tick} << 32, 0); }
  void live(uint32_t book) { add(2ULL | 1ULL << 8 | uint64_t{book} << 16, 0); }
  void fee(uint32_t book, uint32_t rate) { add(5ULL | uint64_t{book} << 16 | uint64_t{rate} << 32, 0); }
  void level(uint32_t book, uint32_t side, uint32_t level, uint64_t size, bool commit) {
    add(4ULL | uint64_t{commit} << 8 | uint64_t{side} << 9 | uint64_t{book} << 16 | uint64_t{level} << 32, size);
  }
  void basket(uint32_t id, uint32_t payout) { add(0x20ULL | uint64_t{id} << 16 | uint64_t{payout} << 32, 1); }
  void leg(uint32_t id, uint32_t book, uint32_t outcome) {
    add(0x21ULL | uint64_t{outcome} << 9 | uint64_t{id} << 16 | uint64_t{book} << 32, 0);
  }
  void arm(uint32_t id, int32_t min_edge) {
    add(0x22ULL | uint64_t{id} << 16 | static_cast<uint64_t>(static_cast<uint32_t>(min_edge)) << 32, 0);
  }
};

// A random walk of one book on the grid of `levels` levels: knows which levels hold a size.
class BookWalk {
 public:
  BookWalk(uint32_t levels, Random* random) : levels_(levels), random_(random), held_{} {
    for (auto& side : held_) side.assign(levels + 2, false);
    bid_ = levels / 2 - 1;
    ask_ = levels / 2 + 2;
    for (uint32_t depth = 0; depth < kDepth; ++depth) {
      held_[0][bid_ - depth] = true;
      held_[1][ask_ + depth] = true;
    }
  }

  struct Step {
    uint32_t side;
    uint32_t level;
    uint64_t size;
  };

  // The levels that the walk starts with.
  std::vector<Step> start() {
    std::vector<Step> steps;
    for (uint32_t depth = 0; depth < kDepth; ++depth) {
      steps.push_back({0, bid_ - depth, size()});
      steps.push_back({1, ask_ + depth, size()});
    }
    return steps;
  }

  // Moves the best price of a side by one held level: in, by a new level, or out, by removing the best one.
  Step move_touch(uint32_t side) {
    uint32_t& best = side == 0 ? bid_ : ask_;
    const bool narrow = ask_ - bid_ <= 1;
    const bool wide = ask_ - bid_ >= 8;
    const int32_t drift = static_cast<int32_t>(bid_ + ask_ - levels_) / 2;
    bool inwards = random_->one_in(2);
    if (drift > kMostDrift || drift < -kMostDrift) inwards = (drift < 0) == (side == 0);  // back to the middle
    if (!narrow && (wide || inwards)) {
      best = side == 0 ? best + 1 : best - 1;
      held_[side][best] = true;
      return {side, best, size()};
    }
    const uint32_t removed = best;
    held_[side][removed] = false;
    do best = side == 0 ? best - 1 : best + 1;
    while (!held_[side][best]);
    return {side, removed, 0};
  }

  // A new size behind the best level; `remove`: takes a level away, if it finds one.
  Step behind_touch(bool remove) {
    const uint32_t side = random_->below(2);
    for (uint32_t tries = 0;; ++tries) {
      const uint32_t depth = 1 + random_->below(random_->one_in(2) ? 8 : kDepth);
      const uint32_t level = side == 0 ? bid_ - depth : ask_ + depth;
      const bool last = depth == kDepth;  // stays, so that the walk never runs out
      if (remove && (!held_[side][level] || last) && tries < 100) continue;
      held_[side][level] = !remove || last;
      return {side, level, remove && !last ? 0 : size()};
    }
  }

  uint64_t size() { return 1000000 + random_->below(1000000000); }

 private:
  static constexpr uint32_t kDepth = 60;
  static constexpr int32_t kMostDrift = 25;
  uint32_t levels_;
  Random* random_;
  std::vector<bool> held_[2];
  uint32_t bid_;
  uint32_t ask_;
};

}  // namespace gatebook

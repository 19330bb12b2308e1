// The peer: a dense ladder of one book with a two-level bitmap and the best level tracked; no records, no checks.
#pragma once
#include <cstdint>
#include <vector>

namespace gatebook {

// kTuned: without branches on what cannot be foreseen (the side, whether a level comes or goes), as the engine does it;
// otherwise as one writes it first.
template <bool kTuned>
class BareLadder {
 public:
  explicit BareLadder(uint32_t levels) : levels_(levels) {
    for (auto& side : sides_) {
      side.sizes.assign(levels, 0);
      side.words.assign((levels + 63) / 64, 0);
    }
  }

  void set(uint32_t side_index, uint32_t level, uint64_t size) {
    Side& side = sides_[side_index];
    const uint32_t bids = side_index - 1;  // all ones for a bid
    const uint32_t slot = kTuned             ? ((level - 1) ^ bids) + (levels_ & bids)
                          : side_index != 0 ? level - 1
                                            : levels_ - level;
    side.sizes[slot] = size;
    const uint64_t bit = uint64_t{1} << (slot % 64);
    const uint64_t top_bit = uint64_t{1} << (slot / 64);
    uint64_t& word = side.words[slot / 64];
    if (kTuned) {
      word = (word & ~bit) | uint64_t{size != 0} << (slot % 64);
      side.top = (side.top & ~top_bit) | uint64_t{word != 0} << (slot / 64);
      if (slot <= side.best) find_best(&side);
    } else {
      word = size != 0 ? word | bit : word & ~bit;
      side.top = word != 0 ? side.top | top_bit : side.top & ~top_bit;
      if (slot < side.best && size != 0) {
        side.best = slot;
      } else if (slot == side.best && size == 0) {
        find_best(&side);
      }
    }
  }

  uint32_t best(uint32_t side) const { return sides_[side].best; }

 private:
  static constexpr uint32_t kNone = 0xffffffff;
  struct Side {
    std::vector<uint64_t> sizes;
    std::vector<uint64_t> words;
    uint64_t top = 0;  // at most 64 words: 4,096 levels
    uint32_t best = kNone;
  };

  static void find_best(Side* side) {
    if (side->top == 0) {
      side->best = kNone;
      return;
    }
    const uint32_t first = static_cast<uint32_t>(__builtin_ctzll(side->top));
    side->best = first * 64 + static_cast<uint32_t>(__builtin_ctzll(side->words[first]));
  }

  uint32_t levels_;
  Side sides_[2];
};

}  // namespace gatebook

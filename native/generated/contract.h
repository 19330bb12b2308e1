// Generated from src/contract/definition.ts by `npm run generate`. Do not edit.
#pragma once
#include <cstdint>

namespace gatebook {

constexpr char kContractDigest[] = "2e0f32c12d22c828";
constexpr uint32_t kCommandBytes = 16;
constexpr uint32_t kEventBytes = 32;
constexpr uint64_t kPriceOne = 10000ULL;  // price of a certain share, in 1e-4 USD: 1 USD
constexpr uint64_t kMicroPerPrice = 100ULL;  // micro (1e-6 USD) in one price unit (1e-4 USD)
constexpr uint64_t kMicroOne = 1000000ULL;  // micro in 1 USD: what a winning share pays
constexpr uint64_t kPageLevels = 128ULL;  // levels in one page
constexpr uint64_t kSizeMax = 281474976710655ULL;  // largest size, in 1e-6 share
constexpr uint64_t kFeeRateMax = 16777215ULL;  // largest fee rate, in 2^-32 micro per P*(10,000-P)
constexpr uint64_t kPayoutMax = 256000000ULL;  // largest payout of a basket, in micro a share
constexpr uint64_t kFairMax = 1000000ULL;  // largest fair value and largest band, in micro
constexpr uint64_t kCounterModulo = 281474976710656ULL;  // record index and event count wrap here
constexpr uint32_t kTicks[] = {1, 10, 25, 50, 100, 1000};

// Byte 0 of a command.
enum class Opcode : uint8_t {
  kBookBegin = 1,
  kBookLive = 2,
  kBookStale = 3,
  kLevelSet = 4,
  kBookFee = 5,
  kBookMask = 6,
  kBasketCreate = 32,
  kBasketLeg = 33,
  kBasketArm = 34,
  kBasketDisarm = 35,
  kBasketRemove = 36,
  kBasketMask = 37,
  kFairSet = 64,
  kFairClear = 65,
  kRestoreBegin = 224,
  kRestoreCounts = 225,
  kRestoreEnd = 226,
  kFence = 240,
  kBookDigest = 241,
};

// Byte 0 of an event.
enum class EventType : uint8_t {
  kTop = 1,
  kSignal = 2,
  kRefused = 3,
  kFence = 4,
  kBookDigest = 5,
  kResetDone = 6,
};

// state of a book (clause BOOK-1)
enum class BookState : uint8_t {
  kEmpty = 0,
  kBuilding = 1,
  kLive = 2,
  kStale = 3,
};

// side of a ladder
enum class Side : uint8_t {
  kBid = 0,
  kAsk = 1,
};

// the token that a leg buys
enum class Outcome : uint8_t {
  kYes = 0,
  kNo = 1,
};

// what a signal means; 1..7 are basket kinds
enum class SignalKind : uint8_t {
  kCross = 1,
  kComplementLong = 2,
  kComplementShort = 3,
  kMultiLong = 4,
  kMultiShort = 5,
  kImplication = 6,
  kTwoVenue = 7,
  kFairBuy = 8,
  kFairSell = 9,
};

// what happened to a signal
enum class SignalAction : uint8_t {
  kOpen = 1,
  kChange = 2,
  kClose = 3,
};

// why a record was refused
enum class ErrorCode : uint8_t {
  kUnknownOpcode = 1,
  kReservedBits = 2,
  kBookRange = 3,
  kTickInvalid = 4,
  kTickTooFine = 5,
  kBookState = 6,
  kLevelRange = 7,
  kMessageLimit = 8,
  kPageLimit = 9,
  kBasketRange = 10,
  kBasketExists = 11,
  kBasketAbsent = 12,
  kBasketArmed = 13,
  kBasketNoLegs = 14,
  kKindInvalid = 15,
  kPayoutRange = 16,
  kLegDuplicate = 17,
  kBasketLegsLimit = 18,
  kLegsLimit = 19,
  kFairRange = 20,
  kBandRange = 21,
  kFairLimit = 22,
  kFairAbsent = 23,
  kNotRestoring = 24,
  kInRestore = 25,
  kRestoreFailed = 26,
  kCountsMissing = 27,
};

// The parameter of the kernel function (clause RESET-2).
struct Profile {
  uint32_t books;  // 1..65536: book ids 0..books-1
  uint32_t pages;  // 0..1048576: pages of 128 levels, over all books and sides
  uint32_t baskets;  // 0..65536: basket ids 0..baskets-1
  uint32_t legs;  // 0..1048576: legs over all baskets
  uint32_t legs_per_basket;  // 0..256: legs in one basket
  uint32_t fairs;  // 0..65536: books with a fair value at one time
  uint32_t books_per_message;  // 1..65536: books that one message may touch
  uint32_t finest_tick;  // 1..1000: finest tick allowed, one of the ticks
};

// Bits that must be 0 in a command (clause REC-3); defined is false where byte 0 is no opcode (clause REC-2).
struct ReservedBits {
  uint64_t lo;
  uint64_t hi;
  bool defined;
};
constexpr ReservedBits reserved_bits(uint32_t opcode) {
  switch (opcode) {
    case 0x1: return {0xffff00000000fe00ULL, 0xffffffffffffffffULL, true};  // BOOK_BEGIN
    case 0x2: return {0xffffffff0000fe00ULL, 0xffffffffffffffffULL, true};  // BOOK_LIVE
    case 0x3: return {0xffffffff0000fe00ULL, 0xffffffffffffffffULL, true};  // BOOK_STALE
    case 0x4: return {0xffff00000000fc00ULL, 0xffff000000000000ULL, true};  // LEVEL_SET
    case 0x5: return {0xff0000000000fe00ULL, 0xffffffffffffffffULL, true};  // BOOK_FEE
    case 0x6: return {0xfffffffc0000ff00ULL, 0xffffffffffffffffULL, true};  // BOOK_MASK
    case 0x20: return {0x000000000000ff00ULL, 0xffffffffffffff00ULL, true};  // BASKET_CREATE
    case 0x21: return {0xffff00000000fd00ULL, 0xffffffffffffffffULL, true};  // BASKET_LEG
    case 0x22: return {0x000000000000ff00ULL, 0xffff000000000000ULL, true};  // BASKET_ARM
    case 0x23: return {0xffffffff0000ff00ULL, 0xffffffffffffffffULL, true};  // BASKET_DISARM
    case 0x24: return {0xffffffff0000ff00ULL, 0xffffffffffffffffULL, true};  // BASKET_REMOVE
    case 0x25: return {0xfffffffe0000ff00ULL, 0xffffffffffffffffULL, true};  // BASKET_MASK
    case 0x40: return {0x000000000000ff00ULL, 0xffffffff00000000ULL, true};  // FAIR_SET
    case 0x41: return {0xffffffff0000ff00ULL, 0xffffffffffffffffULL, true};  // FAIR_CLEAR
    case 0xe0: return {0xffffffffffffff00ULL, 0xffffffffffffffffULL, true};  // RESTORE_BEGIN
    case 0xe1: return {0x000000000000ff00ULL, 0xffff000000000000ULL, true};  // RESTORE_COUNTS
    case 0xe2: return {0x00000000ffffff00ULL, 0xffffffffffffffffULL, true};  // RESTORE_END
    case 0xf0: return {0x00000000ffffff00ULL, 0xffffffffffffffffULL, true};  // FENCE
    case 0xf1: return {0xffffffff0000ff00ULL, 0xffffffffffffffffULL, true};  // BOOK_DIGEST
    default: return {~0ULL, ~0ULL, false};
  }
}

// Command fields; lo is bytes 0..7 of the record, hi bytes 8..15, little-endian.
inline uint32_t book_begin_commit(uint64_t lo) { return static_cast<uint32_t>((lo >> 8) & 0x1ULL); }
inline uint32_t book_begin_book(uint64_t lo) { return static_cast<uint32_t>((lo >> 16) & 0xffffULL); }
inline uint32_t book_begin_tick(uint64_t lo) { return static_cast<uint32_t>((lo >> 32) & 0xffffULL); }
inline uint32_t book_live_commit(uint64_t lo) { return static_cast<uint32_t>((lo >> 8) & 0x1ULL); }
inline uint32_t book_live_book(uint64_t lo) { return static_cast<uint32_t>((lo >> 16) & 0xffffULL); }
inline uint32_t book_stale_commit(uint64_t lo) { return static_cast<uint32_t>((lo >> 8) & 0x1ULL); }
inline uint32_t book_stale_book(uint64_t lo) { return static_cast<uint32_t>((lo >> 16) & 0xffffULL); }
inline uint32_t level_set_commit(uint64_t lo) { return static_cast<uint32_t>((lo >> 8) & 0x1ULL); }
inline uint32_t level_set_side(uint64_t lo) { return static_cast<uint32_t>((lo >> 9) & 0x1ULL); }
inline uint32_t level_set_book(uint64_t lo) { return static_cast<uint32_t>((lo >> 16) & 0xffffULL); }
inline uint32_t level_set_level(uint64_t lo) { return static_cast<uint32_t>((lo >> 32) & 0xffffULL); }
inline uint64_t level_set_size(uint64_t hi) { return static_cast<uint64_t>(hi & 0xffffffffffffULL); }
inline uint32_t book_fee_commit(uint64_t lo) { return static_cast<uint32_t>((lo >> 8) & 0x1ULL); }
inline uint32_t book_fee_book(uint64_t lo) { return static_cast<uint32_t>((lo >> 16) & 0xffffULL); }
inline uint32_t book_fee_rate(uint64_t lo) { return static_cast<uint32_t>((lo >> 32) & 0xffffffULL); }
inline uint32_t book_mask_book(uint64_t lo) { return static_cast<uint32_t>((lo >> 16) & 0xffffULL); }
inline uint32_t book_mask_mask_top(uint64_t lo) { return static_cast<uint32_t>((lo >> 32) & 0x1ULL); }
inline uint32_t book_mask_mask_fair(uint64_t lo) { return static_cast<uint32_t>((lo >> 33) & 0x1ULL); }
inline uint32_t basket_create_basket(uint64_t lo) { return static_cast<uint32_t>((lo >> 16) & 0xffffULL); }
inline uint32_t basket_create_payout(uint64_t lo) { return static_cast<uint32_t>((lo >> 32) & 0xffffffffULL); }
inline uint32_t basket_create_kind(uint64_t hi) { return static_cast<uint32_t>(hi & 0xffULL); }
inline uint32_t basket_leg_outcome(uint64_t lo) { return static_cast<uint32_t>((lo >> 9) & 0x1ULL); }
inline uint32_t basket_leg_basket(uint64_t lo) { return static_cast<uint32_t>((lo >> 16) & 0xffffULL); }
inline uint32_t basket_leg_book(uint64_t lo) { return static_cast<uint32_t>((lo >> 32) & 0xffffULL); }
inline uint32_t basket_arm_basket(uint64_t lo) { return static_cast<uint32_t>((lo >> 16) & 0xffffULL); }
inline int32_t basket_arm_min_edge(uint64_t lo) { return static_cast<int32_t>((lo >> 32) & 0xffffffffULL); }
inline uint64_t basket_arm_min_size(uint64_t hi) { return static_cast<uint64_t>(hi & 0xffffffffffffULL); }
inline uint32_t basket_disarm_basket(uint64_t lo) { return static_cast<uint32_t>((lo >> 16) & 0xffffULL); }
inline uint32_t basket_remove_basket(uint64_t lo) { return static_cast<uint32_t>((lo >> 16) & 0xffffULL); }
inline uint32_t basket_mask_basket(uint64_t lo) { return static_cast<uint32_t>((lo >> 16) & 0xffffULL); }
inline uint32_t basket_mask_mask_signal(uint64_t lo) { return static_cast<uint32_t>((lo >> 32) & 0x1ULL); }
inline uint32_t fair_set_book(uint64_t lo) { return static_cast<uint32_t>((lo >> 16) & 0xffffULL); }
inline uint32_t fair_set_fair(uint64_t lo) { return static_cast<uint32_t>((lo >> 32) & 0xffffffffULL); }
inline uint32_t fair_set_band(uint64_t hi) { return static_cast<uint32_t>(hi & 0xffffffffULL); }
inline uint32_t fair_clear_book(uint64_t lo) { return static_cast<uint32_t>((lo >> 16) & 0xffffULL); }
inline uint64_t restore_counts_index(uint64_t lo) { return static_cast<uint64_t>((lo >> 16) & 0xffffffffffffULL); }
inline uint64_t restore_counts_events(uint64_t hi) { return static_cast<uint64_t>(hi & 0xffffffffffffULL); }
inline uint32_t restore_end_crc(uint64_t lo) { return static_cast<uint32_t>((lo >> 32) & 0xffffffffULL); }
inline uint32_t fence_token(uint64_t lo) { return static_cast<uint32_t>((lo >> 32) & 0xffffffffULL); }
inline uint32_t book_digest_book(uint64_t lo) { return static_cast<uint32_t>((lo >> 16) & 0xffffULL); }

// Event writers; out is four little-endian 64-bit words.
// TOP: the best prices or sizes of a published row changed (clause ROW-4)
inline void put_top(uint64_t* out, uint32_t book, uint32_t bid_price, uint32_t ask_price, uint64_t command, uint64_t bid_size, uint64_t ask_size) {
  out[0] = (1ULL) | (static_cast<uint64_t>(book) << 16) | (static_cast<uint64_t>(bid_price) << 32) | (static_cast<uint64_t>(ask_price) << 48);
  out[1] = (static_cast<uint64_t>(command));
  out[2] = (static_cast<uint64_t>(bid_size));
  out[3] = (static_cast<uint64_t>(ask_size));
}

// SIGNAL: a basket or fair-value signal opened, changed or closed
inline void put_signal(uint64_t* out, uint32_t action, uint32_t id, int32_t edge, uint64_t command, uint32_t kind, uint64_t size) {
  out[0] = (2ULL) | (static_cast<uint64_t>(action) << 8) | (static_cast<uint64_t>(id) << 16) | (static_cast<uint64_t>(static_cast<uint32_t>(edge)) << 32);
  out[1] = (static_cast<uint64_t>(command)) | (static_cast<uint64_t>(kind) << 48);
  out[2] = (static_cast<uint64_t>(size));
  out[3] = 0;
}

// REFUSED: a record was refused and changed nothing
inline void put_refused(uint64_t* out, uint32_t error, uint32_t id, uint32_t restore_record, uint64_t command, uint32_t restore_error, uint64_t record_lo, uint64_t record_hi) {
  out[0] = (3ULL) | (static_cast<uint64_t>(error) << 8) | (static_cast<uint64_t>(id) << 16) | (static_cast<uint64_t>(restore_record) << 32);
  out[1] = (static_cast<uint64_t>(command)) | (static_cast<uint64_t>(restore_error) << 48);
  out[2] = (record_lo);
  out[3] = (record_hi);
}

// FENCE: answer to FENCE
inline void put_fence(uint64_t* out, uint32_t token, uint64_t command, uint64_t records, uint64_t events, uint32_t crc) {
  out[0] = (4ULL) | (static_cast<uint64_t>(token) << 32);
  out[1] = (static_cast<uint64_t>(command));
  out[2] = (static_cast<uint64_t>(records)) | (static_cast<uint64_t>(events) << 48);
  out[3] = (static_cast<uint64_t>(events) >> 16) | (static_cast<uint64_t>(crc) << 32);
}

// BOOK_DIGEST: answer to BOOK_DIGEST
inline void put_book_digest(uint64_t* out, uint32_t state, uint32_t book, uint32_t crc, uint64_t command, uint32_t tick, uint32_t bids, uint32_t asks, uint32_t rate, uint32_t mask_top, uint32_t mask_fair) {
  out[0] = (5ULL) | (static_cast<uint64_t>(state) << 8) | (static_cast<uint64_t>(book) << 16) | (static_cast<uint64_t>(crc) << 32);
  out[1] = (static_cast<uint64_t>(command)) | (static_cast<uint64_t>(tick) << 48);
  out[2] = (static_cast<uint64_t>(bids)) | (static_cast<uint64_t>(asks) << 16) | (static_cast<uint64_t>(rate) << 32) | (static_cast<uint64_t>(mask_top) << 56) | (static_cast<uint64_t>(mask_fair) << 57);
  out[3] = 0;
}

// RESET_DONE: first record after a reset; outside count and CRC
inline void put_reset_done(uint64_t* out, uint32_t epoch) {
  out[0] = (6ULL) | (static_cast<uint64_t>(epoch) << 32);
  out[1] = 0;
  out[2] = 0;
  out[3] = 0;
}

}  // namespace gatebook

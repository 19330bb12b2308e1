// CRC-32 three ways. The folding follows the method of Gopal et al., "Fast CRC Computation for Generic Polynomials
// Using PCLMULQDQ Instruction" (Intel, 2009); every constant is computed below from the polynomial.
#include "crc32.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "records are little-endian and read as they lie");

namespace gatebook {
namespace {

constexpr uint32_t kPolynomial = 0xedb88320;  // x^32 + x^26 + ... + 1 without x^32, lowest power in the highest bit

constexpr uint32_t times_x(uint32_t value) { return (value >> 1) ^ ((value & 1) != 0 ? kPolynomial : 0); }

using Tables = std::array<std::array<uint32_t, 256>, 16>;

// tables[n][b]: what byte b does to the CRC when n more bytes follow it.
constexpr Tables make_tables() {
  Tables tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = times_x(value);
    tables[0][byte] = value;
  }
  for (size_t n = 1; n < 16; ++n) {
    for (uint32_t byte = 0; byte < 256; ++byte) {
      const uint32_t before = tables[n - 1][byte];
      tables[n][byte] = (before >> 8) ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

// One word of a step of 16 bytes; `after` bytes of the step follow the word.
inline uint32_t word_through_tables(uint32_t word, size_t after) {
  return kTables[after + 3][word & 0xff] ^ kTables[after + 2][(word >> 8) & 0xff] ^
         kTables[after + 1][(word >> 16) & 0xff] ^ kTables[after][word >> 24];
}

// `state` is the inverted CRC, as it stands between bytes.
uint32_t update_by_tables(uint32_t state, const uint8_t* data, size_t bytes) {
  for (; bytes >= 16; bytes -= 16, data += 16) {
    uint32_t words[4];
    std::memcpy(words, data, 16);
    state = word_through_tables(words[0] ^ state, 12) ^ word_through_tables(words[1], 8) ^
            word_through_tables(words[2], 4) ^ word_through_tables(words[3], 0);
  }
  for (; bytes > 0; --bytes, ++data) state = (state >> 8) ^ kTables[0][(state ^ *data) & 0xff];
  return state;
}

#if defined(__x86_64__)

// x^power modulo the polynomial, reflected into 33 bits, as a factor of a reflected carry-less product.
constexpr int64_t fold_factor(int power) {
  uint32_t value = 0x80000000;
  for (int n = 0; n < power; ++n) value = times_x(value);
  return static_cast<int64_t>(value) << 1;
}

// The quotient x^64 / polynomial, reflected into 33 bits (for Barrett's reduction).
constexpr int64_t reflected_quotient() {
  uint64_t quotient = 1;  // bit n is the power 32 - n
  uint32_t rest = kPolynomial;  // x^(31 + n) modulo the polynomial; bit 0 is its power 31, which divides next
  for (int n = 1; n <= 32; ++n) {
    quotient |= static_cast<uint64_t>(rest & 1U) << n;
    rest = times_x(rest);
  }
  return static_cast<int64_t>(quotient);
}

constexpr int64_t kReflectedPolynomial = (int64_t{kPolynomial} << 1) | 1;
constexpr int64_t kReflectedQuotient = reflected_quotient();
constexpr int64_t kOver64 = fold_factor(64);
constexpr int64_t kOver128Low = fold_factor(128 + 32);
constexpr int64_t kOver128High = fold_factor(128 - 32);
constexpr int64_t kOver512Low = fold_factor(512 + 32);
constexpr int64_t kOver512High = fold_factor(512 - 32);
constexpr int64_t kOver1024Low = fold_factor(1024 + 32);
constexpr int64_t kOver1024High = fold_factor(1024 - 32);

#define GATEBOOK_FOLDING __attribute__((target("pclmul,sse4.1")))

GATEBOOK_FOLDING inline __m128i load(const uint8_t* data) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(data));
}

// `value` moved as many bits further from the end as the factors say, modulo the polynomial, plus `next`.
GATEBOOK_FOLDING inline __m128i fold(__m128i value, __m128i factors, __m128i next) {
  const __m128i low = _mm_clmulepi64_si128(value, factors, 0x00);
  const __m128i high = _mm_clmulepi64_si128(value, factors, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

// 128 bits and the 32 zeros that follow every message: to 96 bits, to 64, then Barrett's reduction to 32.
GATEBOOK_FOLDING inline uint32_t reduce(__m128i sum) {
  const __m128i over_128 = _mm_set_epi64x(kOver128High, kOver128Low);
  const __m128i over_64 = _mm_set_epi64x(0, kOver64);
  const __m128i word = _mm_set_epi32(0, 0, 0, -1);
  sum = _mm_xor_si128(_mm_srli_si128(sum, 8), _mm_clmulepi64_si128(sum, over_128, 0x10));
  sum = _mm_xor_si128(_mm_srli_si128(sum, 4), _mm_clmulepi64_si128(_mm_and_si128(sum, word), over_64, 0x00));
  const __m128i barrett = _mm_set_epi64x(kReflectedQuotient, kReflectedPolynomial);
  const __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(sum, word), barrett, 0x10);
  const __m128i product = _mm_clmulepi64_si128(_mm_and_si128(quotient, word), barrett, 0x00);
  return static_cast<uint32_t>(_mm_extract_epi32(_mm_xor_si128(sum, product), 1));
}

// At least 16 bytes, a multiple of 16.
GATEBOOK_FOLDING uint32_t update_by_folding(uint32_t state, const uint8_t* data, size_t bytes) {
  const __m128i over_128 = _mm_set_epi64x(kOver128High, kOver128Low);
  __m128i sum = _mm_xor_si128(load(data), _mm_cvtsi32_si128(static_cast<int>(state)));
  data += 16;
  bytes -= 16;
  if (bytes >= 48) {
    // Four sums, so that four products are under way at a time.
    const __m128i over_512 = _mm_set_epi64x(kOver512High, kOver512Low);
    __m128i sum1 = load(data);
    __m128i sum2 = load(data + 16);
    __m128i sum3 = load(data + 32);
    data += 48;
    bytes -= 48;
    for (; bytes >= 64; bytes -= 64, data += 64) {
      sum = fold(sum, over_512, load(data));
      sum1 = fold(sum1, over_512, load(data + 16));
      sum2 = fold(sum2, over_512, load(data + 32));
      sum3 = fold(sum3, over_512, load(data + 48));
    }
    sum = fold(fold(fold(sum, over_128, sum1), over_128, sum2), over_128, sum3);
  }
  for (; bytes >= 16; bytes -= 16, data += 16) sum = fold(sum, over_128, load(data));
  return reduce(sum);
}

// Two blocks in one register: half as many products.
#define GATEBOOK_WIDE_FOLDING __attribute__((target("avx2,vpclmulqdq,pclmul,sse4.1")))

GATEBOOK_WIDE_FOLDING inline __m256i load_wide(const uint8_t* data) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data));
}

GATEBOOK_WIDE_FOLDING inline __m256i fold_wide(__m256i value, __m256i factors, __m256i next) {
  const __m256i low = _mm256_clmulepi64_epi128(value, factors, 0x00);
  const __m256i high = _mm256_clmulepi64_epi128(value, factors, 0x11);
  return _mm256_xor_si256(_mm256_xor_si256(low, high), next);
}

// At least 128 bytes, a multiple of 16.
GATEBOOK_WIDE_FOLDING uint32_t update_by_wide_folding(uint32_t state, const uint8_t* data, size_t bytes) {
  const __m256i over_1024 = _mm256_set_epi64x(kOver1024High, kOver1024Low, kOver1024High, kOver1024Low);
  const __m256i start = _mm256_set_epi32(0, 0, 0, 0, 0, 0, 0, static_cast<int>(state));
  __m256i sums[4] = {_mm256_xor_si256(load_wide(data), start), load_wide(data + 32), load_wide(data + 64),
                     load_wide(data + 96)};
  data += 128;
  bytes -= 128;
  for (; bytes >= 128; bytes -= 128, data += 128) {
    for (int n = 0; n < 4; ++n) sums[n] = fold_wide(sums[n], over_1024, load_wide(data + 32 * n));
  }
  const __m128i over_128 = _mm_set_epi64x(kOver128High, kOver128Low);
  __m128i sum = _mm256_castsi256_si128(sums[0]);
  for (int n = 0; n < 4; ++n) {
    if (n != 0) sum = fold(sum, over_128, _mm256_castsi256_si128(sums[n]));
    sum = fold(sum, over_128, _mm256_extracti128_si256(sums[n], 1));
  }
  for (; bytes >= 16; bytes -= 16, data += 16) sum = fold(sum, over_128, load(data));
  return reduce(sum);
}

bool detect_folding() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
}

bool detect_wide_folding() {
  __builtin_cpu_init();
  return detect_folding() && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("vpclmulqdq");
}

#else

uint32_t update_by_folding(uint32_t state, const uint8_t* data, size_t bytes) {
  return update_by_tables(state, data, bytes);
}

uint32_t update_by_wide_folding(uint32_t state, const uint8_t* data, size_t bytes) {
  return update_by_tables(state, data, bytes);
}

bool detect_folding() { return false; }
bool detect_wide_folding() { return false; }

#endif

using Update = uint32_t (*)(uint32_t, const uint8_t*, size_t);

// What does not fill a block of 16 bytes goes through the tables.
inline uint32_t in_blocks(Update update, uint32_t crc, const uint8_t* data, size_t bytes) {
  const size_t whole = bytes & ~size_t{15};
  uint32_t state = ~crc;
  if (whole != 0) state = update(state, data, whole);
  if (whole != bytes) state = update_by_tables(state, data + whole, bytes - whole);
  return ~state;
}

constexpr size_t kWideBytes = 256;  // from here on the wide way is the faster one

const bool kHasFolding = detect_folding();
const bool kHasWideFolding = detect_wide_folding();

}  // namespace

uint32_t crc32_tables(uint32_t crc, const uint8_t* data, size_t bytes) { return ~update_by_tables(~crc, data, bytes); }

uint32_t crc32_folding(uint32_t crc, const uint8_t* data, size_t bytes) {
  return in_blocks(update_by_folding, crc, data, bytes);
}

uint32_t crc32_wide_folding(uint32_t crc, const uint8_t* data, size_t bytes) {
  return in_blocks(bytes < 128 ? update_by_folding : update_by_wide_folding, crc, data, bytes);
}

bool crc32_has_folding() { return kHasFolding; }
bool crc32_has_wide_folding() { return kHasWideFolding; }

uint32_t crc32(uint32_t crc, const uint8_t* data, size_t bytes) {
  if (kHasWideFolding && bytes >= kWideBytes) return crc32_wide_folding(crc, data, bytes);
  return kHasFolding ? crc32_folding(crc, data, bytes) : crc32_tables(crc, data, bytes);
}

}  // namespace gatebook

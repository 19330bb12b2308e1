// The two functions of LZ4 that Verilator's FST writer calls, so that waveforms need no library to be installed: blocks
// that any LZ4 reader takes, found by one look in a table of the last places of four bytes. zlib.h comes with Node.
// Format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
#pragma once
#include <cstdint>
#include <cstring>
#include <vector>

inline int LZ4_compressBound(int size) { return size + size / 255 + 16; }

namespace gatebook_lz4 {

constexpr size_t kShortest = 4;      // match
constexpr size_t kLastLiterals = 5;  // a block ends in literals
constexpr size_t kNoMatchFrom = 12;  // bytes before the end in which no match may begin
constexpr size_t kFarthest = 65535;
constexpr int kHashBits = 14;

inline uint32_t word_at(const uint8_t* at) {
  uint32_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

inline uint8_t* put_length(uint8_t* out, size_t rest) {
  for (; rest >= 255; rest -= 255) *out++ = 255;
  *out++ = static_cast<uint8_t>(rest);
  return out;
}

// Literals, then a match; match 0: the end of the block.
inline uint8_t* put_sequence(uint8_t* out, const uint8_t* literals, size_t count, size_t offset, size_t match) {
  const size_t more = match == 0 ? 0 : match - kShortest;
  uint8_t* token = out++;
  *token = static_cast<uint8_t>((count < 15 ? count : 15) << 4 | (more < 15 ? more : 15));
  if (count >= 15) out = put_length(out, count - 15);
  std::memcpy(out, literals, count);
  out += count;
  if (match == 0) return out;
  *out++ = static_cast<uint8_t>(offset);
  *out++ = static_cast<uint8_t>(offset >> 8);
  return more >= 15 ? put_length(out, more - 15) : out;
}

}  // namespace gatebook_lz4

// `room` is LZ4_compressBound(size) or more, always enough. Returns the bytes written.
inline int LZ4_compress_default(const char* source, char* target, int size, int) {
  using namespace gatebook_lz4;
  const uint8_t* const begin = reinterpret_cast<const uint8_t*>(source);
  const size_t length = static_cast<size_t>(size);
  uint8_t* out = reinterpret_cast<uint8_t*>(target);
  std::vector<uint32_t> places(size_t{1} << kHashBits, 0);  // place + 1
  size_t done = 0;
  size_t at = 0;
  while (at + kNoMatchFrom < length) {
    uint32_t& place = places[word_at(begin + at) * 2654435761U >> (32 - kHashBits)];
    const size_t before = place;
    place = static_cast<uint32_t>(at + 1);
    if (before == 0 || at + 1 - before > kFarthest || word_at(begin + before - 1) != word_at(begin + at)) {
      ++at;
      continue;
    }
    size_t match = kShortest;
    while (at + match + kLastLiterals < length && begin[before - 1 + match] == begin[at + match]) ++match;
    out = put_sequence(out, begin + done, at - done, at + 1 - before, match);
    at += match;
    done = at;
  }
  out = put_sequence(out, begin + done, length - done, 0, 0);
  return static_cast<int>(out - reinterpret_cast<uint8_t*>(target));
}

// Goal: all ways to compute the CRC agree with each other, with known values and with their own pieces.
#include "../crc32.h"

#include <cstdio>
#include <cstring>
#include <vector>

#include "random_commands.h"

using gatebook::crc32;
using gatebook::crc32_folding;
using gatebook::crc32_has_folding;
using gatebook::crc32_has_wide_folding;
using gatebook::crc32_tables;
using gatebook::crc32_wide_folding;

namespace {

int failures = 0;

void expect(bool holds, const char* what, size_t detail) {
  if (holds) return;
  failures++;
  std::printf("FAILED: %s (%zu)\n", what, detail);
}

// The definition: one bit at a time.
uint32_t by_bits(uint32_t crc, const uint8_t* data, size_t bytes) {
  crc = ~crc;
  for (size_t n = 0; n < bytes; ++n) {
    crc ^= data[n];
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0);
  }
  return ~crc;
}

void known(const char* text, uint32_t crc) {
  const auto* data = reinterpret_cast<const uint8_t*>(text);
  const size_t bytes = std::strlen(text);
  expect(by_bits(0, data, bytes) == crc, "the definition gives the known value", bytes);
  expect(crc32_tables(0, data, bytes) == crc, "the tables give the known value", bytes);
  expect(crc32(0, data, bytes) == crc, "crc32 gives the known value", bytes);
  if (crc32_has_folding()) expect(crc32_folding(0, data, bytes) == crc, "folding gives the known value", bytes);
}

}  // namespace

int main() {
  known("", 0);
  known("a", 0xe8b7be43);
  known("123456789", 0xcbf43926);
  known("The quick brown fox jumps over the lazy dog", 0x414fa339);
  known("The quick brown fox jumps over the lazy dog; The quick brown fox jumps over the lazy dog", 0x20424178);

  gatebook::Random random(7);
  std::vector<uint8_t> data(5000);
  for (uint8_t& byte : data) byte = static_cast<uint8_t>(random.next() >> 56);
  for (size_t bytes = 0; bytes < 700; ++bytes) {
    for (size_t offset = 0; offset < 17; ++offset) {
      const uint32_t start = static_cast<uint32_t>(random.next());
      const uint32_t expected = by_bits(start, data.data() + offset, bytes);
      expect(crc32_tables(start, data.data() + offset, bytes) == expected, "tables and definition agree", bytes);
      expect(crc32(start, data.data() + offset, bytes) == expected, "crc32 and definition agree", bytes);
      if (crc32_has_folding()) {
        expect(crc32_folding(start, data.data() + offset, bytes) == expected, "folding and definition agree", bytes);
      }
      if (crc32_has_wide_folding()) {
        expect(crc32_wide_folding(start, data.data() + offset, bytes) == expected, "wide folding agrees", bytes);
      }
    }
  }
  for (int round = 0; round < 2000; ++round) {
    const size_t cut = random.below(static_cast<uint32_t>(data.size()));
    const uint32_t whole = crc32(0, data.data(), data.size());
    const uint32_t pieces = crc32(crc32(0, data.data(), cut), data.data() + cut, data.size() - cut);
    expect(whole == pieces, "pieces join", cut);
  }
  std::printf("crc32: %d failures; folding %s; wide folding %s\n", failures,
              crc32_has_folding() ? "tested" : "NOT RUN: no PCLMULQDQ",
              crc32_has_wide_folding() ? "tested" : "NOT RUN: no VPCLMULQDQ");
  return failures == 0 ? 0 : 1;
}

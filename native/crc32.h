// CRC-32 (IEEE 802.3, reflected, as in zlib): clause INT-1.
#pragma once
#include <cstddef>
#include <cstdint>

namespace gatebook {

// Continues `crc` (0 for no bytes) over `bytes` bytes, with the fastest way that this processor has.
uint32_t crc32(uint32_t crc, const uint8_t* data, size_t bytes);

// The same through tables alone, 16 bytes a step: for any processor, and the check on the other.
uint32_t crc32_tables(uint32_t crc, const uint8_t* data, size_t bytes);

// The same by carry-less multiplication; only where crc32_has_folding() says so.
uint32_t crc32_folding(uint32_t crc, const uint8_t* data, size_t bytes);
bool crc32_has_folding();

// The same, two blocks at a time; only where crc32_has_wide_folding() says so.
uint32_t crc32_wide_folding(uint32_t crc, const uint8_t* data, size_t bytes);
bool crc32_has_wide_folding();

}  // namespace gatebook

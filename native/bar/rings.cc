#include "rings.h"

#include <cstring>

#include "../crc32.h"
#include "../generated/contract.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "lines are little-endian and read as they lie");

namespace gatebook {
namespace {

constexpr uint32_t kCrcBegin = ~kCrcSeed;  // the register as a CRC of the bytes before
constexpr size_t kCheckedBytes = kLineBytes - sizeof(uint32_t);
constexpr uint64_t kAllOnes = ~uint64_t{0};
// A full ring does not have to wait for the end of a call: the device is told every so often.
constexpr uint32_t kRingEvery = 32;

static_assert(kCommandLineCrc == kCheckedBytes && kEventLineCrc == kCheckedBytes, "the CRC ends a line");
static_assert(kEventLineEvent % 8 == 0 && kEventLineCycles % 8 == 0, "an event line is taken word by word");

// What was stored before is visible to the device before what is stored behind: a buffer that combines writes is not
// drained in order by itself, and an ordinary fence of the language does not know that it exists.
inline void fence_stores() {
#if defined(__x86_64__)
  _mm_sfence();
#elif defined(__aarch64__)
  __asm__ volatile("dmb oshst" ::: "memory");
#else
  __sync_synchronize();
#endif
}

// What was loaded before is loaded before anything behind is stored: the device may overwrite a line once it is rung.
inline void fence_loads() {
#if defined(__x86_64__)
  __asm__ volatile("" ::: "memory");  // the processor keeps this order by itself
#elif defined(__aarch64__)
  __asm__ volatile("dmb osh" ::: "memory");
#else
  __sync_synchronize();
#endif
}

inline uint64_t head_of(uint32_t sequence, uint16_t generation, uint32_t count) {
  return uint64_t{sequence} | uint64_t{generation} << 32 | uint64_t{count} << 48;
}

inline uint32_t count_of(uint64_t head) { return static_cast<uint32_t>(head >> 48); }

bool is_power_of_two(uint32_t value) { return value != 0 && (value & (value - 1)) == 0; }

bool lies_inside(uint64_t offset, uint64_t bytes, uint32_t alignment, size_t window_bytes) {
  return offset % alignment == 0 && offset + bytes <= window_bytes;
}

}  // namespace

bool layout_fits(const BarLayout& layout, size_t window_bytes) {
  const uint64_t commands = uint64_t{layout.command_lines} * kLineBytes;
  const uint64_t events = uint64_t{layout.event_lines} * kLineBytes;
  return is_power_of_two(layout.command_lines) && is_power_of_two(layout.event_lines) &&
         lies_inside(layout.command_ring, commands, kLineBytes, window_bytes) &&
         lies_inside(layout.event_ring, events, kLineBytes, window_bytes) &&
         lies_inside(layout.command_doorbell, 4, 4, window_bytes) &&
         lies_inside(layout.event_doorbell, 4, 4, window_bytes) &&
         lies_inside(layout.control, kControlRefusedLines + 4, 4, window_bytes);
}

BarRings::BarRings(volatile uint8_t* base, const BarLayout& layout)
    : base_(base), layout_(layout), lines_(layout.command_lines) {}

uint32_t BarRings::read(uint32_t offset) const {
  return *reinterpret_cast<const volatile uint32_t*>(base_ + offset);
}

void BarRings::store(uint32_t offset, uint32_t value) const {
  *reinterpret_cast<volatile uint32_t*>(base_ + offset) = value;
}

void BarRings::reset(uint32_t epoch, uint16_t generation) {
  epoch_ = epoch;
  generation_ = generation;
  taken_ = written_ = next_event_ = counted_ = 0;
  first_lap_ = true;
  torn_noted_ = false;
  repeat_reset();
}

void BarRings::repeat_reset() {
  store(layout_.control + kControlResetEpoch, epoch_);
  fence_stores();
  store(layout_.control + kControlGeneration, generation_);
  fence_stores();
}

void BarRings::begin_at(uint32_t command_line, uint32_t event_line) {
  taken_ = written_ = command_line;
  next_event_ = event_line;
  first_lap_ = false;
}

// One write of 64 bytes where the processor combines, eight of 8 otherwise.
void BarRings::put(uint32_t index) const {
  const uint32_t slot = index & (layout_.command_lines - 1);
  const Line& line = lines_[slot];
  auto* place = reinterpret_cast<volatile uint64_t*>(base_ + layout_.command_ring + slot * kLineBytes);
  for (size_t n = 0; n < kLineBytes / 8; ++n) place[n] = line.words[n];
}

void BarRings::fill(uint32_t index, const uint8_t* commands, uint32_t count) {
  Line& line = lines_[index & (layout_.command_lines - 1)];
  auto* bytes = reinterpret_cast<uint8_t*>(line.words);
  const size_t length = count * kCommandBytes;
  line.words[0] = head_of(index, generation_, count);
  std::memcpy(bytes + kCommandLineCommands, commands, length);
  std::memset(bytes + kCommandLineCommands + length, 0, kLineBytes - kCommandLineCommands - length);
  const uint32_t crc = crc32(kCrcBegin, bytes, kCheckedBytes);
  std::memcpy(bytes + kCommandLineCrc, &crc, sizeof crc);
}

// Indices are modulo 2^32: a count is believed when it lies between what is known and what was written.
void BarRings::note_taken(uint32_t lines) {
  if (lines - taken_ <= written_ - taken_) taken_ = lines;
}

size_t BarRings::write(const uint8_t* commands, size_t bytes, size_t from) {
  if (written_ - taken_ >= layout_.command_lines) note_taken(read(layout_.control + kControlCommandLines));
  uint32_t unrung = 0;
  const auto ring_commands = [&] {
    fence_stores();
    store(layout_.command_doorbell, written_);
    unrung = 0;
  };
  while (from < bytes && written_ - taken_ < layout_.command_lines) {
    const size_t left = (bytes - from) / kCommandBytes;
    const uint32_t count = left < kCommandsPerLine ? static_cast<uint32_t>(left) : kCommandsPerLine;
    fill(written_, commands + from, count);
    put(written_);
    written_ += 1;
    from += count * kCommandBytes;
    if (++unrung == kRingEvery) ring_commands();
  }
  if (unrung != 0) ring_commands();
  return from;
}

// A slot may hold a line of another reset with this sequence and generation, from before the device began anew. Only in
// the first lap: later ones overwrite lines of this reset. So the first lap asks the counter too.
bool BarRings::is_counted() {
  if (!first_lap_) return true;
  if (next_event_ == counted_) {
    counted_ = read(layout_.control + kControlEventLines);
    fence_loads();
  }
  if (counted_ == ~uint32_t{0}) line_state_ = LineState::kAllOnes;
  return counted_ != ~uint32_t{0} && next_event_ < counted_;
}

// A copy of the next event line: the device may be writing it.
void BarRings::copy_event(Line* line) const {
  const uint32_t slot = next_event_ & (layout_.event_lines - 1);
  const auto* place = reinterpret_cast<const volatile uint64_t*>(base_ + layout_.event_ring + slot * kLineBytes);
  const uint64_t expected = head_of(next_event_, generation_, 1);
  line->words[0] = place[0];
  // A look in vain costs one read.
  for (size_t n = 1; n < kLineBytes / 8 && line->words[0] == expected; ++n) line->words[n] = place[n];
}

LineState BarRings::judge(const Line& line) const {
  if (line.words[0] == kAllOnes) return LineState::kAllOnes;
  if (line.words[0] != head_of(next_event_, generation_, 1)) return LineState::kOther;
  const auto* bytes = reinterpret_cast<const uint8_t*>(line.words);
  uint32_t crc;
  std::memcpy(&crc, bytes + kEventLineCrc, sizeof crc);
  return crc32(kCrcBegin, bytes, kCheckedBytes) == crc ? LineState::kRight : LineState::kTorn;
}

// A line is torn for a moment while the device writes it, which is nobody's fault; once it is counted it may not be.
LineState BarRings::look_again(Line* line) {
  const uint32_t counted = read(layout_.control + kControlEventLines) - next_event_;
  if (counted == 0 || counted > layout_.event_lines) return LineState::kTorn;
  fence_loads();
  copy_event(line);
  const LineState state = judge(*line);
  if (state == LineState::kTorn && !torn_noted_) {
    torn_ += 1;
    torn_noted_ = true;
  }
  return state;
}

bool BarRings::take(uint8_t* out) {
  Line line;
  copy_event(&line);
  line_state_ = judge(line);
  if (line_state_ == LineState::kTorn) line_state_ = look_again(&line);
  if (line_state_ != LineState::kRight) return false;
  const auto* bytes = reinterpret_cast<const uint8_t*>(line.words);
  std::memcpy(out, bytes + kEventLineEvent, kEventBytes);
  uint32_t lines;
  std::memcpy(&lines, bytes + kEventLineCommandLines, sizeof lines);
  note_taken(lines);
  cycles_ = line.words[kEventLineCycles / 8];
  return true;
}

size_t BarRings::poll(uint8_t* out, size_t room) {
  size_t bytes = 0;
  uint32_t unrung = 0;
  const auto ring_events = [&] {
    fence_loads();
    store(layout_.event_doorbell, next_event_);
    unrung = 0;
  };
  line_state_ = LineState::kRight;
  while (bytes + kEventBytes <= room) {
    line_state_ = LineState::kOther;
    if (!is_counted() || !take(out + bytes)) break;
    bytes += kEventBytes;
    next_event_ += 1;
    torn_noted_ = false;
    if (next_event_ == layout_.event_lines) first_lap_ = false;
    if (++unrung == kRingEvery) ring_events();
  }
  if (unrung != 0) ring_events();
  return bytes;
}

void BarRings::ring() {
  fence_stores();
  store(layout_.command_doorbell, written_);
  store(layout_.event_doorbell, next_event_);
}

uint32_t BarRings::rewrite() {
  uint32_t commands = 0;
  for (uint32_t index = taken_; index != written_; ++index) {
    put(index);
    commands += count_of(lines_[index & (layout_.command_lines - 1)].words[0]);
  }
  fence_stores();
  store(layout_.command_doorbell, written_);
  return commands;
}

const BarControl& BarRings::read_control() {
  control_.magic = read(0);
  control_.generation = read(layout_.control + kControlGeneration);
  control_.generation_done = read(layout_.control + kControlGenerationDone);
  control_.command_lines = read(layout_.control + kControlCommandLines);
  control_.event_lines = read(layout_.control + kControlEventLines);
  control_.refused_lines = read(layout_.control + kControlRefusedLines);
  control_.command_doorbell = read(layout_.command_doorbell);
  control_.event_doorbell = read(layout_.event_doorbell);
  if (control_.generation == generation_ && control_.generation_done == generation_) {
    note_taken(control_.command_lines);
  }
  return control_;
}

}  // namespace gatebook

// The host's end of a UART, bit by bit (LNK-1): 8 data bits, no parity, one stop bit. Written apart from hdl/link, so
// that the two hold each other to the clause. Times are clock cycles of the board; a bit need not be whole cycles.
#pragma once
#include <cstdint>

#include "ring.h"

namespace gatebook {

constexpr uint64_t kNever = UINT64_MAX;

// Cycles with 16 binary places.
using FineCycles = uint64_t;
constexpr int kFineBits = 16;

// How long a bit of the host lasts in cycles of the board.
inline FineCycles bit_cycles(uint32_t clock_hz, uint32_t baud, int32_t error_ppm) {
  const double rate = static_cast<double>(baud) * (1.0 + error_ppm * 1e-6);
  return static_cast<FineCycles>(clock_hz / rate * (1 << kFineBits) + 0.5);
}

class UartTransmitter {
 public:
  explicit UartTransmitter(FineCycles bit) : bit_(bit), queue_(kQueueBytes) {}

  // Holds from the next byte on.
  void set_bit(FineCycles bit) { next_bit_ = bit; }

  // As many of the bytes as the queue takes. broken: each without its stop bit; the line rests for a bit behind it.
  size_t send(const uint8_t* bytes, size_t count, bool broken) {
    if (count > queue_.room()) count = queue_.room();
    const uint16_t mark = broken ? kBroken : 0;
    for (size_t i = 0; i < count; ++i) queue_.push(static_cast<uint16_t>(bytes[i] | mark));
    if (count > 0 && edge_ == kNever) edge_ = 0;
    return count;
  }

  bool idle() const { return edge_ == kNever; }
  size_t waiting() const { return queue_.size(); }
  bool level() const { return level_; }
  // The cycle in which `advance` is due.
  uint64_t due() const { return edge_ == kNever ? kNever : edge_ >> kFineBits; }

  // Puts the next bit on the line; `cycle` is not before due().
  void advance(uint64_t cycle) {
    if (edge_ == 0) edge_ = cycle << kFineBits;
    if (left_ == 0) {
      level_ = true;
      if (queue_.empty()) {
        edge_ = kNever;
        return;
      }
      if (next_bit_ != 0) bit_ = next_bit_;
      const uint16_t entry = queue_.pop();
      const bool broken = (entry & kBroken) != 0;
      const uint32_t data = static_cast<uint32_t>(entry & 0xff) << 1;
      frame_ = data | (broken ? kStop << 1 : kStop);
      left_ = broken ? kFrameBits + 1 : kFrameBits;
    }
    level_ = (frame_ & 1) != 0;
    frame_ >>= 1;
    left_ -= 1;
    edge_ += bit_;
  }

  void clear() {
    queue_.clear();
    left_ = 0;
    level_ = true;
    edge_ = kNever;
  }

 private:
  static constexpr size_t kQueueBytes = 1 << 16;
  static constexpr int kFrameBits = 10;
  static constexpr uint32_t kStop = 1 << 9;
  static constexpr uint16_t kBroken = 1 << 8;

  FineCycles bit_;
  FineCycles next_bit_ = 0;
  FineCycles edge_ = kNever;  // 0: as soon as possible
  uint32_t frame_ = 0;
  int left_ = 0;
  bool level_ = true;
  Ring<uint16_t> queue_;
};

class UartReceiver {
 public:
  explicit UartReceiver(FineCycles bit) : bit_(bit), queue_(kQueueBytes) {}

  // Holds from the next byte on.
  void set_bit(FineCycles bit) { next_bit_ = bit; }

  size_t receive(uint8_t* into, size_t count) { return queue_.read(into, count); }
  size_t waiting() const { return queue_.size(); }
  size_t room() const { return queue_.room(); }
  bool idle() const { return state_ == State::kIdle; }
  uint64_t bytes() const { return bytes_; }
  // Bytes whose stop bit was missing; they are delivered, as the drivers of the common chips do in raw mode.
  uint64_t framing_errors() const { return framing_errors_; }
  // Bytes lost because nobody took those before them.
  uint64_t overruns() const { return overruns_; }

  // Looks at the line once a cycle.
  void look(uint64_t cycle, bool level) {
    if (state_ == State::kIdle) {
      if (!level) begin(cycle);
    } else if (state_ == State::kBreak) {
      if (level) state_ = State::kIdle;
    } else if (cycle >= sample_ >> kFineBits) {
      sample(level);
    }
  }

  void clear() {
    queue_.clear();
    state_ = State::kIdle;
  }

 private:
  enum class State { kIdle, kStart, kData, kStop, kBreak };
  static constexpr size_t kQueueBytes = 1 << 16;
  static constexpr int kDataBits = 8;

  void begin(uint64_t cycle) {
    if (next_bit_ != 0) bit_ = next_bit_;
    state_ = State::kStart;
    sample_ = (cycle << kFineBits) + bit_ / 2;
  }

  // In the middle of a bit.
  void sample(bool level) {
    sample_ += bit_;
    switch (state_) {
      case State::kStart:
        // A pulse shorter than half a bit is no start.
        state_ = level ? State::kIdle : State::kData;
        byte_ = 0;
        count_ = 0;
        return;
      case State::kData:
        byte_ |= static_cast<uint32_t>(level) << count_;
        count_ += 1;
        if (count_ == kDataBits) state_ = State::kStop;
        return;
      default:
        finish(level);
    }
  }

  void finish(bool level) {
    state_ = level ? State::kIdle : State::kBreak;
    framing_errors_ += !level;
    bytes_ += 1;
    if (queue_.room() == 0) {
      overruns_ += 1;
    } else {
      queue_.push(static_cast<uint8_t>(byte_));
    }
  }

  FineCycles bit_;
  FineCycles next_bit_ = 0;
  FineCycles sample_ = 0;
  State state_ = State::kIdle;
  uint32_t byte_ = 0;
  int count_ = 0;
  uint64_t bytes_ = 0;
  uint64_t framing_errors_ = 0;
  uint64_t overruns_ = 0;
  Ring<uint8_t> queue_;
};

// A pulse that turns the level of a line over for some cycles: what a bit flip is on a wire.
class Disturbance {
 public:
  void set(uint64_t from, uint64_t cycles) {
    from_ = from;
    to_ = from + cycles;
  }
  // The cycle in which `advance` is due.
  uint64_t due() const { return flips_ ? to_ : from_; }
  bool flips() const { return flips_; }
  bool pending() const { return due() != kNever; }

  void advance() {
    flips_ = !flips_;
    if (!flips_) from_ = kNever;
  }

 private:
  uint64_t from_ = kNever;
  uint64_t to_ = kNever;
  bool flips_ = false;
};

}  // namespace gatebook

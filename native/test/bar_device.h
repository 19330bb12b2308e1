// The device's side of a BAR in plain memory (docs/bar.md), for tests and benches of the host's side: it shares no code
// with native/bar but the generated offsets. What is behind it is a kernel: commands in, events out.
#pragma once
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

#include "../crc32.h"
#include "../engine.h"
#include "../generated/transports.h"

namespace gatebook {

class BarDevice {
 public:
  // memory: kBarBytes of it, zero. profile: a valid one.
  BarDevice(uint8_t* memory, const Profile& profile)
      : memory_(memory), engine_(profile), out_((kCommandsPerLine + 1) * engine_.max_event_bytes()) {
    put_blocks(profile);
  }

  bool ok() const { return engine_.ok(); }

  // One look at the registers and what follows from it. False when there was nothing to do.
  bool turn() {
    const uint32_t generation = load(kMapControl + kControlGeneration);
    if (generation != generation_ && generation != 0 && generation <= 65535) reset(generation);
    if (generation_ == 0) return false;
    const bool wrote = write_events();
    bool took = false;
    while (queued_ == queue_bytes_ && take_line()) {
      took = true;
      write_events();
    }
    return wrote || took;
  }

  // As if so many lines had passed since the reset.
  void begin_at(uint32_t command_line, uint32_t event_line) {
    taken_ = command_line;
    written_ = event_line;
    store(kMapControl + kControlCommandLines, command_line);
    store(kMapControl + kControlEventLines, event_line);
    store(kMapControl + kControlCommandDoorbell, command_line);
    store(kMapControl + kControlEventDoorbell, event_line);
  }

  uint32_t refused() const { return refused_; }
  uint32_t lines_taken() const { return taken_; }

 private:
  // A word as the other side writes and reads it.
  std::atomic<uint32_t>* word(uint32_t offset) const {
    return reinterpret_cast<std::atomic<uint32_t>*>(memory_ + offset);
  }
  uint32_t load(uint32_t offset) const { return word(offset)->load(std::memory_order_acquire); }
  void store(uint32_t offset, uint32_t value) const { word(offset)->store(value, std::memory_order_release); }

  // Lines cross between threads word by word: whatever is half there is found out by the CRC.
  void get_line(uint32_t offset, uint64_t* line) const {
    for (size_t n = 0; n < kLineBytes / 8; ++n) {
      line[n] = reinterpret_cast<std::atomic<uint64_t>*>(memory_ + offset)[n].load(std::memory_order_relaxed);
    }
    std::atomic_thread_fence(std::memory_order_acquire);
  }
  void put_line(uint32_t offset, const uint64_t* line) const {
    std::atomic_thread_fence(std::memory_order_release);
    for (size_t n = 0; n < kLineBytes / 8; ++n) {
      reinterpret_cast<std::atomic<uint64_t>*>(memory_ + offset)[n].store(line[n], std::memory_order_relaxed);
    }
  }

  void reset(uint32_t generation) {
    generation_ = generation;
    store(kMapControl + kControlGenerationDone, 0);
    taken_ = written_ = refused_ = 0;
    store(kMapControl + kControlCommandLines, 0);
    store(kMapControl + kControlEventLines, 0);
    store(kMapControl + kControlRefusedLines, 0);
    store(kMapControl + kControlCommandDoorbell, 0);
    store(kMapControl + kControlEventDoorbell, 0);
    engine_.reset(load(kMapControl + kControlResetEpoch), out_.data());
    queue_bytes_ = kEventBytes;
    queued_ = 0;
    waiting_ = false;
    store(kMapControl + kControlGenerationDone, generation);
  }

  bool take_line() {
    const uint32_t rung = load(kMapControl + kControlCommandDoorbell);
    const uint32_t there = rung - taken_;
    if (there == 0 || there > kMapLines) return false;
    uint64_t line[kLineBytes / 8];
    get_line(kMapCommandRing + (taken_ % kMapLines) * kLineBytes, line);
    const auto* bytes = reinterpret_cast<const uint8_t*>(line);
    const uint32_t count = static_cast<uint32_t>(line[0] >> 48);
    if (!is_right(line, count)) {
      // Memory cannot say that a doorbell was written again: the line is looked at until it is right, and counted once.
      if (!waiting_) store(kMapControl + kControlRefusedLines, ++refused_);
      waiting_ = true;
      return false;
    }
    waiting_ = false;
    queued_ = 0;
    // There is room for the events of a whole line.
    engine_.consume(bytes + kCommandLineCommands, count * kCommandBytes, 0, out_.data(), out_.size(), &queue_bytes_);
    cycles_ += 20 * count;
    taken_ += 1;
    store(kMapControl + kControlCommandLines, taken_);
    return true;
  }

  bool is_right(const uint64_t* line, uint32_t count) const {
    const auto* bytes = reinterpret_cast<const uint8_t*>(line);
    uint32_t crc;
    std::memcpy(&crc, bytes + kCommandLineCrc, 4);
    if (static_cast<uint32_t>(line[0]) != taken_ || ((line[0] >> 32) & 0xffff) != generation_) return false;
    return count >= 1 && count <= kCommandsPerLine && crc32(~kCrcSeed, bytes, kCommandLineCrc) == crc;
  }

  bool write_events() {
    const uint32_t before = written_;
    while (queued_ < queue_bytes_ && written_ - load(kMapControl + kControlEventDoorbell) < kMapLines) {
      uint64_t line[kLineBytes / 8] = {};
      auto* bytes = reinterpret_cast<uint8_t*>(line);
      line[0] = uint64_t{written_} | uint64_t{generation_} << 32 | uint64_t{1} << 48;
      std::memcpy(bytes + kEventLineCommandLines, &taken_, 4);
      std::memcpy(bytes + kEventLineEvent, out_.data() + queued_, kEventBytes);
      line[kEventLineCycles / 8] = cycles_;
      const uint32_t crc = crc32(~kCrcSeed, bytes, kEventLineCrc);
      std::memcpy(bytes + kEventLineCrc, &crc, 4);
      put_line(kMapEventRing + (written_ % kMapLines) * kLineBytes, line);
      queued_ += kEventBytes;
      written_ += 1;
    }
    if (written_ != before) store(kMapControl + kControlEventLines, written_);
    return written_ != before;
  }

  void put_blocks(const Profile& profile) {
    std::vector<uint32_t> words = {kBarMagic};
    const auto block = [&words](uint32_t type, const std::vector<uint32_t>& body, bool last = false) {
      const uint32_t next = static_cast<uint32_t>((words.size() + 2 + body.size()) * 4);
      words.push_back(type | 1U << 16);
      words.push_back(last ? 0 : next);
      words.insert(words.end(), body.begin(), body.end());
    };
    std::vector<uint32_t> identity(kIdentityBlockBytes / 4);
    auto* bytes = reinterpret_cast<uint8_t*>(identity.data());
    identity[kIdentityBlockBarVersion / 4] = kBarVersion;
    for (size_t n = 0; n < 8; ++n) {
      unsigned value = 0;
      std::sscanf(kContractDigest + 2 * n, "%2x", &value);
      bytes[kIdentityBlockContractDigest + n] = static_cast<uint8_t>(value);
    }
    std::memcpy(bytes + kIdentityBlockProfile, &profile, sizeof profile);
    identity[kIdentityBlockClockHz / 4] = 125000000;
    std::memcpy(bytes + kIdentityBlockBoard, "memory", 6);
    block(kBlockIdentity, identity);
    block(kBlockCommandRing, {kMapCommandRing, kMapLines, kMapControl + kControlCommandDoorbell});
    block(kBlockEventRing, {kMapEventRing, kMapLines, kMapControl + kControlEventDoorbell});
    block(kBlockControl, {kMapControl});
    block(kBlockRegisters, {kMapRegisters, 512}, true);
    std::memcpy(memory_, words.data(), words.size() * 4);
  }

  uint8_t* const memory_;
  Engine engine_;
  std::vector<uint8_t> out_;
  size_t queue_bytes_ = 0;
  size_t queued_ = 0;
  uint32_t generation_ = 0;
  uint32_t taken_ = 0;
  uint32_t written_ = 0;
  uint32_t refused_ = 0;
  uint64_t cycles_ = 0;
  bool waiting_ = false;
};

}  // namespace gatebook

// gb_link_device behind its byte port: bytes with line errors in, bytes out, without a UART between. A byte may pass in
// each cycle, so that a campaign gets through many frames.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>

#include "model_start.h"
#include "ring.h"

namespace gatebook {

enum class StopAt { kCycles, kFrame, kQuiet };

// One simulated device. It belongs to one thread at a time; several may live in one thread.
class LinkDevice {
 public:
  virtual ~LinkDevice() = default;
  LinkDevice(const LinkDevice&) = delete;
  LinkDevice& operator=(const LinkDevice&) = delete;

  // Runs at most `cycles` clock cycles. kFrame: ends with the first 0x00 that comes out, or when it is quiet; kQuiet:
  // ends when nothing is under way, and the kernel has been idle for longer than any answer takes. Returns the cycles
  // run. Throws KernelError.
  virtual uint64_t run(uint64_t cycles, StopAt stop) = 0;
  // Holds rst_i for some cycles; what waits on either side of the port stays there. Throws KernelError.
  virtual void reset() = 0;
  virtual void set_time_scale(uint32_t thousandths) = 0;

  // As many of the bytes as the queue takes. broken: each with its stop bit missing.
  size_t send(const uint8_t* bytes, size_t count, bool broken) {
    if (count > in_.room()) count = in_.room();
    const uint16_t mark = broken ? kBroken : 0;
    for (size_t i = 0; i < count; ++i) in_.push(static_cast<uint16_t>(bytes[i] | mark));
    return count;
  }
  size_t receive(uint8_t* into, size_t count) { return out_.read(into, count); }
  size_t waiting() const { return in_.size(); }
  size_t received() const { return out_.size(); }

  // No byte leaves the device while this holds.
  void hold(bool holds) { held_ = holds; }
  // Forgets bytes that wait on either side.
  void clear() {
    in_.clear();
    out_.clear();
  }

  uint64_t cycles() const { return cycles_; }
  bool quiet() const { return quiet_; }
  // Most cycles that a byte had to wait for rx_ready_o.
  uint64_t longest_wait() const { return longest_wait_; }

 protected:
  static constexpr size_t kQueueBytes = 1 << 17;
  static constexpr uint16_t kBroken = 1 << 8;

  LinkDevice() = default;

  Ring<uint16_t> in_{kQueueBytes};
  Ring<uint8_t> out_{kQueueBytes};
  uint64_t cycles_ = 0;
  uint64_t longest_wait_ = 0;
  bool held_ = false;
  bool quiet_ = false;
};

struct LinkBuild {
  const char* name;
  uint32_t profile[8];
  std::unique_ptr<LinkDevice> (*make)(const StartOptions& start);
};

}  // namespace gatebook

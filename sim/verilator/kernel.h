// The kernel's RTL as an engine: command bytes in, event bytes out. Free of Node and of Verilator's headers, so that
// whoever uses a kernel does not compile what it is made of.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "generated/contract.h"

namespace gatebook {

struct KernelOptions {
  Profile profile;                 // valid, and one that the build can hold
  bool random_start = false;       // registers and memories begin as `seed` says, not as zeros
  uint32_t seed = 0;               // of the random start and of the stalls
  uint32_t stall_commands = 0;     // per cent of the cycles in which no new command is offered, 0..95
  uint32_t stall_events = 0;       // per cent of the cycles in which no event is taken, 0..95
  uint64_t quiet_cycles = 1 << 24; // cycles without any handshake after which the kernel counts as hung
  std::string trace_path;          // FST file; only of builds with a trace
  uint64_t trace_from = 0;         // records accepted before the first cycle that is written
};

// What ends a kernel: it can only be destroyed afterwards.
class KernelError : public std::runtime_error {
 public:
  enum class Kind { kHung, kStopped, kInvalid };
  KernelError(Kind kind, const std::string& message) : std::runtime_error(message), kind(kind) {}
  const Kind kind;  // kStopped: $finish, $stop or $fatal; kInvalid: it did what no kernel may do
};

// One simulated kernel. It belongs to one thread at a time; several may live in one thread.
class VerilatedKernel {
 public:
  virtual ~VerilatedKernel() = default;
  VerilatedKernel(const VerilatedKernel&) = delete;
  VerilatedKernel& operator=(const VerilatedKernel&) = delete;

  // As Engine::consume of the native engine: consumes from byte `from` on until all are consumed or `out` might not
  // hold the events of the next one; every event of what was consumed is in `out` then. Throws KernelError.
  virtual size_t consume(const uint8_t* commands, size_t bytes, size_t from, uint8_t* out, size_t out_bytes,
                         size_t* event_bytes) = 0;

  // RESET-1: resets the kernel and writes RESET_DONE (32 bytes) to `out`. Throws KernelError.
  virtual void reset(uint32_t epoch, uint8_t* out) = 0;

  // The counter behind a telemetry address; takes two cycles. Throws KernelError.
  virtual uint64_t telemetry(uint8_t address) = 0;

  size_t max_event_bytes() const { return max_event_bytes_; }
  // Clock cycles since this kernel was made.
  uint64_t cycles() const { return cycles_; }

 protected:
  explicit VerilatedKernel(size_t max_event_bytes) : max_event_bytes_(max_event_bytes) {}

  const size_t max_event_bytes_;
  uint64_t cycles_ = 0;
};

// One way in which the RTL was verilated.
struct KernelBuild {
  const char* name;
  Profile capacity;
  bool exact;  // its profile is its capacity, as on a board; otherwise any profile that fits
  // A kernel after its reset. Throws KernelError, bad_alloc.
  std::unique_ptr<VerilatedKernel> (*make)(const KernelOptions& options);
};

}  // namespace gatebook

// gb_bar_device behind a BAR file, as its host sees it; time passes only in `run`.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "bar_mirror.h"
#include "model_start.h"

namespace gatebook {

// One simulated device. It belongs to one thread at a time; several may live in one thread.
class BarDevice {
 public:
  virtual ~BarDevice() = default;
  BarDevice(const BarDevice&) = delete;
  BarDevice& operator=(const BarDevice&) = delete;

  // Runs at most `cycles` clock cycles; with `until_quiet` it ends as soon as the device has nothing to do and the file
  // shows all of it. Returns the cycles run. Throws KernelError.
  virtual uint64_t run(uint64_t cycles, bool until_quiet) = 0;
  virtual void set_time_scale(uint32_t thousandths) = 0;

  // Sleeps until the host writes one of its words, at most `milliseconds`; whether it did.
  bool wait(int milliseconds);

  BarMirror& mirror() { return mirror_; }
  uint64_t cycles() const { return cycles_; }
  bool quiet() const { return quiet_; }

 protected:
  explicit BarDevice(const std::string& path) : mirror_(path) {}

  BarMirror mirror_;
  uint64_t cycles_ = 0;
  bool quiet_ = false;
};

struct BarBuild {
  const char* name;
  uint32_t profile[8];
  std::unique_ptr<BarDevice> (*make)(const std::string& path, const StartOptions& start);
};

}  // namespace gatebook

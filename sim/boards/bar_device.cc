#include "bar_device.h"

#include <chrono>
#include <thread>

namespace gatebook {
namespace {

// A host that answers at once is seen at once; one that does not costs no processor.
constexpr auto kSpin = std::chrono::microseconds(100);
constexpr auto kNap = std::chrono::microseconds(50);

}  // namespace

bool BarDevice::wait(int milliseconds) {
  const auto begin = std::chrono::steady_clock::now();
  for (;;) {
    if (mirror_.host_moved()) return true;
    const auto waited = std::chrono::steady_clock::now() - begin;
    if (waited >= std::chrono::milliseconds(milliseconds)) return false;
    if (waited >= kSpin) std::this_thread::sleep_for(kNap);
  }
}

}  // namespace gatebook

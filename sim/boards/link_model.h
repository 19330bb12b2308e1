// A verilated gb_link_device as a LinkDevice: the loop over its clock cycles. Included once a build.
#pragma once
#include <algorithm>

#include "link_device.h"
#include "model.h"

namespace gatebook {

template <class Access>
class LinkModel final : public LinkDevice {
 public:
  static std::unique_ptr<LinkDevice> make(const StartOptions& start) { return std::make_unique<LinkModel>(start); }

  explicit LinkModel(const StartOptions& start) : device_(start) {
    Guard guard(&device_);
    auto& ports = device_.ports();
    ports.rst_i = 1;
    ports.rx_valid_i = 0;
    ports.rx_error_i = 0;
    ports.rx_data_i = 0;
    ports.tx_ready_i = 0;
    // An input: what a random start leaves in it would be believed.
    device_.set_time_scale(0);
    device_.begin();
    guard.done();
    reset();
  }

  void reset() override {
    Guard guard(&device_);
    auto& ports = device_.ports();
    ports.rst_i = 1;
    ports.rx_valid_i = 0;
    ports.tx_ready_i = 0;
    for (int cycle = 0; cycle < kResetCycles; ++cycle) {
      device_.half(0);
      device_.half(1);
    }
    cycles_ += kResetCycles;
    ports.rst_i = 0;
    waited_ = 0;
    quiet_for_ = 0;
    quiet_ = false;
    guard.done();
  }

  uint64_t run(uint64_t cycles, StopAt stop) override {
    Guard guard(&device_);
    const uint64_t began = cycles_;
    const uint64_t end = cycles_ + cycles;
    bool framed = false;
    while (cycles_ < end) {
      const bool moved = cycle(&framed);
      quiet_for_ = moved || !device_.idle() ? 0 : quiet_for_ + 1;
      if (stop == StopAt::kCycles) continue;
      if (framed && stop == StopAt::kFrame) break;
      if (quiet_for_ >= kAnswer) break;
    }
    quiet_ = quiet_for_ >= kAnswer;
    guard.done();
    return cycles_ - began;
  }

  void set_time_scale(uint32_t thousandths) override { device_.set_time_scale(thousandths); }

 private:
  using Guard = typename SimulatedModel<Access>::Guard;
  static constexpr int kResetCycles = 4;
  static constexpr uint64_t kAnswer = 1024;  // cycles that a link takes at most from a byte to what it makes it say

  // One cycle; whether a byte passed or waits to.
  bool cycle(bool* framed) {
    auto& ports = device_.ports();
    const bool offers = !in_.empty();
    const uint16_t entry = offers ? in_.front() : 0;
    ports.rx_valid_i = offers;
    ports.rx_data_i = static_cast<uint8_t>(entry);
    ports.rx_error_i = (entry & kBroken) != 0;
    const bool ready = !held_ && out_.room() > 0;
    ports.tx_ready_i = ready;
    device_.half(0);
    if (offers && ports.rx_ready_o) {
      in_.pop();
      waited_ = 0;
    } else if (offers) {
      waited_ += 1;
      longest_wait_ = std::max(longest_wait_, waited_);
    }
    const bool gives = ready && ports.tx_valid_o;
    if (gives) {
      out_.push(ports.tx_data_o);
      *framed = ports.tx_data_o == 0;
    }
    device_.half(1);
    cycles_ += 1;
    return offers || gives;
  }

  SimulatedModel<Access> device_;
  uint64_t waited_ = 0;
  uint64_t quiet_for_ = 0;
};

}  // namespace gatebook

// A verilated gb_bar_device as a BarDevice: the loop over its clock cycles. Included once a build.
#pragma once
#include <algorithm>

#include "bar_device.h"
#include "model.h"

namespace gatebook {

template <class Access>
class BarModel final : public BarDevice {
 public:
  static std::unique_ptr<BarDevice> make(const std::string& path, const StartOptions& start) {
    return std::make_unique<BarModel>(path, start);
  }

  BarModel(const std::string& path, const StartOptions& start) : BarDevice(path), device_(start) {
    Guard guard(&device_);
    tie_inputs();
    device_.begin();
    for (int cycle = 0; cycle < kResetCycles; ++cycle) {
      device_.half(0);
      device_.half(1);
    }
    device_.ports().rst_i = 0;
    guard.done();
    // Until the file shows what the device is.
    run(kMostStart, true);
  }

  uint64_t run(uint64_t cycles, bool until_quiet) override {
    if (mirror_.gone()) return 0;
    Guard guard(&device_);
    const uint64_t began = cycles_;
    const uint64_t end = cycles_ + cycles;
    quiet_ = false;
    while (cycles_ < end && !(until_quiet && quiet_)) {
      mirror_.look();
      run_to(std::min(cycles_ + kStretch, end));
      mirror_.advance(cycles_);
      judge();
    }
    if (quiet_ || cycles_ - restored_at_ >= kRestoreEvery) {
      mirror_.restore();
      restored_at_ = cycles_;
    }
    guard.done();
    return cycles_ - began;
  }

  void set_time_scale(uint32_t thousandths) override {
    device_.set_time_scale(thousandths);
    mirror_.sweep();
  }

 private:
  using Guard = typename SimulatedModel<Access>::Guard;
  static constexpr int kResetCycles = 4;
  static constexpr uint64_t kStretch = 64;
  static constexpr uint64_t kAnswer = 2048;  // cycles that the shell takes at most from a doorbell to what it brings
  static constexpr uint64_t kMostStart = 1 << 16;
  static constexpr uint64_t kRestoreEvery = 1 << 16;
  static constexpr uint64_t kSweepEvery = 1 << 20;

  void run_to(uint64_t end) {
    auto& ports = device_.ports();
    for (; cycles_ != end; ++cycles_) {
      mirror_.drive(ports);
      device_.half(0);
      mirror_.sample(ports);
      device_.half(1);
    }
  }

  // Quiet: nothing to do for longer than any answer takes, and the registers read since.
  void judge() {
    if (!(device_.idle() || mirror_.unused()) || !mirror_.at_rest()) {
      rest_ = 0;
      swept_ = false;
      // Registers change while work goes on, too.
      if (cycles_ - swept_at_ >= kSweepEvery) begin_sweep();
      return;
    }
    rest_ += kStretch;
    if (rest_ < kAnswer) return;
    if (!swept_) begin_sweep();
    swept_ = true;
    quiet_ = !mirror_.sweeping();
  }

  void begin_sweep() {
    mirror_.sweep();
    swept_at_ = cycles_;
  }

  void tie_inputs() {
    auto& ports = device_.ports();
    ports.rst_i = 1;
    ports.s_axi_awid = 0;
    ports.s_axi_awsize = kWordSize;
    ports.s_axi_awburst = kIncrement;
    ports.s_axi_awvalid = 0;
    ports.s_axi_wstrb = 0xff;
    ports.s_axi_wvalid = 0;
    ports.s_axi_bready = 1;
    ports.s_axi_arid = 0;
    ports.s_axi_arsize = kWordSize;
    ports.s_axi_arburst = kIncrement;
    ports.s_axi_arvalid = 0;
    ports.s_axi_rready = 1;
    ports.s_axil_awvalid = 0;
    ports.s_axil_wstrb = 0xf;
    ports.s_axil_wvalid = 0;
    ports.s_axil_bready = 1;
    ports.s_axil_arvalid = 0;
    ports.s_axil_rready = 1;
  }

  static constexpr uint8_t kWordSize = 3;  // 8 bytes
  static constexpr uint8_t kIncrement = 1;

  SimulatedModel<Access> device_;
  uint64_t rest_ = 0;
  uint64_t swept_at_ = 0;
  uint64_t restored_at_ = 0;
  bool swept_ = false;
};

}  // namespace gatebook

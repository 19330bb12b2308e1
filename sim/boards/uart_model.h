// A verilated board as a UartBoard: the loop over its clock cycles. Included once a board.
#pragma once
#include <algorithm>

#include "model.h"
#include "uart_board.h"

namespace gatebook {

template <class Access>
class UartModel final : public UartBoard {
 public:
  static std::unique_ptr<UartBoard> make(const UartOptions& options, const StartOptions& start) {
    return std::make_unique<UartModel>(options, start);
  }

  UartModel(const UartOptions& options, const StartOptions& start) : UartBoard(options), board_(start) {
    typename SimulatedModel<Access>::Guard guard(&board_);
    board_.ports().rx_i = 1;
    board_.begin();
    guard.done();
  }

  uint64_t run(uint64_t cycles, bool until_quiet) override {
    typename SimulatedModel<Access>::Guard guard(&board_);
    const uint64_t end = cycles_ + cycles;
    const uint64_t began = cycles_;
    // The host may have sent since.
    if (!at_rest()) quiet_for_ = 0;
    while (cycles_ < end && !(until_quiet && quiet_for_ >= settled())) {
      run_to(std::min(cycles_ + kStretch, end));
      quiet_for_ = at_rest() ? quiet_for_ + kStretch : 0;
    }
    quiet_ = quiet_for_ >= settled();
    guard.done();
    return cycles_ - began;
  }

  void set_time_scale(uint32_t thousandths) override { board_.set_time_scale(thousandths); }

 private:
  static constexpr uint64_t kStretch = 64;
  static constexpr uint64_t kAnswer = 4096;  // cycles that a link takes at most from a byte to what it makes it say

  bool at_rest() const {
    return transmitter_.idle() && receiver_.idle() && !to_board_.pending() && !from_board_.pending() && board_.idle();
  }

  // A byte, and what comes of it.
  uint64_t settled() const {
    return kAnswer + 12 * (bit_cycles(options_.clock_hz, options_.baud, 0) >> kFineBits);
  }

  void run_to(uint64_t end) {
    auto& ports = board_.ports();
    // A byte of the host that came meanwhile begins now.
    action_ = 0;
    for (uint64_t cycle = cycles_; cycle != end; ++cycle) {
      if (cycle >= action_) act(cycle);
      ports.rx_i = rx_;
      board_.half(0);
      board_.half(1);
      receiver_.look(cycle, (ports.tx_o & 1) != flips_);
    }
    cycles_ = end;
  }

  // What changes on the wires, and when the next change is due.
  void act(uint64_t cycle) {
    if (transmitter_.due() <= cycle) transmitter_.advance(cycle);
    if (to_board_.due() <= cycle) to_board_.advance();
    if (from_board_.due() <= cycle) from_board_.advance();
    rx_ = transmitter_.level() != to_board_.flips();
    flips_ = from_board_.flips();
    action_ = std::min({transmitter_.due(), to_board_.due(), from_board_.due()});
  }

  SimulatedModel<Access> board_;
  uint64_t action_ = 0;
  uint64_t quiet_for_ = 0;
  bool rx_ = true;
  bool flips_ = false;
};

}  // namespace gatebook

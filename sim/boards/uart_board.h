// A board behind its UART pins, as its host sees it: bytes in, bytes out, and time that passes only in `run`.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>

#include "model_start.h"
#include "uart_line.h"

namespace gatebook {

struct UartOptions {
  uint32_t clock_hz;  // of clk_i
  uint32_t baud;
};

enum class Wire { kToBoard, kFromBoard };

// One simulated board. It belongs to one thread at a time; several may live in one thread.
class UartBoard {
 public:
  virtual ~UartBoard() = default;
  UartBoard(const UartBoard&) = delete;
  UartBoard& operator=(const UartBoard&) = delete;

  // Runs at most `cycles` clock cycles; with `until_quiet` it ends as soon as nothing is under way: both lines at rest
  // and the kernel idle for longer than any answer takes. Returns the cycles run. Throws KernelError.
  virtual uint64_t run(uint64_t cycles, bool until_quiet) = 0;
  virtual void set_time_scale(uint32_t thousandths) = 0;

  // As many of the bytes as the queue takes. broken: each without its stop bit.
  size_t send(const uint8_t* bytes, size_t count, bool broken) { return transmitter_.send(bytes, count, broken); }
  size_t receive(uint8_t* into, size_t count) { return receiver_.receive(into, count); }

  // The host's end runs that much too fast, from its next byte on.
  void set_baud_error(int32_t ppm) {
    transmitter_.set_bit(bit_cycles(options_.clock_hz, options_.baud, ppm));
    receiver_.set_bit(bit_cycles(options_.clock_hz, options_.baud, ppm));
  }

  // Turns the level of the wire over for `cycles`, `after` cycles from now; one at a time a wire.
  void disturb(Wire wire, uint64_t after, uint64_t cycles) {
    (wire == Wire::kToBoard ? to_board_ : from_board_).set(cycles_ + after, cycles);
  }

  // Forgets what is on the way: the plug was pulled.
  void unplug() {
    transmitter_.clear();
    receiver_.clear();
  }

  uint64_t cycles() const { return cycles_; }
  bool quiet() const { return quiet_; }
  const UartTransmitter& transmitter() const { return transmitter_; }
  const UartReceiver& receiver() const { return receiver_; }

 protected:
  explicit UartBoard(const UartOptions& options)
      : options_(options),
        transmitter_(bit_cycles(options.clock_hz, options.baud, 0)),
        receiver_(bit_cycles(options.clock_hz, options.baud, 0)) {}

  const UartOptions options_;
  UartTransmitter transmitter_;
  UartReceiver receiver_;
  Disturbance to_board_;
  Disturbance from_board_;
  uint64_t cycles_ = 0;
  bool quiet_ = false;
};

struct UartBuild {
  const char* name;
  uint32_t profile[8];
  std::unique_ptr<UartBoard> (*make)(const UartOptions& options, const StartOptions& start);
};

}  // namespace gatebook

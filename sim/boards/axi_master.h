// Masters for the two slave ports of gb_bar_device, a transfer a cycle where the slave allows it. All inputs of a port
// are set by `drive` before the falling half of a cycle; `sample` reads what the slave said after it.
#pragma once
#include <cstdint>
#include <cstring>

#include "ring.h"

namespace gatebook {

constexpr uint32_t kBeatBytes = 8;
constexpr uint32_t kMostBeats = 16;  // of one burst here: what the slave takes at least

// Bursts of whole words towards the ring of commands.
class AxiWriter {
 public:
  bool ready() const { return !address_valid_ && beat_ == beats_; }
  bool idle() const { return ready() && outstanding_ == 0; }
  uint64_t errors() const { return errors_; }

  // Begins a burst; only while ready. bytes: a multiple of 8, 128 at most.
  void begin(uint32_t address, const uint8_t* data, uint32_t bytes) {
    address_ = address;
    beats_ = bytes / kBeatBytes;
    beat_ = 0;
    address_valid_ = true;
    outstanding_ += 1;
    std::memcpy(data_, data, bytes);
  }

  template <class Ports>
  void drive(Ports& ports) const {
    ports.s_axi_awvalid = address_valid_;
    ports.s_axi_awaddr = static_cast<uint16_t>(address_);
    ports.s_axi_awlen = static_cast<uint8_t>(beats_ - 1);
    ports.s_axi_wvalid = beat_ != beats_;
    ports.s_axi_wdata = data_[beat_ & (kMostBeats - 1)];
    ports.s_axi_wlast = beat_ + 1 == beats_;
  }

  // Whether a burst was answered.
  template <class Ports>
  bool sample(const Ports& ports) {
    const bool address_taken = address_valid_ && ports.s_axi_awready;
    const bool data_taken = beat_ != beats_ && ports.s_axi_wready;
    const bool answered = ports.s_axi_bvalid;
    if (address_taken) address_valid_ = false;
    beat_ += data_taken;
    outstanding_ -= answered;
    errors_ += answered && ports.s_axi_bresp != 0;
    return answered;
  }

 private:
  uint32_t address_ = 0;
  uint32_t beats_ = 0;
  uint32_t beat_ = 0;
  uint32_t outstanding_ = 0;
  bool address_valid_ = false;
  uint64_t errors_ = 0;
  uint64_t data_[kMostBeats] = {};
};

// Bursts of whole words from the ring of events.
class AxiReader {
 public:
  bool ready() const { return !address_valid_ && expected_ <= kAhead; }
  bool idle() const { return !address_valid_ && expected_ == 0; }
  uint64_t errors() const { return errors_; }

  // Asks for a burst; only while ready.
  void begin(uint32_t address, uint32_t bytes) {
    address_ = address;
    beats_ = bytes / kBeatBytes;
    expected_ += beats_;
    address_valid_ = true;
  }

  template <class Ports>
  void drive(Ports& ports) const {
    ports.s_axi_arvalid = address_valid_;
    ports.s_axi_araddr = static_cast<uint16_t>(address_);
    ports.s_axi_arlen = static_cast<uint8_t>(beats_ - 1);
  }

  // Whether a word came.
  template <class Ports>
  bool sample(const Ports& ports, uint64_t* word) {
    if (address_valid_ && ports.s_axi_arready) address_valid_ = false;
    if (!ports.s_axi_rvalid) return false;
    expected_ -= 1;
    errors_ += ports.s_axi_rresp != 0;
    *word = ports.s_axi_rdata;
    return true;
  }

 private:
  static constexpr uint32_t kAhead = 2 * kMostBeats;

  uint32_t address_ = 0;
  uint32_t beats_ = 1;
  uint32_t expected_ = 0;
  bool address_valid_ = false;
  uint64_t errors_ = 0;
};

// Words of the control registers and doorbells: what is written goes out in order.
class AxilWriter {
 public:
  bool idle() const { return queue_.empty() && !busy_; }

  void write(uint32_t address, uint32_t value) { queue_.push({address, value}); }

  template <class Ports>
  void drive(Ports& ports) {
    if (!busy_ && !queue_.empty()) {
      now_ = queue_.pop();
      busy_ = address_valid_ = data_valid_ = true;
    }
    ports.s_axil_awvalid = address_valid_;
    ports.s_axil_awaddr = static_cast<uint16_t>(now_.address);
    ports.s_axil_wvalid = data_valid_;
    ports.s_axil_wdata = now_.value;
  }

  template <class Ports>
  void sample(const Ports& ports) {
    if (address_valid_ && ports.s_axil_awready) address_valid_ = false;
    if (data_valid_ && ports.s_axil_wready) data_valid_ = false;
    if (ports.s_axil_bvalid) busy_ = false;
  }

 private:
  struct Write {
    uint32_t address;
    uint32_t value;
  };

  Ring<Write> queue_{1 << 10};
  Write now_{};
  bool busy_ = false;
  bool address_valid_ = false;
  bool data_valid_ = false;
};

class AxilReader {
 public:
  bool ready() const { return !busy_; }
  uint32_t address() const { return address_; }

  // Asks for a word; only while ready.
  void begin(uint32_t address) {
    address_ = address;
    busy_ = address_valid_ = true;
  }

  template <class Ports>
  void drive(Ports& ports) const {
    ports.s_axil_arvalid = address_valid_;
    ports.s_axil_araddr = static_cast<uint16_t>(address_);
  }

  // Whether the word came.
  template <class Ports>
  bool sample(const Ports& ports, uint32_t* value) {
    if (address_valid_ && ports.s_axil_arready) address_valid_ = false;
    if (!busy_ || !ports.s_axil_rvalid) return false;
    busy_ = false;
    *value = ports.s_axil_rdata;
    return true;
  }

 private:
  uint32_t address_ = 0;
  bool busy_ = false;
  bool address_valid_ = false;
};

}  // namespace gatebook

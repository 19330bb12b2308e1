// Keeps a BAR and the file that stands for it alike: what the host writes into the file goes to the device through its
// AXI ports, what the device shows goes into the file, in an order that keeps docs/bar.md true for who reads the file.
//
// A file shows values, not writes. Lines are zeroed once they went to the device, as the ring reads back as zeros; and
// when a line was refused, the command doorbell shows command_lines until the host writes it again, whatever the value.
#pragma once
#include <cstdint>
#include <string>

#include "axi_master.h"
#include "bar_file.h"

namespace gatebook {

enum class BarFault {
  kAllOnes,            // the device is gone
  kTornCommand,        // the second half of the next command lines is lost on the way
  kTornEvent,          // the next event line is counted when half of it is there
  kStaleEvent,         // the next event line is counted when the line of the former lap still stands there
  kLostDoorbell,       // the next command doorbells do not arrive
  kLostCommand,        // the next command lines do not arrive, but their doorbells do
  kLostEventDoorbell,  // the next event doorbells do not arrive
  kCount
};

class BarMirror {
 public:
  explicit BarMirror(const std::string& path);

  // Before and after the falling half of a cycle.
  template <class Ports>
  void drive(Ports& ports) {
    feed();
    fetch();
    ask();
    writer_.drive(ports);
    reader_.drive(ports);
    registers_.drive(ports);
    poll_.drive(ports);
  }

  template <class Ports>
  void sample(const Ports& ports) {
    uint64_t word;
    uint32_t value;
    if (writer_.sample(ports)) line_answered();
    if (reader_.sample(ports, &word)) event_word(word);
    registers_.sample(ports);
    if (poll_.sample(ports, &value)) answered(poll_.address(), value);
  }

  // What the host has written since the last look; whether it was anything.
  bool look();
  // Whether the host has written anything to its words.
  bool host_moved() const;
  // Puts back what the host wrote where nothing can be written.
  void restore();
  // Reads blocks and registers anew, beside the rest.
  void sweep() { sweep_ = 0; }
  bool sweeping() const { return sweep_ < kSweepWords; }
  // Whether the device and the file say the same, and nothing is under way between them.
  bool at_rest() const;

  // times: how many lines or doorbells; cycles: how long a line stays wrong, 0 for ever.
  void inject(BarFault fault, uint32_t times, uint64_t cycles);
  // How many injected faults have not happened yet.
  uint64_t armed() const {
    return uint64_t{torn_commands_} + lost_commands_ + torn_events_ + stale_events_ + lost_doorbells_ +
           lost_event_doorbells_;
  }
  // Writes a word to the device behind the host's back: one that is repeated on its way, or of somebody else. The file
  // does not show it, as it only shows what the host wrote and what the device says.
  void write(uint32_t offset, uint32_t value) { registers_.write(offset, value); }
  // Lets held lines go whose time has come.
  void advance(uint64_t cycle);

  bool gone() const { return gone_; }
  // Since power-up no host has begun a generation: the kernel is held in reset, and never says that it is idle.
  bool unused() const { return seen_generation_ == 0; }
  void leave() {
    gone_ = true;
    file_.fill_ones();
  }
  uint64_t command_lines() const { return command_total_; }
  uint64_t event_lines() const { return event_total_; }
  uint64_t bus_errors() const { return writer_.errors() + reader_.errors(); }

 private:
  enum class Phase { kRunning, kDraining, kAsking, kResetting };
  static constexpr uint32_t kBlockBytes = 0x200;
  static constexpr uint32_t kRegisterBytes = 0x200 * 8;  // those of the kernel, of the link, and some behind
  static constexpr uint32_t kSweepWords = (kBlockBytes + kRegisterBytes) / 4;
  static constexpr uint32_t kLinesABurst = 2;
  static constexpr uint32_t kReadOnlyEnd = kMapCommandRing;

  static constexpr uint32_t control(uint32_t offset) { return kMapControl + offset; }
  static uint32_t slot_of(uint32_t line) { return line & (kMapLines - 1); }
  // No burst passes the end of the ring, nor the 4 KiB that one may not pass.
  static uint32_t lines_now(uint32_t line, uint32_t end) {
    const uint32_t aligned = (slot_of(line) & 63) == 63 ? 1 : kLinesABurst;
    return end - line < aligned ? end - line : aligned;
  }

  // A word that the host only reads.
  void show(uint32_t offset, uint32_t value);

  void feed();
  void feed_again();
  void send_lines(uint32_t line, uint32_t count, bool fresh);
  void lose_line();
  void line_answered();
  void fetch();
  void event_word(uint64_t word);
  void deliver();
  void ask();
  uint32_t next_question();
  void answered(uint32_t address, uint32_t value);
  void register_came(uint32_t address, uint32_t value);
  void refused();
  void look_at_commands();
  void look_at_events();
  void write_generation();
  void forget();

  BarFile file_;
  uint8_t shown_[kReadOnlyEnd] = {};  // what the file should hold where the host only reads
  AxiWriter writer_;
  AxiReader reader_;
  AxilWriter registers_;
  AxilReader poll_;
  Ring<uint32_t> bursts_{16};     // new lines of each burst that was not answered yet
  Ring<uint32_t> questions_{64};  // addresses to be read before the next turn of polling
  Phase phase_ = Phase::kRunning;
  bool gone_ = false;
  uint32_t turn_ = 0;
  uint32_t sweep_ = 0;

  // What the host has written, as last seen.
  uint32_t seen_epoch_ = 0;
  uint32_t seen_generation_ = 0;
  uint32_t asked_generation_ = 0;
  uint32_t seen_command_ = 0;
  uint32_t seen_event_ = 0;

  uint32_t goal_ = 0;      // command lines that the host has rung
  uint32_t pushed_ = 0;    // command lines that went out
  uint32_t rung_ = 0;      // and were answered, and rung
  uint32_t taken_ = 0;     // command_lines of the device
  uint32_t refused_ = 0;   // refused_lines of the device
  bool locating_ = false;  // it has refused a line, command_lines will say which
  bool stuck_ = false;     // it waits for its doorbell
  uint32_t again_ = 0;     // the next line to go out again, up to again_end_
  uint32_t again_end_ = 0;
  bool ring_again_ = false;

  uint32_t counted_ = 0;  // event_lines of the device
  uint32_t asked_ = 0;    // event lines asked for
  uint32_t fetched_ = 0;  // event lines in the file
  uint32_t event_rung_ = 0;
  uint64_t line_[8] = {};
  uint32_t beat_ = 0;

  uint32_t torn_commands_ = 0;
  uint32_t lost_commands_ = 0;
  uint32_t torn_events_ = 0;
  uint32_t stale_events_ = 0;
  uint32_t lost_doorbells_ = 0;
  uint32_t lost_event_doorbells_ = 0;
  uint64_t wrong_cycles_ = 0;
  uint64_t now_ = 0;
  uint64_t held_until_ = 0;  // when the line that is held is put right; 0: there is none
  uint32_t held_slot_ = 0;
  uint64_t held_line_[8] = {};

  uint64_t command_total_ = 0;
  uint64_t event_total_ = 0;
};

}  // namespace gatebook

// The host's side of the two rings in a BAR (docs/bar.md). Knows clauses BAR-2 to BAR-8, nothing of files or Node.
// Each call does a bounded piece of work and never waits. All memory of the window is read and written as whole
// aligned words, each once and in order: no compiler may merge, split or repeat them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../generated/transports.h"

namespace gatebook {

// Where things lie, as the blocks say (BAR-1); bytes from the start of the window.
struct BarLayout {
  uint32_t command_ring;
  uint32_t command_lines;
  uint32_t command_doorbell;
  uint32_t event_ring;
  uint32_t event_lines;
  uint32_t event_doorbell;
  uint32_t control;
};

// Whether everything lies inside the window, is aligned, and the rings are powers of two; nothing else may be attached.
bool layout_fits(const BarLayout& layout, size_t window_bytes);

// What stood at the place of the next event line when `poll` ended.
enum class LineState : uint32_t {
  kOther = 0,    // not there yet, or of a former lap
  kTorn = 1,     // the right sequence and generation with a wrong CRC
  kAllOnes = 2,  // nobody there (BAR-2)
  kRight = 3,    // it was taken, and there was no room for another event
};

// The registers that `read_control` read.
struct BarControl {
  uint32_t magic;
  uint32_t generation;
  uint32_t generation_done;
  uint32_t command_lines;
  uint32_t event_lines;
  uint32_t refused_lines;
  uint32_t command_doorbell;
  uint32_t event_doorbell;
};

class BarRings {
 public:
  // layout: one that fits.
  BarRings(volatile uint8_t* base, const BarLayout& layout);

  // Writes reset_epoch and generation (BAR-8) and begins to count anew. Nothing else may be called until
  // generation_done shows `generation`, but `read_control` and `repeat_reset`.
  void reset(uint32_t epoch, uint16_t generation);
  void repeat_reset();

  // Packs commands[from..bytes) into lines, as many as there is room for, and rings. Returns the offset behind them.
  size_t write(const uint8_t* commands, size_t bytes, size_t from);

  // Takes events into out while they are there and fit; rings. Bytes written. At most `room`, a ring's worth or so.
  size_t poll(uint8_t* out, size_t room);

  // Rings both doorbells with what they held already: harmless where they arrived (BAR-4).
  void ring();

  // Writes every line that the device has not taken again, and rings; how many commands they hold.
  uint32_t rewrite();

  // Reads the control registers; takes over command_lines where it can be.
  const BarControl& read_control();
  const BarControl& control() const { return control_; }

  uint32_t taken() const { return taken_; }
  uint32_t written() const { return written_; }
  uint32_t next_event() const { return next_event_; }
  uint64_t cycles() const { return cycles_; }
  // Event lines that were torn although they were counted already.
  uint32_t torn() const { return torn_; }
  LineState line_state() const { return line_state_; }

  // As if so many lines had passed since the reset: for tests of what happens at 2^32.
  void begin_at(uint32_t command_line, uint32_t event_line);

 private:
  struct alignas(64) Line {
    uint64_t words[kLineBytes / 8];
  };

  uint32_t read(uint32_t offset) const;
  void store(uint32_t offset, uint32_t value) const;
  void put(uint32_t index) const;
  void fill(uint32_t index, const uint8_t* commands, uint32_t count);
  void copy_event(Line* line) const;
  LineState judge(const Line& line) const;
  LineState look_again(Line* line);
  bool take(uint8_t* out);
  bool is_counted();
  void note_taken(uint32_t lines);

  volatile uint8_t* const base_;
  const BarLayout layout_;
  std::vector<Line> lines_;  // what stands in the command ring, to be written again
  uint16_t generation_ = 0;
  uint32_t epoch_ = 0;
  uint32_t taken_ = 0;       // command lines that the device has taken
  uint32_t written_ = 0;     // command lines written and rung
  uint32_t next_event_ = 0;  // event line expected next
  uint32_t counted_ = 0;     // event_lines as last read, in the first lap
  bool first_lap_ = true;
  bool torn_noted_ = false;
  uint32_t torn_ = 0;
  uint64_t cycles_ = 0;
  LineState line_state_ = LineState::kOther;
  BarControl control_ = {};
};

}  // namespace gatebook

#include "bar_mirror.h"

#include <cstring>

namespace gatebook {

BarMirror::BarMirror(const std::string& path) : file_(path) {}

void BarMirror::show(uint32_t offset, uint32_t value) {
  std::memcpy(shown_ + offset, &value, sizeof value);
  file_.store(offset, value);
}

// ---- what the host writes ----

bool BarMirror::host_moved() const {
  return !gone_ && (file_.load(control(kControlResetEpoch)) != seen_epoch_ ||
                    file_.load(control(kControlGeneration)) != seen_generation_ ||
                    file_.load(control(kControlCommandDoorbell)) != seen_command_ ||
                    file_.load(control(kControlEventDoorbell)) != seen_event_);
}

bool BarMirror::look() {
  if (phase_ != Phase::kRunning) return true;
  if (!host_moved()) return false;
  // The generation first: what is rung before it belongs to the reset before.
  const uint32_t generation = file_.load(control(kControlGeneration));
  const uint32_t epoch = file_.load(control(kControlResetEpoch));
  if (epoch != seen_epoch_) {
    seen_epoch_ = epoch;
    registers_.write(control(kControlResetEpoch), epoch);
  }
  if (generation != seen_generation_) {
    phase_ = Phase::kDraining;
    return true;
  }
  look_at_commands();
  look_at_events();
  return true;
}

void BarMirror::look_at_commands() {
  const uint32_t doorbell = file_.load(control(kControlCommandDoorbell));
  if (doorbell == seen_command_) return;
  if (lost_doorbells_ > 0) {
    // As if it had not been written: the same value will be seen again.
    if (file_.replace(control(kControlCommandDoorbell), doorbell, seen_command_)) lost_doorbells_ -= 1;
    return;
  }
  seen_command_ = doorbell;
  if (stuck_) {
    stuck_ = false;
    again_ = taken_;
    again_end_ = pushed_;
    ring_again_ = true;
  }
  if (doorbell == goal_) return;
  if (doorbell - taken_ <= kMapLines && doorbell - goal_ <= kMapLines) {
    goal_ = doorbell;
    return;
  }
  // It changes nothing, and reads back as what stands there.
  registers_.write(control(kControlCommandDoorbell), doorbell);
  questions_.push(control(kControlCommandDoorbell));
}

void BarMirror::look_at_events() {
  const uint32_t doorbell = file_.load(control(kControlEventDoorbell));
  if (doorbell == seen_event_) return;
  if (lost_event_doorbells_ > 0) {
    if (file_.replace(control(kControlEventDoorbell), doorbell, seen_event_)) lost_event_doorbells_ -= 1;
    return;
  }
  seen_event_ = doorbell;
  registers_.write(control(kControlEventDoorbell), doorbell);
  if (doorbell - event_rung_ <= fetched_ - event_rung_) {
    event_rung_ = doorbell;
  } else {
    questions_.push(control(kControlEventDoorbell));
  }
}

// ---- command lines ----

void BarMirror::feed() {
  if (!writer_.ready() || phase_ != Phase::kRunning) return;
  if (again_ != again_end_ || ring_again_) {
    feed_again();
  } else if (pushed_ != goal_ && lost_commands_ > 0) {
    lose_line();
  } else if (pushed_ != goal_) {
    const uint32_t count = lines_now(pushed_, goal_);
    send_lines(pushed_, count, true);
    pushed_ += count;
  }
}

// What the host wrote anew of the lines that went out before: a line that it did not touch is zeros.
void BarMirror::feed_again() {
  while (again_ != again_end_) {
    const uint32_t line = again_++;
    uint64_t first;
    std::memcpy(&first, file_.bytes(kMapCommandRing + slot_of(line) * kLineBytes), sizeof first);
    uint32_t crc;
    std::memcpy(&crc, file_.bytes(kMapCommandRing + slot_of(line) * kLineBytes + kCommandLineCrc), sizeof crc);
    if (first == 0 && crc == 0) continue;
    send_lines(line, 1, false);
    return;
  }
  if (!writer_.idle()) return;
  ring_again_ = false;
  registers_.write(control(kControlCommandDoorbell), rung_);
}

void BarMirror::send_lines(uint32_t line, uint32_t count, bool fresh) {
  uint8_t bytes[kLinesABurst * kLineBytes];
  const uint32_t offset = kMapCommandRing + slot_of(line) * kLineBytes;
  std::memcpy(bytes, file_.bytes(offset), count * kLineBytes);
  std::memset(file_.bytes(offset), 0, count * kLineBytes);
  if (fresh && torn_commands_ > 0) {
    torn_commands_ -= 1;
    std::memset(bytes + kLineBytes / 2, 0, kLineBytes / 2);
  }
  writer_.begin(offset, bytes, count * kLineBytes);
  bursts_.push(fresh ? count : 0);
}

// What stands at its place in the device stays there, and is rung.
void BarMirror::lose_line() {
  // In order behind the lines that went out.
  if (!writer_.idle()) return;
  lost_commands_ -= 1;
  std::memset(file_.bytes(kMapCommandRing + slot_of(pushed_) * kLineBytes), 0, kLineBytes);
  pushed_ += 1;
  bursts_.push(1);
  line_answered();
}

void BarMirror::line_answered() {
  const uint32_t count = bursts_.pop();
  if (count == 0) return;
  rung_ += count;
  command_total_ += count;
  if (phase_ == Phase::kRunning) registers_.write(control(kControlCommandDoorbell), rung_);
}

void BarMirror::refused() {
  locating_ = false;
  stuck_ = true;
  // Any write of the host's shows now, of the same value too; one that came meanwhile stands, and is seen.
  if (file_.replace(control(kControlCommandDoorbell), seen_command_, taken_)) seen_command_ = taken_;
  show(control(kControlRefusedLines), refused_);
}

// ---- event lines ----

void BarMirror::fetch() {
  if (asked_ == counted_ || !reader_.ready() || phase_ != Phase::kRunning) return;
  const uint32_t count = lines_now(asked_, counted_);
  reader_.begin(kMapEventRing + slot_of(asked_) * kLineBytes, count * kLineBytes);
  asked_ += count;
}

void BarMirror::event_word(uint64_t word) {
  line_[beat_++] = word;
  if (beat_ < 8) return;
  beat_ = 0;
  deliver();
}

void BarMirror::deliver() {
  const uint32_t slot = slot_of(fetched_);
  const uint32_t offset = kMapEventRing + slot * kLineBytes;
  fetched_ += 1;
  event_total_ += 1;
  const bool torn = torn_events_ > 0;
  if (held_until_ == 0 && (torn || stale_events_ > 0)) {
    (torn ? torn_events_ : stale_events_) -= 1;
    held_until_ = wrong_cycles_ == 0 ? UINT64_MAX : now_ + wrong_cycles_;
    held_slot_ = slot;
    std::memcpy(held_line_, line_, sizeof line_);
    if (torn) file_.write(offset, line_, kLineBytes / 2);
    std::memcpy(shown_ + offset, file_.bytes(offset), kLineBytes);
  } else {
    std::memcpy(shown_ + offset, line_, kLineBytes);
    file_.write(offset, line_, kLineBytes);
  }
  show(control(kControlEventLines), fetched_);
}

void BarMirror::advance(uint64_t cycle) {
  now_ = cycle;
  if (held_until_ == 0 || cycle < held_until_) return;
  held_until_ = 0;
  const uint32_t offset = kMapEventRing + held_slot_ * kLineBytes;
  std::memcpy(shown_ + offset, held_line_, kLineBytes);
  file_.write(offset, held_line_, kLineBytes);
}

// ---- registers ----

void BarMirror::ask() {
  if (!poll_.ready()) return;
  switch (phase_) {
    case Phase::kDraining:
      if (writer_.idle() && reader_.idle() && registers_.idle()) write_generation();
      return;
    case Phase::kAsking:
      // What was written is there before it is read back.
      if (registers_.idle()) poll_.begin(control(kControlGeneration));
      return;
    case Phase::kResetting:
      // The host may begin anew before the device is done.
      if (file_.load(control(kControlGeneration)) != seen_generation_) {
        phase_ = Phase::kDraining;
      } else {
        poll_.begin(control(kControlGenerationDone));
      }
      return;
    case Phase::kRunning:
      poll_.begin(next_question());
      return;
  }
}

uint32_t BarMirror::next_question() {
  static constexpr uint32_t kTurns[] = {kControlEventLines, kControlCommandLines, kControlEventLines,
                                        kControlRefusedLines};
  if (!questions_.empty() && registers_.idle()) return questions_.pop();
  turn_ += 1;
  if ((turn_ & 1) != 0 && sweeping()) {
    const uint32_t offset = 4 * sweep_++;
    return offset < kBlockBytes ? kMapBlocks + offset : kMapRegisters + offset - kBlockBytes;
  }
  return control(kTurns[(turn_ >> 1) & 3]);
}

void BarMirror::answered(uint32_t address, uint32_t value) {
  switch (phase_) {
    case Phase::kDraining:
      return;
    case Phase::kAsking:
      seen_generation_ = value;
      if (value == asked_generation_) {
        forget();
        phase_ = Phase::kResetting;
      } else {
        // It changed nothing, and reads back as what stands there; what the host wrote meanwhile is seen next.
        file_.replace(control(kControlGeneration), asked_generation_, value);
        phase_ = Phase::kRunning;
      }
      return;
    case Phase::kResetting:
      if (address != control(kControlGenerationDone) || value != seen_generation_) return;
      phase_ = Phase::kRunning;
      show(address, value);
      return;
    case Phase::kRunning:
      register_came(address, value);
      return;
  }
}

void BarMirror::register_came(uint32_t address, uint32_t value) {
  switch (address) {
    case control(kControlEventLines):
      counted_ = value;
      return;
    case control(kControlCommandLines):
      if (value != taken_) {
        taken_ = value;
        show(address, value);
      }
      // Where it is stuck is known only now.
      if (locating_) refused();
      return;
    case control(kControlRefusedLines):
      if (value == refused_) return;
      refused_ = value;
      locating_ = true;
      return;
    case control(kControlCommandDoorbell):
      if (file_.replace(address, seen_command_, value)) seen_command_ = value;
      return;
    case control(kControlEventDoorbell):
      if (file_.replace(address, seen_event_, value)) seen_event_ = value;
      return;
    default:
      show(address, value);
  }
}

void BarMirror::write_generation() {
  asked_generation_ = file_.load(control(kControlGeneration));
  registers_.write(control(kControlGeneration), asked_generation_);
  phase_ = Phase::kAsking;
}

// The device has taken another generation: nothing of the former one counts any more.
void BarMirror::forget() {
  show(control(kControlGenerationDone), 0);
  for (const uint32_t lines : {kControlCommandLines, kControlEventLines, kControlRefusedLines}) show(control(lines), 0);
  file_.store(control(kControlCommandDoorbell), 0);
  file_.store(control(kControlEventDoorbell), 0);
  seen_command_ = seen_event_ = 0;
  goal_ = pushed_ = rung_ = taken_ = refused_ = 0;
  counted_ = asked_ = fetched_ = event_rung_ = 0;
  again_ = again_end_ = 0;
  ring_again_ = stuck_ = locating_ = false;
  held_until_ = 0;
  while (!questions_.empty()) questions_.pop();
  // The device clears the CRCs of both rings.
  std::memset(file_.bytes(kMapCommandRing), 0, kMapLines * kLineBytes);
  for (uint32_t line = 0; line < kMapLines; ++line) show(kMapEventRing + line * kLineBytes + kEventLineCrc, 0);
}

// ---- both ----

void BarMirror::restore() {
  if (gone_) return;
  for (uint32_t offset = 0; offset < kReadOnlyEnd; offset += 4) {
    if (offset == control(kControlResetEpoch) || offset == control(kControlGeneration)) continue;
    if (offset == control(kControlCommandDoorbell) || offset == control(kControlEventDoorbell)) continue;
    uint32_t value;
    std::memcpy(&value, shown_ + offset, sizeof value);
    if (file_.load(offset) != value) file_.store(offset, value);
  }
}

bool BarMirror::at_rest() const {
  const bool held = held_until_ != 0 && held_until_ != UINT64_MAX;
  return phase_ == Phase::kRunning && writer_.idle() && reader_.idle() && registers_.idle() && questions_.empty() &&
         pushed_ == goal_ && !ring_again_ && !locating_ && fetched_ == counted_ && !held && !host_moved();
}

void BarMirror::inject(BarFault fault, uint32_t times, uint64_t cycles) {
  switch (fault) {
    case BarFault::kAllOnes:
      leave();
      return;
    case BarFault::kTornCommand:
      torn_commands_ += times;
      return;
    case BarFault::kTornEvent:
      torn_events_ += times;
      wrong_cycles_ = cycles;
      return;
    case BarFault::kStaleEvent:
      stale_events_ += times;
      wrong_cycles_ = cycles;
      return;
    case BarFault::kLostDoorbell:
      lost_doorbells_ += times;
      return;
    case BarFault::kLostCommand:
      lost_commands_ += times;
      return;
    case BarFault::kLostEventDoorbell:
      lost_event_doorbells_ += times;
      return;
    case BarFault::kCount:
      return;
  }
}

}  // namespace gatebook

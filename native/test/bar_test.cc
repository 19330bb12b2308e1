// Goal: the host's side of a BAR loses nothing against a device that works at the same time, also where the indices
// wrap; takes no line that is not whole; writes again what was refused; and survives memory that vanishes.
// Argument: commands of the long run.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "../bar/rings.h"
#include "../bar/window.h"
#include "bar_device.h"
#include "random_commands.h"

using namespace gatebook;

namespace {

constexpr Profile kTiny = {5, 6, 4, 9, 4, 2, 3, 10};
constexpr BarLayout kLayout = {kMapCommandRing,
                               kMapLines,
                               kMapControl + kControlCommandDoorbell,
                               kMapEventRing,
                               kMapLines,
                               kMapControl + kControlEventDoorbell,
                               kMapControl};
constexpr int kMostTurns = 20000000;

int failures = 0;

void expect(bool holds, const char* what, size_t detail = 0) {
  if (holds) return;
  failures++;
  std::printf("FAILED: %s (%zu)\n", what, detail);
}

// A window in plain memory.
struct Memory {
  alignas(4096) uint8_t bytes[kBarBytes] = {};

  uint32_t word(uint32_t offset) const {
    uint32_t value;
    std::memcpy(&value, bytes + offset, 4);
    return value;
  }
  void put(uint32_t offset, uint32_t value) { std::memcpy(bytes + offset, &value, 4); }
  uint8_t* event_line(uint32_t index) { return bytes + kMapEventRing + index % kMapLines * kLineBytes; }
  uint8_t* command_line(uint32_t index) { return bytes + kMapCommandRing + index % kMapLines * kLineBytes; }
};

std::vector<uint8_t> random_commands(size_t count, uint64_t seed) {
  RandomCommands commands(kTiny, seed);
  std::vector<uint8_t> bytes(count * kCommandBytes);
  for (size_t n = 0; n < count; ++n) commands.next(bytes.data() + n * kCommandBytes);
  return bytes;
}

// What an engine that is fed directly answers, RESET_DONE first.
std::vector<uint8_t> expected_events(const std::vector<uint8_t>& commands, uint32_t epoch) {
  Engine engine(kTiny);
  std::vector<uint8_t> out(engine.max_event_bytes() + 65536);
  engine.reset(epoch, out.data());
  std::vector<uint8_t> all(out.begin(), out.begin() + kEventBytes);
  for (size_t from = 0; from < commands.size();) {
    size_t bytes = 0;
    from = engine.consume(commands.data(), commands.size(), from, out.data(), out.size(), &bytes);
    all.insert(all.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(bytes));
  }
  return all;
}

// Resets, sends everything in batches of random size and takes every event; `work` runs the device or gives way.
template <typename Work>
std::vector<uint8_t> converse(BarRings* rings, const std::vector<uint8_t>& commands, size_t event_bytes, Work work) {
  std::vector<uint8_t> received;
  std::vector<uint8_t> out(64 * kEventBytes);
  Random random(9);
  size_t from = 0;
  size_t end = 0;
  for (int turns = 0; turns < kMostTurns && (from < commands.size() || received.size() < event_bytes); ++turns) {
    if (from == end) {
      end += kCommandBytes * random.below(700);
      if (end > commands.size()) end = commands.size();
    }
    from = rings->write(commands.data(), end, from);
    work();
    const size_t bytes = rings->poll(out.data(), kEventBytes * (1 + random.below(64)));
    received.insert(received.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(bytes));
    if (turns % 1000 == 0) rings->read_control();
  }
  return received;
}

void layouts_are_checked() {
  expect(layout_fits(kLayout, kBarBytes), "the usual layout fits");
  expect(!layout_fits(kLayout, kBarBytes / 2), "a ring ends inside the window");
  uint32_t BarLayout::*const fields[] = {&BarLayout::command_ring,   &BarLayout::command_lines,
                                         &BarLayout::command_doorbell, &BarLayout::event_ring,
                                         &BarLayout::event_lines,    &BarLayout::event_doorbell,
                                         &BarLayout::control};
  for (size_t field = 0; field < sizeof fields / sizeof fields[0]; ++field) {
    for (const uint32_t value : {1U, 0x8002U, 0xffffffffU, 0xffffffc0U, 0x10000U}) {
      const bool is_lines = field == 1 || field == 4;
      if (is_lines && value == 1) continue;  // a ring of one line is one
      BarLayout layout = kLayout;
      layout.*fields[field] = value;
      expect(!layout_fits(layout, kBarBytes), "a field that is off is refused", field);
    }
  }
  BarLayout layout = kLayout;
  layout.event_lines = 0;
  expect(!layout_fits(layout, kBarBytes), "a ring without lines is refused");
}

void nothing_is_lost_beside_a_device_that_works(size_t count) {
  auto memory = std::make_unique<Memory>();
  BarDevice device(memory->bytes, kTiny);
  std::atomic<bool> stop{false};
  std::thread thread([&] {
    while (!stop.load(std::memory_order_relaxed)) {
      if (!device.turn()) std::this_thread::yield();
    }
  });
  BarRings rings(memory->bytes, kLayout);
  for (uint32_t epoch = 1; epoch <= 3; ++epoch) {
    const auto commands = random_commands(count, epoch);
    const auto expected = expected_events(commands, epoch);
    rings.reset(epoch, static_cast<uint16_t>(epoch * 21000));
    for (int turns = 0; turns < kMostTurns && rings.read_control().generation_done != epoch * 21000; ++turns) {
      std::this_thread::yield();
    }
    const auto received = converse(&rings, commands, expected.size(), [] { std::this_thread::yield(); });
    expect(received == expected, "every event once, in order", received.size() / kEventBytes);
    expect(rings.written() == rings.taken() || rings.read_control().command_lines == rings.written(),
           "every line was taken");
    expect(rings.torn() == 0, "no line that is counted is torn", rings.torn());
  }
  stop = true;
  thread.join();
  expect(device.refused() == 0, "no line was refused", device.refused());
  std::printf("bar: %zu commands three times beside a device\n", count);
}

void indices_wrap() {
  auto memory = std::make_unique<Memory>();
  BarDevice device(memory->bytes, kTiny);
  BarRings rings(memory->bytes, kLayout);
  const auto commands = random_commands(20000, 4);
  const auto expected = expected_events(commands, 7);
  rings.reset(7, 65535);
  device.turn();
  std::vector<uint8_t> done(kEventBytes);
  expect(rings.poll(done.data(), done.size()) == kEventBytes, "RESET_DONE comes first");
  const uint32_t command_line = 0xffffffff - 700;
  const uint32_t event_line = 0xffffffff - 900;
  rings.begin_at(command_line, event_line);
  device.begin_at(command_line, event_line);
  auto received = converse(&rings, commands, expected.size() - kEventBytes, [&] { device.turn(); });
  received.insert(received.begin(), done.begin(), done.end());
  expect(received == expected, "every event once, over the end of the indices", received.size() / kEventBytes);
  expect(rings.written() < command_line && rings.next_event() < event_line, "the indices did wrap");
}

void a_full_ring_takes_no_more() {
  auto memory = std::make_unique<Memory>();
  BarRings rings(memory->bytes, kLayout);
  const auto commands = random_commands(3000, 5);
  rings.reset(1, 1);
  const size_t behind = rings.write(commands.data(), commands.size(), 0);
  expect(behind == kMapLines * kCommandsPerLine * kCommandBytes, "a ring full is written", behind);
  expect(memory->word(kMapControl + kControlCommandDoorbell) == kMapLines, "and rung");
  expect(rings.write(commands.data(), commands.size(), behind) == behind, "and nothing beyond it");
  memory->put(kMapControl + kControlCommandLines, 10);
  expect(rings.write(commands.data(), commands.size(), behind) == behind + 30 * kCommandBytes, "ten lines are free");
  // A count beyond what was written is nobody's: it frees nothing.
  memory->put(kMapControl + kControlCommandLines, 5000);
  expect(rings.write(commands.data(), commands.size(), behind) == behind, "a count that cannot be is not believed");
}

void refused_lines_are_written_again() {
  auto memory = std::make_unique<Memory>();
  BarRings rings(memory->bytes, kLayout);
  const auto commands = random_commands(100, 6);
  rings.reset(1, 1);
  rings.write(commands.data(), commands.size(), 0);
  memory->put(kMapControl + kControlGenerationDone, 1);
  memory->put(kMapControl + kControlCommandLines, 4);
  rings.read_control();
  const std::vector<uint8_t> before(memory->command_line(0), memory->command_line(34));
  std::memset(memory->command_line(0), 0xee, 34 * kLineBytes);
  memory->put(kMapControl + kControlCommandDoorbell, 0);
  expect(rings.rewrite() == 29 * 3 + 1, "what was not taken is written again, and counted in commands");
  const std::vector<uint8_t> after(memory->command_line(0), memory->command_line(34));
  expect(std::equal(after.begin() + 4 * kLineBytes, after.end(), before.begin() + 4 * kLineBytes), "and is the same");
  expect(after[4 * kLineBytes - 1] == 0xee, "what was taken is left alone");
  expect(memory->word(kMapControl + kControlCommandDoorbell) == 34, "and it is rung");
}

void only_whole_lines_are_taken() {
  auto memory = std::make_unique<Memory>();
  BarDevice device(memory->bytes, kTiny);
  BarRings rings(memory->bytes, kLayout);
  rings.reset(1, 3);
  device.turn();
  uint8_t line[kLineBytes];
  std::memcpy(line, memory->event_line(0), kLineBytes);
  uint8_t out[2 * kEventBytes];
  memory->put(kMapControl + kControlEventLines, 0);
  expect(rings.poll(out, sizeof out) == 0, "in the first lap a line is not there before it is counted");
  memory->put(kMapControl + kControlEventLines, 1);
  for (size_t bit = 0; bit < kLineBytes * 8; ++bit) {
    memory->event_line(0)[bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
    expect(rings.poll(out, sizeof out) == 0, "a line with a wrong bit is not taken", bit);
    expect(rings.line_state() == (bit < 64 ? LineState::kOther : LineState::kTorn), "and is called what it is", bit);
    std::memcpy(memory->event_line(0), line, kLineBytes);
  }
  expect(rings.torn() == 1, "a line that is counted and torn is one fault", rings.torn());
  std::memset(memory->event_line(0), 0xff, kLineBytes);
  expect(rings.poll(out, sizeof out) == 0 && rings.line_state() == LineState::kAllOnes, "all ones are no line");
  std::memcpy(memory->event_line(0), line, kLineBytes);
  expect(rings.poll(out, sizeof out) == kEventBytes, "the right line is taken");
  expect(std::memcmp(out, line + kEventLineEvent, kEventBytes) == 0, "and is what was in it");
  expect(memory->word(kMapControl + kControlEventDoorbell) == 1, "and is rung");
  expect(rings.poll(out, sizeof out) == 0, "once");
}

// Beyond the first lap a line that is being written is not a fault until it is counted.
void a_line_being_written_is_no_fault() {
  auto memory = std::make_unique<Memory>();
  BarDevice device(memory->bytes, kTiny);
  BarRings rings(memory->bytes, kLayout);
  rings.reset(1, 3);
  device.turn();
  uint8_t out[kEventBytes];
  rings.poll(out, sizeof out);
  rings.begin_at(0, 600);
  uint32_t head[2] = {600, 3 | 1 << 16};
  std::memcpy(memory->event_line(600), head, sizeof head);
  memory->put(kMapControl + kControlEventLines, 600);
  expect(rings.poll(out, sizeof out) == 0 && rings.line_state() == LineState::kTorn, "half a line is not taken");
  expect(rings.torn() == 0, "and is no fault while it is not counted");
  memory->put(kMapControl + kControlEventLines, 601);
  rings.poll(out, sizeof out);
  rings.poll(out, sizeof out);
  expect(rings.torn() == 1, "and one, once, when it is", rings.torn());
}

/** A folder that nobody can have prepared; gone at the end, with the files in it. */
class TestFolder {
 public:
  TestFolder() {
    const char* parent = std::getenv("TMPDIR");
    path_ = std::string(parent == nullptr ? "/tmp" : parent) + "/gatebook-XXXXXX";
    if (mkdtemp(path_.data()) == nullptr) {
      std::perror(path_.c_str());
      std::exit(1);
    }
  }
  ~TestFolder() {
    for (const std::string& file : files_) unlink(file.c_str());
    rmdir(path_.c_str());
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::string file(const char* name) {
    files_.push_back(path_ + "/" + name);
    return files_.back();
  }

 private:
  std::string path_;
  std::vector<std::string> files_;
};

std::string make_file(const char* name, size_t bytes) {
  static TestFolder folder;
  const std::string path = folder.file(name);
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
  expect(file >= 0 && ftruncate(file, static_cast<off_t>(bytes)) == 0, "a file can be made");
  close(file);
  return path;
}

void windows_are_exclusive_and_checked() {
  WindowError error;
  Window window;
  expect(!window.open("/nowhere/at/all", &error) && error.number == ENOENT, "a file that is not there");
  const std::string small = make_file("small", 100);
  expect(!window.open(small.c_str(), &error) && error.number == 0 && std::string(error.step) == "size", "a short file");
  const std::string path = make_file("window", kBarBytes);
  expect(window.open(path.c_str(), &error) && window.bytes() == kBarBytes, "a window opens");
  Window second;
  expect(!second.open(path.c_str(), &error) && std::string(error.step) == "lock", "once at a time");
  expect(error.number == EWOULDBLOCK, "and says why");
  window.base()[5] = 42;
  expect(!window.combine(path.c_str(), 64, 4096), "only whole pages combine");
  expect(!window.combine(path.c_str(), kBarBytes, 4096), "inside the window");
  expect(!window.combine("/nowhere", 0x8000, 0x4000) && window.is_open(), "without the other file nothing changes");
  expect(window.combine(path.c_str(), 0x8000, 0x4000) && window.combines(), "a part goes through another file");
  window.base()[0x8000] = 43;
  const int file = open(path.c_str(), O_RDONLY);
  uint8_t bytes[2] = {};
  expect(pread(file, bytes, 1, 5) == 1 && pread(file, bytes + 1, 1, 0x8000) == 1, "the file can be read");
  expect(bytes[0] == 42 && bytes[1] == 43, "both parts are the same memory");
  close(file);
  window.close();
  expect(second.open(path.c_str(), &error), "the next one may when it is closed");
}

void who_serves_a_file_is_known() {
#ifdef F_OFD_SETLK
  const std::string path = make_file("served", kBarBytes);
  WindowError error;
  Window window;
  expect(window.open(path.c_str(), &error) && !window.served(), "a file that nobody serves");
  const int file = open(path.c_str(), O_RDWR);
  struct flock first_byte = {};
  first_byte.l_type = F_WRLCK;
  first_byte.l_whence = SEEK_SET;
  first_byte.l_len = 1;
  expect(fcntl(file, F_OFD_SETLK, &first_byte) == 0 && window.served(), "one that somebody does, beside the host");
  close(file);
  expect(!window.served(), "until that ends");
  unlink(path.c_str());
#endif
}

void memory_that_vanishes_is_survived() {
  struct sigaction before = {};
  sigaction(SIGBUS, nullptr, &before);
  const std::string path = make_file("vanishing", kBarBytes);
  {
    Window window;
    WindowError error;
    expect(window.open(path.c_str(), &error), "a window opens");
    uint32_t sum = 0;
    auto read_all = [&] {
      for (size_t at = 0; at < window.bytes(); at += 4096) sum += window.base()[at];
    };
    expect(guarded(window.base(), window.bytes(), read_all), "memory that is there is read");
    expect(truncate(path.c_str(), 8192) == 0, "the file is truncated");
    for (int n = 0; n < 3; ++n) {
      expect(!guarded(window.base(), window.bytes(), read_all), "an access that faults is abandoned, each time");
    }
    auto read_first = [&] { sum += window.base()[4096]; };
    expect(guarded(window.base(), window.bytes(), read_first), "what is left can be read");
  }
  struct sigaction after = {};
  sigaction(SIGBUS, nullptr, &after);
  expect(after.sa_handler == before.sa_handler, "no handler stays behind");
}

}  // namespace

int main(int count, char** arguments) {
  layouts_are_checked();
  a_full_ring_takes_no_more();
  refused_lines_are_written_again();
  only_whole_lines_are_taken();
  a_line_being_written_is_no_fault();
  windows_are_exclusive_and_checked();
  who_serves_a_file_is_known();
  memory_that_vanishes_is_survived();
  if (failures == 0) indices_wrap();
  // A host that fails by itself has nothing to say to a device, and might never stop.
  const size_t commands = count > 1 ? static_cast<size_t>(std::atol(arguments[1])) : 100000;
  if (failures == 0) nothing_is_lost_beside_a_device_that_works(commands);
  std::printf("bar: %d failures\n", failures);
  return failures == 0 ? 0 : 1;
}

// Micro benches of the C++ engine: one JSON line each. Argument: only benches whose name contains it.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "../../native/crc32.h"
#include "../../native/engine.h"
#include "bare_ladder.h"
#include "measure.h"
#include "program.h"

using namespace gatebook;

namespace {

constexpr size_t kCommands = 1000000;
constexpr uint32_t kTick = 10;  // the grid of 0.001: 999 levels
constexpr uint32_t kLevels = 999;
constexpr Profile kOneBook = {16, 4096, 1024, 4096, 16, 16, 16, 1};

const char* filter = "";

bool wanted(const std::string& name) { return name.find(filter) != std::string::npos; }

// Plays programs into one engine, reusing one piece of room as a host does.
class Player {
 public:
  explicit Player(const Profile& profile) : engine_(profile), out_(engine_.max_event_bytes() + 65536) {
    if (!engine_.ok()) std::abort();
  }

  size_t play(const Program& program) {
    size_t events = 0;
    for (size_t from = 0; from < program.bytes.size();) {
      size_t bytes = 0;
      from = engine_.consume(program.bytes.data(), program.bytes.size(), from, out_.data(), out_.size(), &bytes);
      events += bytes / kEventBytes;
      refused_ = refused_ || (bytes != 0 && out_[0] == static_cast<uint8_t>(EventType::kRefused));
    }
    return events;
  }

  void reset() { engine_.reset(1, out_.data()); }
  bool refused() const { return refused_; }

 private:
  Engine engine_;
  std::vector<uint8_t> out_;
  bool refused_ = false;
};

void start_book(Program* program, uint32_t book, BookWalk* walk) {
  program->begin(book, kTick);
  for (const BookWalk::Step& step : walk->start()) program->level(book, step.side, step.level, step.size, false);
  program->live(book);
}

// Plays `setup` untimed, then times `program`.
void bench_program(const std::string& name, const std::string& unit, const Profile& profile, const Program& setup,
                   const Program& program, const std::string& more = "") {
  if (!wanted(name)) return;
  Player player(profile);
  size_t events = 0;
  const auto prepare = [&] {
    player.reset();
    player.play(setup);
  };
  const auto run = [&] {
    events = player.play(program);
    return program.commands();
  };
  const Result result = measure(prepare, run);
  if (player.refused()) std::fprintf(stderr, "%s: a command was refused\n", name.c_str());
  report(name, unit, result, static_cast<double>(events) / static_cast<double>(program.commands()), more);
}

template <bool kTuned>
void bench_bare(const std::string& name, const std::vector<BookWalk::Step>& steps, const char* more) {
  if (!wanted(name)) return;
  std::unique_ptr<BareLadder<kTuned>> ladder;
  const auto prepare = [&] {
    ladder.reset(new BareLadder<kTuned>(kLevels));
    for (const BookWalk::Step& step : steps) ladder->set(step.side, step.level, 1);
  };
  uint64_t sink = 0;
  const auto run = [&] {
    for (const BookWalk::Step& step : steps) ladder->set(step.side, step.level, step.size);
    sink += ladder->best(0) + ladder->best(1);
    return steps.size();
  };
  const Result result = measure(prepare, run);
  if (sink == 1) std::abort();
  report(name, "ns/level", result, 0, more);
}

// (a), (b): 1,000,000 levels of one book, 23.5 % of them deletes, 5 % moving the touch; nothing is committed.
void bench_ladder() {
  Random random(1);
  BookWalk walk(kLevels, &random);
  Program setup;
  start_book(&setup, 0, &walk);
  std::vector<BookWalk::Step> steps;
  size_t deletes = 0;
  for (size_t n = 0; n < kCommands; ++n) {
    const uint32_t dice = random.below(1000);
    const BookWalk::Step step = dice < 50 ? walk.move_touch(random.below(2)) : walk.behind_touch(dice < 50 + 210);
    deletes += step.size == 0 ? 1 : 0;
    steps.push_back(step);
  }
  Program program;
  for (const BookWalk::Step& step : steps) program.level(0, step.side, step.level, step.size, false);
  char more[100];
  std::snprintf(more, sizeof more, ",\"delete_share\":%.3f,\"touch_share\":0.05",
                static_cast<double>(deletes) / static_cast<double>(kCommands));

  bench_bare<false>("bare_ladder", steps, more);
  bench_bare<true>("bare_ladder_tuned", steps, more);
  bench_program("engine_ladder", "ns/level", kOneBook, setup, program, more);
}

// (c): every command moves the touch and commits. `baskets` two-leg baskets on the book that no change comes near to;
// `signal`: one more that is open throughout, so that every change of its cost is a CHANGE.
void bench_commit(const std::string& name, uint32_t baskets, bool signal) {
  if (!wanted(name)) return;
  Random random(2);
  BookWalk walk(kLevels, &random);
  BookWalk other(kLevels, &random);
  Program setup;
  setup.fee(0, 42950);
  start_book(&setup, 0, &walk);
  start_book(&setup, 1, &other);
  for (uint32_t id = 0; id < baskets + (signal ? 1 : 0); ++id) {
    const bool open = id == baskets;
    setup.basket(id, 1000000);
    setup.leg(id, 0, id % 2);
    setup.leg(id, 1, (id + 1) % 2);
    setup.arm(id, open ? -2000000 : 400000);
  }
  Program program;
  const uint32_t signal_side = baskets % 2 == 0 ? 1 : 0;  // YES costs the ask, NO the bid
  for (size_t n = 0; n < kCommands; ++n) {
    const BookWalk::Step step = walk.move_touch(signal ? signal_side : random.below(2));
    program.level(0, step.side, step.level, step.size, true);
  }
  bench_program(name, "ns/command", kOneBook, setup, program);
}

// (d): the CRC alone, over events as a batch leaves them.
void bench_crc(const std::string& name, size_t events, uint32_t (*crc)(uint32_t, const uint8_t*, size_t)) {
  if (!wanted(name)) return;
  std::vector<uint8_t> data(events * kEventBytes, 3);
  const size_t rounds = 2000000 / events;
  uint32_t value = 0;
  const auto run = [&] {
    for (size_t n = 0; n < rounds; ++n) value = crc(value, data.data(), data.size());
    return rounds * events;
  };
  report(name, "ns/event", measure([] {}, run), 0, ",\"events_per_batch\":" + std::to_string(events));
  if (value == 1) std::printf("\n");
}

size_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  unsigned long size = 0;
  unsigned long resident = 0;
  if (file == nullptr) return 0;
  const int read = std::fscanf(file, "%lu %lu", &size, &resident);
  std::fclose(file);
  return read == 2 ? resident * static_cast<size_t>(sysconf(_SC_PAGESIZE)) : 0;
}

// (e): commits on books at random, each with two pages; every fifth book is in a two-leg basket.
void bench_scale(const std::string& name, uint32_t books, uint32_t baskets) {
  if (!wanted(name)) return;
  const Profile profile = {books, books * 2, baskets, baskets * 2, 16, 0, 16, 1};
  Random random(3);
  Program setup;
  for (uint32_t book = 0; book < books; ++book) {
    setup.begin(book, kTick);
    for (uint32_t depth = 0; depth < 10; ++depth) {
      setup.level(book, 0, 480 - depth, 1000000 + depth, false);
      setup.level(book, 1, 520 + depth, 1000000 + depth, false);
    }
    setup.live(book);
  }
  for (uint32_t id = 0; id < baskets; ++id) {
    setup.basket(id, 1000000);
    setup.leg(id, id * 2 % books, 0);
    setup.leg(id, (id * 2 + 1) % books, 0);
    setup.arm(id, 400000);
  }
  Program program;
  for (size_t n = 0; n < kCommands; ++n) {
    // Half of the commands change the best size, half a level behind it.
    const uint32_t side = random.below(2);
    const uint32_t depth = random.one_in(2) ? 0 : random.below(10);
    program.level(random.below(books), side, side == 0 ? 480 - depth : 520 + depth, 1 + random.below(1000000), true);
  }
  const size_t before = resident_bytes();
  size_t after = 0;
  double events = 0;
  Result result;
  {
    Player player(profile);
    player.play(setup);
    after = resident_bytes();
    const auto run = [&] {
      events = static_cast<double>(player.play(program)) / static_cast<double>(program.commands());
      return program.commands();
    };
    result = measure([] {}, run);
    if (player.refused()) std::fprintf(stderr, "%s: a command was refused\n", name.c_str());
  }
  report(name, "ns/command", result, events,
         ",\"books\":" + std::to_string(books) + ",\"baskets\":" + std::to_string(baskets) +
             ",\"memory_mib\":" + std::to_string(static_cast<double>(after - before) / 1048576));
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1) filter = arguments[1];
  bench_ladder();
  bench_commit("commit_top_0_baskets", 0, false);
  bench_commit("commit_top_1_basket", 1, false);
  bench_commit("commit_top_10_baskets", 10, false);
  bench_commit("commit_top_100_baskets", 100, false);
  bench_commit("commit_top_1_basket_1_signal", 1, true);
  bench_crc("crc_batch", 2048, crc32);
  bench_crc("crc_single_event", 1, crc32);
  bench_crc("crc_batch_tables", 2048, crc32_tables);
  bench_scale("scale_50_books", 50, 10);
  bench_scale("scale_5000_books", 5000, 1000);
  bench_scale("scale_50000_books", 50000, 10000);
  return 0;
}

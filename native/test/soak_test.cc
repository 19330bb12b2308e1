// Goal: after random records everything the engine holds fits together (audit.h), its fences tell the truth, and
// cutting the stream differently changes nothing. Arguments: records a profile, first seed.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "../crc32.h"
#include "../engine.h"
#include "audit.h"
#include "random_commands.h"

using namespace gatebook;

namespace {

struct Campaign {
  const char* name;
  Profile profile;
  uint32_t audit_every;  // records
};

constexpr Campaign kCampaigns[] = {
    {"tiny", {5, 6, 4, 9, 4, 2, 3, 10}, 1},
    {"bare", {2, 0, 0, 0, 0, 0, 1, 100}, 1},
    {"ice40", {4, 8, 4, 8, 4, 0, 4, 100}, 1},
    {"ecp5", {32, 128, 64, 256, 32, 32, 16, 10}, 3},
    {"full baskets", {3, 40, 20, 60, 6, 3, 2, 1}, 1},
    {"sim", {1024, 4096, 1024, 8192, 256, 1024, 256, 1}, 500},
    {"standard", {8192, 32768, 8192, 65536, 256, 8192, 1024, 1}, 20000},
};

uint32_t type_of(const uint8_t* record) { return record[0]; }

uint64_t bits(const uint8_t* record, uint32_t byte, uint32_t bytes) {
  uint64_t value = 0;
  std::memcpy(&value, record + byte, bytes);
  return value;
}

// Count and CRC of the events as a host would keep them.
class Ledger {
 public:
  void command(const uint8_t* record) {
    uint64_t lo;
    uint64_t hi;
    std::memcpy(&lo, record, 8);
    std::memcpy(&hi, record + 8, 8);
    const ReservedBits reserved = reserved_bits(record[0]);
    const bool clean = reserved.defined && ((lo & reserved.lo) | (hi & reserved.hi)) == 0;
    if (clean && record[0] == static_cast<uint8_t>(Opcode::kRestoreBegin)) {
      *this = Ledger();
      restoring_ = true;
    } else if (clean && restoring_ && record[0] == static_cast<uint8_t>(Opcode::kRestoreCounts)) {
      restored_index_ = restore_counts_index(lo);
      restored_events_ = restore_counts_events(hi);
    } else if (clean && restoring_ && record[0] == static_cast<uint8_t>(Opcode::kRestoreEnd)) {
      index_ = restored_index_;
      events_ = restored_events_;
      crc_ = restore_end_crc(lo);
      restoring_ = false;
      ended_restore_ = true;
      restores_++;
      return;
    } else {
      index_ = (index_ + 1) & kCounterMask;
    }
    ended_restore_ = false;
  }

  void event(const uint8_t* event) {
    GATEBOOK_AUDIT(!restoring_);
    if (ended_restore_) {  // the only event that RESTORE_END causes
      GATEBOOK_AUDIT(event[1] == static_cast<uint8_t>(ErrorCode::kRestoreFailed));
      *this = Ledger();
      index_ = 1;
      failed_++;
    }
    GATEBOOK_AUDIT(((bits(event, 8, 6) + 1) & kCounterMask) == index_);
    if (type_of(event) == static_cast<uint32_t>(EventType::kFence)) {
      GATEBOOK_AUDIT(bits(event, 16, 6) == index_);
      GATEBOOK_AUDIT(bits(event, 22, 6) == events_);
      GATEBOOK_AUDIT(bits(event, 28, 4) == crc_);
      fences_++;
    }
    events_ = (events_ + 1) & kCounterMask;
    crc_ = crc32_tables(crc_, event, kEventBytes);
  }

  static uint64_t fences_;
  static uint64_t restores_;
  static uint64_t failed_;

 private:
  uint64_t index_ = 0;
  uint64_t events_ = 0;
  uint32_t crc_ = 0;
  uint64_t restored_index_ = 0;
  uint64_t restored_events_ = 0;
  bool restoring_ = false;
  bool ended_restore_ = false;
};

uint64_t Ledger::fences_ = 0;
uint64_t Ledger::restores_ = 0;
uint64_t Ledger::failed_ = 0;

// MSG-3, MSG-4: what one command causes comes as TOP events, then baskets in ascending id, then fair values.
void in_order(const uint8_t* events, size_t bytes) {
  uint64_t before = 0;
  for (size_t at = 0; at < bytes; at += kEventBytes) {
    const uint8_t* event = events + at;
    uint64_t rank = 0;
    if (type_of(event) == static_cast<uint32_t>(EventType::kSignal)) {
      const bool fair = event[14] >= static_cast<uint8_t>(SignalKind::kFairBuy);
      rank = fair ? 100000 : 1 + bits(event, 2, 2);
    }
    GATEBOOK_AUDIT(rank > before || (rank == before && (rank == 0 || rank == 100000)));
    before = rank;
  }
}

// The same commands in batches of any length, into room that is tight half of the time.
std::vector<uint8_t> in_batches(Engine* engine, const std::vector<uint8_t>& commands, Random* random) {
  std::vector<uint8_t> events;
  for (size_t from = 0; from < commands.size();) {
    const size_t most = (commands.size() - from) / 16;
    const size_t batch = 1 + random->below(static_cast<uint32_t>(most < 300 ? most : 300));
    const size_t end = from + batch * 16;
    while (from < end) {
      const size_t room = engine->max_event_bytes() + (random->one_in(2) ? 0 : random->below(5000));
      std::unique_ptr<uint8_t[]> out(new uint8_t[room]);
      size_t bytes = 0;
      const size_t next = engine->consume(commands.data(), end, from, out.get(), room, &bytes);
      GATEBOOK_AUDIT(next > from && next <= end && bytes <= room && bytes % kEventBytes == 0);
      events.insert(events.end(), out.get(), out.get() + bytes);
      from = next;
    }
  }
  return events;
}

void run(const Campaign& campaign, uint32_t records, uint64_t seed) {
  Engine engine(campaign.profile);
  Engine batched(campaign.profile);
  GATEBOOK_AUDIT(engine.ok() && batched.ok());
  EngineAudit::pretend_large(&batched);
  RandomCommands source(campaign.profile, seed);
  Random random(seed + 1000);
  Ledger ledger;
  std::vector<uint8_t> commands;
  std::vector<uint8_t> events;
  std::vector<uint8_t> out(engine.max_event_bytes());
  uint64_t by_type[8] = {0};
  for (uint32_t n = 1; n <= records; ++n) {
    uint8_t command[16];
    source.next(command);
    size_t bytes = 0;
    GATEBOOK_AUDIT(engine.consume(command, 16, 0, out.data(), out.size(), &bytes) == 16);
    ledger.command(command);
    in_order(out.data(), bytes);
    for (size_t at = 0; at < bytes; at += kEventBytes) {
      ledger.event(&out[at]);
      by_type[type_of(&out[at]) % 8]++;
    }
    if (n % campaign.audit_every == 0) EngineAudit(engine).run();
    commands.insert(commands.end(), command, command + 16);
    events.insert(events.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(bytes));
    if (n % 5000 == 0 || n == records) {
      GATEBOOK_AUDIT(in_batches(&batched, commands, &random) == events);
      commands.clear();
      events.clear();
    }
    if (n % 20000 == 0) {
      uint8_t done[kEventBytes];
      engine.reset(n, out.data());
      batched.reset(n, done);
      GATEBOOK_AUDIT(std::memcmp(out.data(), done, kEventBytes) == 0 && done[0] == 6 && bits(done, 4, 4) == n);
      EngineAudit(engine).run();
      ledger = Ledger();
    }
  }
  std::printf("soak %-12s seed %llu: %u records, events: %llu TOP %llu SIGNAL %llu REFUSED %llu FENCE %llu DIGEST\n",
              campaign.name, static_cast<unsigned long long>(seed), records,
              static_cast<unsigned long long>(by_type[1]), static_cast<unsigned long long>(by_type[2]),
              static_cast<unsigned long long>(by_type[3]), static_cast<unsigned long long>(by_type[4]),
              static_cast<unsigned long long>(by_type[5]));
  GATEBOOK_AUDIT(by_type[3] != 0 && by_type[4] != 0 && by_type[5] != 0);
}

// Memory for the largest profile is claimed, not used; one beyond the machine is refused, not fatal.
void largest_profile() {
  Engine engine({65536, 1048576, 65536, 1048576, 256, 65536, 65536, 1});
  if (!engine.ok()) std::printf("soak largest profile: no memory for it here\n");
}

}  // namespace

int main(int count, char** arguments) {
  const uint32_t records = count > 1 ? static_cast<uint32_t>(std::atol(arguments[1])) : 40000;
  const uint64_t seed = count > 2 ? static_cast<uint64_t>(std::atoll(arguments[2])) : 1;
  for (const Campaign& campaign : kCampaigns) run(campaign, records, seed);
  largest_profile();
  std::printf("soak: %llu fences checked, %llu restores, %llu of them refused\n",
              static_cast<unsigned long long>(Ledger::fences_), static_cast<unsigned long long>(Ledger::restores_),
              static_cast<unsigned long long>(Ledger::failed_));
  GATEBOOK_AUDIT(records < 20000 || (Ledger::failed_ != 0 && Ledger::failed_ != Ledger::restores_));
  return 0;
}

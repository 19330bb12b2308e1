// A verilated model as a VerilatedKernel. Included once a build, by the file that also includes the model's code: a
// cycle of the loop below and the model are compiled as one.
#pragma once
#include <verilated.h>
#ifdef GATEBOOK_TRACE
#include <verilated_fst_c.h>
#endif

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "kernel.h"

namespace gatebook {

// The ports of the profile are there where it may be chosen; an exact build has none.
template <class Model, class = void>
struct HasLimits : std::false_type {};
template <class Model>
struct HasLimits<Model, std::void_t<decltype(Model::limit_books_i)>> : std::true_type {};

// kEval: evaluates the model once; Model::eval() around it looks, under two locks, for messages of other threads.
template <class Model, void (*kEval)(Model&)>
class ModelKernel final : public VerilatedKernel {
 public:
  static std::unique_ptr<VerilatedKernel> make(const KernelOptions& options) {
    return std::make_unique<ModelKernel>(options);
  }

  explicit ModelKernel(const KernelOptions& options)
      : VerilatedKernel(event_bound(options.profile)),
        options_(options),
        plain_(options.stall_commands == 0 && options.stall_events == 0 && options.trace_path.empty()),
        random_(options.seed),
        context_(std::make_unique<VerilatedContext>()) {
    context_->randReset(options.random_start ? 2 : 0);
    // 0 would mean a seed of Verilator's own choice.
    context_->randSeed(static_cast<int>(options.seed % 0x7fffffffU) + 1);
    Verilated::threadContextp(context_.get());
#ifdef GATEBOOK_TRACE
    context_->traceEverOn(true);
#endif
    model_ = std::make_unique<Model>(context_.get(), "kernel");
    open_trace();
    tie_inputs();
    model_->eval();
    uint8_t reset_done[kEventBytes];
    reset(0, reset_done);
  }

  ~ModelKernel() override {
    Verilated::threadContextp(context_.get());
#ifdef GATEBOOK_TRACE
    if (trace_ != nullptr) trace_->close();
#endif
    model_.reset();
  }

  size_t consume(const uint8_t* commands, size_t bytes, size_t from, uint8_t* out, size_t out_bytes,
                 size_t* event_bytes) override {
    Batch batch{commands + from, commands + bytes, out, out + out_bytes, out};
    run(&batch);
    *event_bytes = static_cast<size_t>(batch.out - out);
    return static_cast<size_t>(batch.next - commands);
  }

  void reset(uint32_t epoch, uint8_t* out) override {
    Guard guard(this);
    Model& model = *model_;
    model.rst_i = 1;
    model.rst_epoch_i = epoch;
    model.cmd_valid_i = 0;
    model.evt_ready_i = 0;
    for (int cycle = 0; cycle < kResetCycles; ++cycle) whole_cycle();
    model.rst_i = 0;
    model.evt_ready_i = 1;
    guard.done();
    // The event bound does not hold for RESET_DONE, and no command comes that needs it.
    Batch batch{nullptr, nullptr, out, out + kEventBytes, out + kEventBytes};
    run(&batch);
  }

  uint64_t telemetry(uint8_t address) override {
    Guard guard(this);
    model_->telemetry_address_i = address;
    whole_cycle();
    whole_cycle();
    guard.done();
    return model_->telemetry_data_o;
  }

 private:
  static constexpr int kResetCycles = 2;
  static constexpr size_t kPlainBound = 2 * kEventBytes;  // a record that does not commit: both signals of a fair value
  static constexpr uint64_t kCycleNs = 10;  // in a trace
  static constexpr char kTooMany[] = "more events than its profile allows";

  struct Batch {
    const uint8_t* next;
    const uint8_t* end;
    uint8_t* out;
    uint8_t* out_end;
    const uint8_t* least;  // the batch is not over before `out` is here
  };

  // Sets the context that Verilator finds by thread: it would find that of another kernel, or of none any more. A model
  // that has thrown is in no state to go on from.
  class Guard {
   public:
    explicit Guard(ModelKernel* kernel) : kernel_(kernel) {
      if (kernel->broken_) throw KernelError(KernelError::Kind::kStopped, "the simulation ended in an error before");
      kernel->broken_ = true;
      Verilated::threadContextp(kernel->context_.get());
    }
    void done() { kernel_->broken_ = false; }

   private:
    ModelKernel* const kernel_;
  };

  class Random {
   public:
    explicit Random(uint32_t seed) : state_(seed * 0x9e3779b97f4a7c15ULL + 0xd1b54a32d192ed03ULL) {}
    bool per_cent(uint32_t share) {
      state_ ^= state_ << 13;
      state_ ^= state_ >> 7;
      state_ ^= state_ << 17;
      return ((state_ >> 32) * 100) >> 32 < share;
    }

   private:
    uint64_t state_;
  };

  static size_t event_bound(const Profile& profile) {
    const size_t dirty = std::min(profile.books, profile.books_per_message);
    return (dirty + profile.baskets + 2 * std::min<size_t>(dirty, profile.fairs) + 2) * kEventBytes;
  }

  size_t bound_of(const uint8_t* command) const {
    // Byte 1, bit 0: the commit flag of every command that has one (REC-3).
    return (command[1] & 1) != 0 ? max_event_bytes_ : kPlainBound;
  }

  void tie_inputs() {
    Model& model = *model_;
    model.clk_i = 0;
    model.telemetry_address_i = 0;
    std::memset(model.cmd_data_i.data(), 0, kCommandBytes);
    if constexpr (HasLimits<Model>::value) {
      const Profile& profile = options_.profile;
      model.limit_books_i = profile.books;
      model.limit_pages_i = profile.pages;
      model.limit_baskets_i = profile.baskets;
      model.limit_legs_i = profile.legs;
      model.limit_legs_per_basket_i = profile.legs_per_basket;
      model.limit_fairs_i = profile.fairs;
      model.limit_books_per_message_i = profile.books_per_message;
      model.limit_finest_tick_i = profile.finest_tick;
    }
  }

  void run(Batch* batch) {
    Guard guard(this);
    plain_ ? cycles_of<true>(batch) : cycles_of<false>(batch);
    guard.done();
  }

  // Cycles until every command is consumed, or until `out` has no room for the next one, and every event is out. A
  // command is offered only while `out` has room for all that it and those before it may cause: no event has to wait.
  template <bool kPlain>
  void cycles_of(Batch* batch) {
    Model& model = *model_;
    const uint8_t* next = batch->next;
    uint8_t* out = batch->out;
    uint8_t* reserved = out;  // the events of what was accepted end here at the latest
    uint64_t quiet = 0;
    bool offered = false;
    bool ready = true;
    for (;;) {
      if (!offered && next != batch->end && (kPlain || !random_.per_cent(options_.stall_commands))) {
        const size_t bound = bound_of(next);
        if (static_cast<size_t>(batch->out_end - reserved) >= bound) {
          std::memcpy(model.cmd_data_i.data(), next, kCommandBytes);
          reserved += bound;
          offered = true;
        }
      }
      model.cmd_valid_i = offered;
      if (!kPlain) {
        ready = !random_.per_cent(options_.stall_events);
        model.evt_ready_i = ready;
      }
      half_cycle<kPlain>(0);
      const bool taken = offered && model.cmd_ready_o;
      const bool given = ready && model.evt_valid_o;
      if (given) {
        if (out == batch->out_end) throw KernelError(KernelError::Kind::kInvalid, kTooMany);
        std::memcpy(out, model.evt_data_o.data(), kEventBytes);
        out += kEventBytes;
      }
      if (taken) {
        next += kCommandBytes;
        offered = false;
        if (!kPlain) records_ += 1;
      } else if (!given && !offered && model.idle_o && out >= batch->least) {
        // What was accepted has said all it has to say.
        if (next == batch->end || static_cast<size_t>(batch->out_end - out) < bound_of(next)) break;
        reserved = out;
      }
      half_cycle<kPlain>(1);
      quiet = taken || given ? 0 : quiet + 1;
      if (quiet > options_.quiet_cycles) throw KernelError(KernelError::Kind::kHung, hung(quiet));
    }
    batch->next = next;
    batch->out = out;
  }

  static std::string hung(uint64_t quiet) {
    return "the kernel neither took a command nor gave an event for " + std::to_string(quiet) + " cycles";
  }

  template <bool kPlain>
  void half_cycle(uint8_t clock) {
    model_->clk_i = clock;
#ifdef GATEBOOK_TRACE
    model_->eval();
#else
    kEval(*model_);
#endif
    cycles_ += clock;
    if (!kPlain) write_trace(clock);
  }

  void whole_cycle() {
    half_cycle<false>(0);
    half_cycle<false>(1);
  }

#ifdef GATEBOOK_TRACE
  void open_trace() {
    if (options_.trace_path.empty()) return;
    trace_ = std::make_unique<VerilatedFstC>();
    model_->trace(trace_.get(), 99);
    trace_->open(options_.trace_path.c_str());
    if (!trace_->isOpen()) {
      throw KernelError(KernelError::Kind::kInvalid, "cannot write the trace " + options_.trace_path);
    }
  }

  void write_trace(uint8_t clock) {
    if (trace_ == nullptr || records_ < options_.trace_from) return;
    // A batch ends after the falling edge, where the next one begins.
    trace_ns_ = std::max(trace_ns_ + 1, cycles_ * kCycleNs - clock * (kCycleNs / 2));
    trace_->dump(trace_ns_);
  }

  std::unique_ptr<VerilatedFstC> trace_;
  uint64_t trace_ns_ = 0;
#else
  void open_trace() {
    if (!options_.trace_path.empty()) throw KernelError(KernelError::Kind::kInvalid, "this build writes no trace");
  }

  void write_trace(uint8_t) {}
#endif

  const KernelOptions options_;
  const bool plain_;  // no stalls, no trace
  Random random_;
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Model> model_;  // after the context: destroyed before it
  uint64_t records_ = 0;          // accepted; kept where a trace may ask for it
  bool broken_ = false;
};

}  // namespace gatebook
